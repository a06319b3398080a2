"""The whole answer of an earlier run, given again while everything that shaped it is as it was.

A warm lock spends most of its time on imports. So before anything is imported this module looks whether the same
command was answered before, and whether every file that was read then, the environment, our own code and every page of
the index are still what they were. A page is, for as long as the index itself said that it may be used without asking
(``Cache-Control: max-age``, RFC 9111), and not a second longer.

It knows nothing of locks: an entry is what was read, until when it holds, what was said, and which file was written. A
damaged entry, or a file that cannot be read, means that there is no memo; then the command runs.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time

from pipfreeze_lock.cache_folder import default_cache_folder

TYPE_CHECKING = False  # typing takes 5 ms to import
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = ["Memo", "replay"]

_KIND = "memo-1"
_COMMAND = "lock"
"""The one command whose answers are kept. What cannot be given again (a dry run, say) the command never keeps."""
_OWN_VARIABLES = "PIPFREEZE_LOCK_"
_OTHER_VARIABLES = frozenset({"NO_COLOR", "FORCE_COLOR", "TERM", "HOME", "USERPROFILE", "NETRC"})
_KEYS = {"holds", "files", "variables", "said", "last", "output", "content"}


def replay(argv: list[str]) -> int | None:
    """Give an answer again, or None where the command has to run.

    :param argv: All arguments, the command's name first.
    """
    if argv[:1] != [_COMMAND]:
        return None
    try:
        entry = _read(_path(argv))
        if entry is None or not _holds(entry):
            return None
    except (OSError, ValueError, TypeError):  # no working folder, code in a zip, an entry of another shape: run
        return None
    return _told(entry)


class Memo:
    """What a run notes down, so that it can be repeated."""

    def __init__(self, argv: list[str]) -> None:
        try:
            self._path = _path(argv) if argv[:1] == [_COMMAND] else None
        except OSError:  # our own code lies in a zip, say
            self._path = None
        self._files: dict[str, str] = {}
        self._variables: dict[str, str] = {}
        self.is_void = self._path is None
        """To be set where something shapes the answer that cannot be looked at again at once."""

    def file(self, path: str | os.PathLike[str], content: bytes | None) -> None:
        """Note a file that was read; None: there was none. What can be read but once (a pipe) makes the memo void."""
        if content is not None and not os.path.isfile(path):
            self.is_void = True
        self._note(path, _digest(content))

    def file_to_be_read(self, path: str | os.PathLike[str]) -> None:
        """Note a file as it is now, before somebody reads it: what is changed in between is then noticed."""
        if os.path.exists(path) and not os.path.isfile(path):
            self.is_void = True
        else:
            self._note(path, _digest_of_file(path))

    def _note(self, path: str | os.PathLike[str], digest: str) -> None:
        if self._files.setdefault(os.path.abspath(path), digest) != digest:  # changed between two readers
            self.is_void = True

    def variables(self, names: Iterable[str]) -> None:
        """Note environment variables whose values stand in an input."""
        self._variables |= {name: _digest_of_variable(name) for name in names}

    def keep(self, *, holds_until: float, said: str, wrote: str, left: str | None, output: str, content: bytes) -> None:
        """Keep the answer; that it cannot be kept costs the next run its time, no more.

        :param holds_until: Seconds since the epoch.
        :param said: On stderr, but for its last line.
        :param wrote: The last line, where the file was written.
        :param left: The last line, where the file is this answer already; None: then something else would be said.
        :param output: The path of the file, which may be what it was before the run, or already the answer.
        """
        if self.is_void or self._path is None or holds_until <= time.time():
            return
        import json  # only where it is used

        entry = {
            "holds": [time.time(), holds_until],
            "files": self._files,
            "variables": self._variables,
            "said": said,
            "last": [wrote, left],
            "output": os.path.abspath(output),
            "content": content.decode(),
        }
        beside = f"{self._path}.{os.getpid()}"
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            try:
                with open(beside, "w", encoding="utf-8") as file:
                    json.dump(entry, file)
                os.replace(beside, self._path)
            except OSError:  # a full disk, say
                os.unlink(beside)
        except OSError:
            return


def _path(argv: list[str]) -> str:
    """Give where an answer is kept: named by the command, the folder, the environment and our own code."""
    names = sorted(name for name in os.environ if name.startswith(_OWN_VARIABLES) or name in _OTHER_VARIABLES)
    variables = [f"{name}={os.environ[name]}" for name in names]
    parts = [os.getcwd(), sys.version, str(sys.stderr.isatty()), _code(), *argv, *variables]
    return os.path.join(_cache_folder(argv), _KIND, _digest("\0".join(parts).encode(errors="surrogateescape")))


def _code() -> str:
    """Name the state of our code and of the libraries beside it: an update of either may change the answer."""
    package = os.path.dirname(__file__)
    libraries = [folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))]
    stamps = [str(os.stat(folder).st_mtime_ns) for folder in libraries if os.path.isdir(folder)]
    folders = [package]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                if entry.is_dir():
                    folders += [entry.path] if entry.name != "__pycache__" else []
                else:
                    status = entry.stat()
                    stamps.append(f"{status.st_mtime_ns} {status.st_size}")
    return _digest(" ".join(stamps).encode())


def _cache_folder(argv: list[str]) -> str:
    given = ""  # of several the last, as the command line's parser has it
    for place, argument in enumerate(argv):
        if argument == "--cache-dir":
            given = "".join(argv[place + 1 : place + 2])
        elif argument.startswith("--cache-dir="):
            given = argument.partition("=")[2]
    return given or os.environ.get(f"{_OWN_VARIABLES}CACHE_DIR") or default_cache_folder()


def _read(path: str) -> dict[str, Any] | None:
    try:
        with open(path, "rb") as file:
            data = file.read()
        import json  # only where there is an entry

        entry = json.loads(data)
    except (OSError, ValueError):
        return None
    return entry if isinstance(entry, dict) and entry.keys() >= _KEYS else None


def _holds(entry: dict[str, Any]) -> bool:
    """Whether all is as it was; a clock that was set back is a reason to run."""
    began, until = entry["holds"]
    if not began <= time.time() < until:
        return False
    if any(_digest_of_variable(name) != digest for name, digest in entry["variables"].items()):
        return False
    output = entry["output"]
    for path, digest in entry["files"].items():
        found = _digest_of_file(path)
        is_answer = path == output and entry["last"][1] is not None and found == _digest(entry["content"].encode())
        if found != digest and not is_answer:
            return False
    return True


def _told(entry: dict[str, Any]) -> int | None:
    """Write the file and say what was said; None where it cannot be written: the command then says why."""
    output, content = entry["output"], entry["content"].encode()
    is_there = _digest_of_file(output) == _digest(content)
    if not is_there:
        from pipfreeze_lock.errors import InputError  # only where something is to be written
        from pipfreeze_lock.lockfile.atomic import write_atomically

        try:
            write_atomically(output, content)
        except InputError:
            return None
    wrote, left = entry["last"]
    with contextlib.suppress(OSError):  # nobody listens, and the lock is written
        sys.stderr.write(entry["said"] + (left if is_there and left is not None else wrote))
        sys.stderr.flush()
    return 0


def _digest(content: bytes | None) -> str:
    if content is None:
        return "absent"
    import hashlib  # 2 ms, and for this one command alone

    return hashlib.sha256(content).hexdigest()


def _digest_of_file(path: str | os.PathLike[str]) -> str:
    try:
        with open(path, "rb") as file:
            return _digest(file.read())
    except FileNotFoundError:
        return _digest(None)
    except OSError:
        return "unreadable"


def _digest_of_variable(name: str) -> str:
    value = os.environ.get(name)
    return _digest(None if value is None else value.encode(errors="surrogateescape"))
