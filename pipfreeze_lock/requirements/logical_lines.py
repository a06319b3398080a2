r"""From the bytes of a requirements file to its logical lines.

Follows ``preprocess`` and ``_decode_req_file`` of pip's ``_internal/req/req_file.py`` to the letter, oddities included:
`str.splitlines` splits at form feeds and U+2028 too, joining strips backslashes from *both* ends of a physical line,
and a comment line ends a continuation. All pips from 9.0 do the same, but that ``${NAME}`` is known from pip 10 on.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["LogicalLine", "decoded", "logical_lines", "with_variable_names"]


class LogicalLine(NamedTuple):
    """What pip reads as one line."""

    number: int
    """Of its first physical line, from 1."""
    text: str
    """Joined, without comment, stripped, variables replaced; never empty."""
    written: str
    """The same before variables were replaced: what may be shown, since a variable may hold a secret."""


_COMMENT = re.compile(r"(^|\s+)#.*$")
_COMMENT_LINE = re.compile(r"\s*#")
_VARIABLE = re.compile(r"(\$\{([A-Z0-9_]+)\})")


def logical_lines(text: str, environment: Mapping[str, str]) -> Iterator[LogicalLine]:
    """Give the lines that say something.

    :param environment: Values for ``${NAME}``. One that is missing or empty is left as it stands, as pip does.
    """
    for number, joined in _joined(text):
        written = (_COMMENT.sub("", joined) if "#" in joined else joined).strip()
        if written:
            line = _with_variables(written, environment) if "${" in written else written
            yield LogicalLine(number, line, written)


def _joined(text: str) -> Iterator[tuple[int, str]]:
    parts: list[str] = []
    first = 0
    for number, line in enumerate(text.splitlines(), start=1):
        is_comment = "#" in line and _COMMENT_LINE.match(line) is not None
        if line.endswith("\\") and not is_comment:
            first = first if parts else number
            parts.append(line.strip("\\"))
            continue
        # The blank makes a comment that ends a continuation recognisable once it is joined.
        ending = f" {line}" if is_comment else line
        yield (first, "".join([*parts, ending])) if parts else (number, ending)
        parts = []
    if parts:
        yield first, "".join(parts)


def _with_variables(line: str, environment: Mapping[str, str]) -> str:
    for variable, name in _VARIABLE.findall(line):
        value = environment.get(name)
        if value:
            line = line.replace(variable, value)
    return line


def with_variable_names(message: str, written: str, environment: Mapping[str, str]) -> str:
    """Put the variables of a line back where a message shows their values; short values are no secret and stay."""
    for variable, name in _VARIABLE.findall(written):
        value = environment.get(name, "")
        if len(value) > 3:
            message = message.replace(value, variable)
    return message


# UTF-32 first: the mark of little-endian UTF-16 is a prefix of the one of UTF-32.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
_CODING = re.compile(rb"coding[:=]\s*([-\w.]+)")


def decoded(data: bytes, file: str) -> str:
    """Decode a requirements file: byte order mark, else a PEP 263 comment in its first two lines, else UTF-8.

    Where pip would fall back to the encoding of the machine's locale this is an error: a lock must not depend on it.

    :raises InputError: when the bytes are not in that encoding, there is no such encoding, or this is no text at all.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], encoding, file, said="its byte order mark")
    if b"\0" in data:
        msg = "this is no text file, so no requirements file"
        raise InputError(msg, context=file, hints=["Give a requirements file, or `name @ URL` for an archive."])
    for line in data.split(b"\n", 2)[:2]:
        if line.startswith(b"#") and (coding := _CODING.search(line)):
            return _decode(data, coding[1].decode("ascii", "replace"), file, said="its `coding:` comment")
    return _decode(data, "utf-8", file, said="")


def _decode(data: bytes, encoding: str, file: str, *, said: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError as error:
        msg = f"`{encoding}`, which {said} names, is no text encoding"
        raise InputError(msg, context=f"{file}:1", hints=["Save the file as UTF-8 and drop the comment."]) from error
    except UnicodeError as error:
        start = getattr(error, "start", None)
        line = data.count(b"\n", 0, start) + 1 if isinstance(start, int) else 1
        msg = f"the file is not {encoding.upper()}" + (f", as {said} says" if said else "")
        hint = "Save it as UTF-8, or name its encoding in the first line: `# -*- coding: latin-1 -*-`."
        raise InputError(msg, context=f"{file}:{line}", hints=[hint]) from error
