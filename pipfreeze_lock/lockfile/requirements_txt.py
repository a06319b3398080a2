"""The lock as a requirements file: ``render`` and ``parse``. Its grammar stands in docs/lock-format.md.

Every pip from 8.0 on installs it with ``--require-hashes``; what that takes is said where it shapes a line. The reader
is strict, since it reads what we wrote; `pipfreeze_lock.lockfile.foreign` reads anything, as far as it goes.
"""

from __future__ import annotations

import re
from hashlib import sha256

from pipfreeze_lock.errors import LockFileError
from pipfreeze_lock.lockfile.header import FORMAT_VERSION, Header, parse_header_line, render_header
from pipfreeze_lock.lockfile.interface import Problem, ReadLock
from pipfreeze_lock.lockfile.options import parse_options, render_options
from pipfreeze_lock.lockfile.pin_lines import DamagedPinError, match_pin, parse_pin, render_pin
from pipfreeze_lock.model.lock import LockedSet, Pin

__all__ = ["is_lock", "parse", "read", "render"]

_VERSION_LINE = f"# pipfreeze-lock {FORMAT_VERSION}"
_MAGIC = re.compile(r"# pipfreeze-lock (\d+)\n")
_DIGEST_LINE = re.compile(r"^# digest:.*\n", re.MULTILINE)
_ENCODING_MARK = re.compile(r"coding[:=]")
_CONFLICT = re.compile(r"(?:<{7}|\|{7}|={7}|>{7})(?: .*)?")
_TARGET_PIP = re.compile(r" pip-(\d+)(?:\.(\d+))?[^ ]*$")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def render(lock: LockedSet, /) -> bytes:
    """Give the file: sorted, LF, UTF-8, the same bytes for the same lock.

    :raises LockFileError: when an option has a value that no requirements file can hold.
    """
    pip = _TARGET_PIP.search(lock.target)
    direct = pip is None or (int(pip[1]), int(pip[2] or 0)) >= (19, 3)
    head = [_VERSION_LINE, *render_header(lock)]
    body = [*render_options(lock.options)]
    for pin in sorted(lock.pins, key=lambda pin: pin.name):
        body += render_pin(pin, direct=direct)
    if _ENCODING_MARK.search(head[1]) or not all(line.isascii() for line in (*head, *body)):
        # Most pips decode by the locale, unless one of the first two lines names an encoding (PEP 263); and where the
        # second line happens to read `…coding:x…`, every pip takes x for one.
        head.insert(1, "# coding: utf-8")
    before, after = _encode(head), _encode(body)
    return before + f"# digest: sha256:{sha256(before + after).hexdigest()}\n".encode() + after


def is_lock(data: bytes) -> bool:
    """Whether a file is a requirements lock of ours, of any format version."""
    return data.removeprefix(_BYTE_ORDER_MARK).startswith(b"# pipfreeze-lock ")


def parse(data: bytes, *, path: str) -> LockedSet:
    """Read a lock; what is odd in it is not told: see `read`.

    :param path: For messages.
    :raises LockFileError: when it is no lock of ours, of another format version, or has a line that no lock has.
    """
    return read(data, path=path).lock


def read(data: bytes, *, path: str) -> ReadLock:
    """Read a lock, and say what is odd in it: a digest that does not fit, line ends, a byte order mark.

    :param path: For messages.
    :raises LockFileError: as `parse` does.
    """
    problems: list[Problem] = []
    text = _decode(data, problems, path=path)
    _check_version(text, path=path)
    reader = _Reader(text, path=path)
    reader.read()
    header = reader.header
    if header.command is None or header.target is None:
        msg = f"it has no `# {'command' if header.command is None else 'target'}:` line"
        raise LockFileError(msg, context=f"{path}:1", hints=[_RESTORE])
    lock = LockedSet(
        command=header.command,
        target=header.target,
        base=header.base,
        satisfied=header.satisfied_distributions(),
        unpinned=tuple(header.unpinned),
        inconsistent=tuple(header.inconsistent),
        roots=header.roots,
        inputs=tuple(header.inputs),
        remarks=tuple(header.remarks),
        options=parse_options(reader.options, path=path),
        pins=tuple(reader.pins[name] for name in sorted(reader.pins)),
    )
    problems += header.problems
    digest_problem = _digest_problem(text, header)
    if digest_problem is not None:
        problems.append(digest_problem)
    problems.sort(key=lambda problem: problem.line)
    return ReadLock(lock=lock, digest_ok=digest_problem is None, problems=tuple(problems))


_RESTORE = "Restore the file from version control, or delete it and lock again."


def _encode(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _decode(data: bytes, problems: list[Problem], *, path: str) -> str:
    """Decode, with what editors and Git do to a file undone and told."""
    if data.startswith(_BYTE_ORDER_MARK):
        problems.append(Problem(1, "the file starts with a byte order mark", "form"))
        data = data.removeprefix(_BYTE_ORDER_MARK)
    if b"\r\n" in data:
        problems.append(Problem(0, "lines end in CRLF instead of LF", "form"))
        data = data.replace(b"\r\n", b"\n")
    if not data.endswith(b"\n"):
        problems.append(Problem(data.count(b"\n") + 1, "the last line has no line end", "form"))
        data += b"\n"
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        msg = f"it is not UTF-8: byte 0x{data[error.start]:02x} cannot be read"
        line = data.count(b"\n", 0, error.start) + 1
        raise LockFileError(msg, context=f"{path}:{line}", hints=[_RESTORE]) from None


def _check_version(text: str, *, path: str) -> None:
    match = _MAGIC.match(text)
    if match is None:
        from pipfreeze_lock.lockfile.foreign import tool_of  # noqa: PLC0415  only for this message

        tool = tool_of(text)
        what = f"it is not a lock of ours, `{tool}` made it" if tool else "it is not a lock of ours"
        if _CONFLICT.fullmatch(text.partition("\n")[0]):
            raise _conflict(path, 1)
        msg = f"{what}: its first line is not `{_VERSION_LINE}`"
        hint = "Write to another file with `-o`, or delete this one and lock again."
        raise LockFileError(msg, context=f"{path}:1", hints=[hint])
    if int(match[1]) != FORMAT_VERSION:
        msg = f"it has format version {match[1]}, and this release reads version {FORMAT_VERSION}"
        raise LockFileError(msg, context=f"{path}:1", hints=["Upgrade pipfreeze-lock."])


def _digest_problem(text: str, header: Header) -> Problem | None:
    match = _DIGEST_LINE.search(text)
    if match is None or header.digest is None:
        return Problem(1, "it has no `# digest:` line, so that a hand edit would not show", "digest")
    actual = sha256((text[: match.start()] + text[match.end() :]).encode()).hexdigest()
    if header.digest == f"sha256:{actual}":
        return None
    line = text.count("\n", 0, match.start()) + 1
    return Problem(line, "the file was changed after it was written: its digest differs", "digest")


def _conflict(path: str, number: int) -> LockFileError:
    hint = "Merge the requirements files and lock again: the pins of both sides are then preferred."
    return LockFileError("it has merge-conflict markers", context=f"{path}:{number}", hints=[hint])


class _Reader:
    """Goes through the file once. A position becomes a line number only where something is to be said."""

    def __init__(self, text: str, *, path: str) -> None:
        self.header = Header()
        self.options: list[tuple[int, str]] = []
        self.pins: dict[str, Pin] = {}
        self._text = text
        self._path = path

    def read(self) -> None:
        """Fill header, options and pins."""
        text, end = self._text, len(self._text)
        position = text.index("\n") + 1
        number = 1
        while text.startswith("#", position):
            number += 1
            line_end = text.index("\n", position)
            parse_header_line(self.header, number, text[position:line_end], path=self._path)
            position = line_end + 1
        while position < end:
            match = match_pin(text, position)
            if match is None:
                line_end = text.index("\n", position)
                self._other_line(text[position:line_end], self._number(position))
                position = line_end + 1
            else:
                self._pin(match)
                position = match.end()

    def _pin(self, match: re.Match[str]) -> None:
        try:
            pin = parse_pin(match)
        except DamagedPinError as error:
            raise self._error(str(error), self._number(match.start()) + error.offset) from None
        if pin.name in self.pins:
            msg = f"`{pin.name}` is pinned twice"
            raise self._error(msg, self._number(match.start()))
        self.pins[pin.name] = pin

    def _other_line(self, line: str, number: int) -> None:
        if line.startswith("-"):
            self.options.append((number, line))
        elif not line.strip() or line.lstrip().startswith("#"):
            self.header.problems.append(Problem(number, "a line that no lock has: it is lost when locking again"))
        elif _CONFLICT.fullmatch(line):
            raise _conflict(self._path, number)
        else:
            msg = f"`{line.strip()}` is no pin that a lock has"
            raise self._error(msg, number)

    def _number(self, position: int) -> int:
        return self._text.count("\n", 0, position) + 1

    def _error(self, message: str, number: int) -> LockFileError:
        return LockFileError(message, context=f"{self._path}:{number}", hints=[_RESTORE])
