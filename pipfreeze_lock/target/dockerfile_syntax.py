"""Dockerfiles as text: parser directives, comments, continued lines, here-documents; and variables in them.

As BuildKit reads them (github.com/moby/buildkit, frontend/dockerfile/parser and frontend/dockerfile/shell; the
reference is https://docs.docker.com/reference/dockerfile/). Of the libraries, dockerfile-parse 2.0.1 was tried: it
knows no here-documents (a FROM in one becomes a stage), no ``${VAR:-default}``, and has no types.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import InputError
from pipfreeze_lock.model.requirement import SourceLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["DockerfileText", "Instruction", "Variables", "read_instructions"]

_DIRECTIVE = re.compile(r"#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*")
_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)(?:\s+(.*))?", re.DOTALL)
_HEREDOC_WORD = re.compile(
    r"(?:^|(?<=\s))\d*<<(?P<strip>-?)(?P<quote>[\"']?)(?P<name>[A-Za-z_][\w.-]*)(?P=quote)(?=\s|$|[;&|)>])"
)
_WITH_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})
_NAME = re.compile(r"[A-Za-z_]\w*|[0-9]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Instruction:
    """One instruction, its continued lines joined, comments taken out."""

    keyword: str
    """In upper case."""
    value: str
    """What follows the keyword; variables as they are written."""
    heredocs: tuple[str, ...] = ()
    """The contents of its here-documents."""
    source: SourceLine


@dataclass(frozen=True, kw_only=True, slots=True)
class DockerfileText:
    """All instructions of a file, and the character that escapes in it."""

    escape: str
    instructions: tuple[Instruction, ...]


def read_instructions(text: str, path: str) -> DockerfileText:
    """Split a Dockerfile into its instructions.

    :raises InputError: with file and line, for a line that is none, and for a here-document without end.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    escape = _escape_character(lines, path)
    return DockerfileText(escape=escape, instructions=tuple(_instructions(lines, escape, path)))


def _escape_character(lines: list[str], path: str) -> str:
    """The ``escape`` among the parser directives, which end with the first line that is none."""
    for number, line in enumerate(lines, start=1):
        match = _DIRECTIVE.fullmatch(line)
        if match is None:
            break
        if match[1].lower() == "escape":
            if match[2] not in ("\\", "`"):
                message = f"`escape` can be a backslash or a back-tick, not {match[2]}"
                raise InputError(message, context=f"{path}:{number}")
            return match[2]
    return "\\"


def _instructions(lines: list[str], escape: str, path: str) -> Iterator[Instruction]:
    continued = re.compile(rf"(?:^|(?<=[^{re.escape(escape)}])){re.escape(escape)}[ \t]*$")
    position = 0
    while position < len(lines):
        start = position
        if _is_empty_or_comment(lines[position]):
            position += 1
            continue
        joined: list[str] = []
        while position < len(lines):
            line = lines[position]
            position += 1
            if joined and _is_empty_or_comment(line):
                continue
            joined.append(continued.sub("", line))
            if not continued.search(line):
                break
        source = SourceLine(path, start + 1)
        match = _INSTRUCTION.fullmatch("".join(joined))
        if match is None:
            message = "this is no Dockerfile instruction"
            raise InputError(message, context=str(source))
        keyword, value = match[1].upper(), (match[2] or "").strip()
        heredocs: list[str] = []
        if keyword in _WITH_HEREDOCS and "<<" in value:
            heredocs, position = _heredocs(value, lines, position, source)
        yield Instruction(keyword=keyword, value=value, heredocs=tuple(heredocs), source=source)


def _is_empty_or_comment(line: str) -> bool:
    stripped = line.strip()
    return not stripped or stripped.startswith("#")


def _heredocs(value: str, lines: list[str], position: int, source: SourceLine) -> tuple[list[str], int]:
    """The contents of the here-documents that a line opens, in order, and the position behind the last."""
    contents = []
    for match in _HEREDOC_WORD.finditer(_without_quoted(value)):
        content: list[str] = []
        while True:
            if position >= len(lines):
                message = f"the here-document `{match['name']}` has no end"
                raise InputError(message, context=str(source), hints=[f"End it with a line `{match['name']}`."])
            line = lines[position].lstrip("\t") if match["strip"] else lines[position]
            position += 1
            if line == match["name"]:
                break
            content.append(line)
        contents.append("\n".join(content))
    return contents, position


def _without_quoted(value: str) -> str:
    """Blank out quoted text, but not a quoted word of a here-document."""
    return re.sub(r"(?<!<<)(?<!<<-)(\"[^\"]*\"|'[^']*')", lambda match: " " * len(match[0]), value)


class Variables:
    """Substitutes ``$VAR`` and ``${VAR…}`` as Dockerfiles do, and takes quotes and escapes away."""

    def __init__(self, values: Mapping[str, str], escape: str) -> None:
        self._values = values
        self._escape = escape
        self.unset: list[str] = []
        """Names that were asked for, have no value, and no default beside them."""

    def substitute(self, text: str) -> str:
        """Give the text with its variables replaced.

        :raises ValueError: with what is wrong, for a form that is not known, and for ``${VAR:?words}`` of no value.
        """
        return self._until(text, 0, "")[0]

    def _until(self, text: str, position: int, end: str) -> tuple[str, int]:
        """Substitute up to an unquoted `end`, and give the position of it."""
        result: list[str] = []
        quote = ""
        while position < len(text):
            character = text[position]
            if quote == "'" and character != "'":
                result.append(character)
            elif character == self._escape and position + 1 < len(text):
                following = text[position + 1]
                keep = quote == '"' and following not in ('"', "$", self._escape)
                result.append(character + following if keep else following)
                position += 1
            elif character in ("'", '"') and quote in ("", character):
                quote = "" if quote else character
            elif character == "$":
                replacement, position = self._variable(text, position + 1)
                result.append(replacement)
                continue
            elif end and not quote and character == end:
                return "".join(result), position
            else:
                result.append(character)
            position += 1
        if end:
            message = "a variable opens with `${` and has no `}`"
            raise ValueError(message)
        return "".join(result), position

    def _variable(self, text: str, position: int) -> tuple[str, int]:
        """Give the value of the variable after a ``$``, and the position behind it."""
        braced = text.startswith("{", position)
        match = _NAME.match(text, position + braced)
        if match is None:
            if braced:
                message = "a variable has no name"
                raise ValueError(message)
            return "$", position
        name, position = match[0], match.end()
        if not braced:
            return self._value(name), position
        if text.startswith("}", position):
            return self._value(name), position + 1
        operator = re.compile(r":?[-+?]|##?|%%?|//?").match(text, position)
        if operator is None and position == len(text):
            message = "a variable opens with `${` and has no `}`"
            raise ValueError(message)
        if operator is None:
            message = f"`${{{name}…}}` is written in a form that Dockerfiles do not know"
            raise ValueError(message)
        word, position = self._until(text, operator.end(), "}")
        return self._modified(name, operator[0], word), position + 1

    def _value(self, name: str) -> str:
        value = self._values.get(name)
        if value is None:
            self.unset.append(name)
            return ""
        return value

    def _modified(self, name: str, operator: str, word: str) -> str:
        value = self._values.get(name)
        there = bool(value) if operator.startswith(":") else value is not None
        match operator.removeprefix(":"):
            case "-":
                return (value or "") if there else word
            case "+":
                return word if there else ""
            case "?":
                if not there:
                    message = f"`{name}` has no value: {word or 'it is required'}"
                    raise ValueError(message)
                return value or ""
        return _patterned(self._value(name), operator, word)


def _patterned(value: str, operator: str, word: str) -> str:
    """``#`` and ``%`` cut a pattern off the start or the end (doubled: the longest), ``/`` replaces it."""
    if operator.startswith("/"):
        pattern, _, replacement = word.partition("/")
        return re.sub(_regular_expression(pattern, "*"), lambda _: replacement, value, count=2 - len(operator))
    greed = "*" if len(operator) == 2 else "*?"
    if operator.startswith("#"):
        return re.sub(f"^(?:{_regular_expression(word, greed)})", "", value)
    expression = re.compile(_regular_expression(word, "*"), re.DOTALL)
    cuts = [start for start in range(len(value) + 1) if expression.fullmatch(value, start)]
    if not cuts:
        return value
    return value[: cuts[0] if len(operator) == 2 else cuts[-1]]


def _regular_expression(pattern: str, repeat: str) -> str:
    """Translate ``*`` and ``?`` of a shell pattern."""
    return "".join({"*": f".{repeat}", "?": "."}.get(character, re.escape(character)) for character in pattern)
