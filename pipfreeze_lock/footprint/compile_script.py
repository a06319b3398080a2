"""The program of `compiling`: run by the interpreter that is asked, Python 3.5 or newer, with nothing but itself.

Standard input has for each source the length of its path, the path, the length of its bytes, the bytes; lengths take
four bytes, the highest first. Standard output is a JSON list: for each the size of its ``.pyc``, 0 where there is none.
"""

import importlib.machinery
import json
import marshal
import struct
import sys
from typing import BinaryIO

_HEADER = 16 if sys.version_info >= (3, 7) else 12


def _field(stream: BinaryIO) -> "bytes | None":
    length = stream.read(4)
    return stream.read(struct.unpack(">I", length)[0]) if length else None


def _size_of(path: str, source: bytes) -> int:
    """Compile as ``py_compile`` does, which takes every exception for a source that does not compile."""
    loader = importlib.machinery.SourceFileLoader("<py_compile>", path)
    try:
        code = loader.source_to_code(source, path)
    except Exception:  # noqa: BLE001
        return 0
    return _HEADER + len(marshal.dumps(code))


def _main() -> None:
    stream = sys.stdin.buffer
    sizes = []
    while True:
        path = _field(stream)
        if path is None:
            break
        sizes.append(_size_of(path.decode("utf-8", "surrogateescape"), _field(stream) or b""))
    json.dump(sizes, sys.stdout)


if __name__ == "__main__":
    _main()
