"""``pyproject.toml`` as an input, the way pip-compile takes it: what ``[project]`` states, nothing that is computed."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from pipfreeze_lock.errors import InputError
from pipfreeze_lock.model.requirement import SourceLine
from pipfreeze_lock.requirements.parser import ParsedFile, parse_requirement
from pipfreeze_lock.requirements.problems import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.requirement import Requirement

__all__ = ["parse_pyproject"]

_REFERENCE = "https://packaging.python.org/specifications/pyproject-toml/"


def parse_pyproject(data: bytes, *, file: str, extras: Sequence[str] = (), of_installed: bool = False) -> ParsedFile:
    """Read ``[project] dependencies`` and the optional dependencies of these extras.

    An extra that names extras of the project itself (``name[other]``) stands for what those hold.

    :param of_installed: As `parse_requirements_text` has it.
    :raises InputError: for what is no TOML, has no ``[project]``, or leaves its dependencies to the build.
    """
    text, project = _project(data, file)
    lines = _Lines(text, file)
    wanted = [(entry, lines.of(entry)) for entry in _dependencies(project, lines)]
    wanted += _optional(project, extras, lines)
    requirements: list[Requirement] = []
    errors: list[InputError] = []
    for entry, source in wanted:
        try:
            requirements.append(parse_requirement(entry, source=source, of_installed=of_installed))
        except InputError as error:
            errors.append(error)
    return ParsedFile(entries=tuple(requirements), errors=tuple(errors))


def _project(data: bytes, file: str) -> tuple[str, dict[str, Any]]:
    try:
        text = data.decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        msg = "TOML is always UTF-8, and this is not"
        start = data.count(b"\n", 0, error.start) + 1
        raise InputError(msg, context=f"{file}:{start}") from error
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).partition(" (at ")
        place = place.removeprefix("line ")
        line = place.partition(",")[0]
        msg = f"this is not TOML: {message[:1].lower()}{message[1:]}"
        number = line if line.isdigit() else str(text.count("\n") + 1)  # "at end of document"
        raise InputError(msg, context=f"{file}:{number}") from error
    project = document.get("project")
    if isinstance(project, dict):
        return text, project
    raise _without_project(document, file)


def _without_project(document: dict[str, Any], file: str) -> InputError:
    tool = document.get("tool", {})
    hints = ["Add a `[project]` table with `dependencies`, or give a requirements file."]
    if isinstance(tool, dict) and "poetry" in tool:
        hints = ["Convert it first: `poetry export -f requirements.txt -o requirements.txt`."]
    return InputError("it has no `[project]` table", context=f"{file}:1", hints=hints, reference=_REFERENCE)


def _dependencies(project: dict[str, Any], lines: _Lines) -> list[str]:
    _refuse_dynamic(project, "dependencies", lines)
    return _strings(project.get("dependencies", []), "project.dependencies", lines)


def _refuse_dynamic(project: dict[str, Any], key: str, lines: _Lines) -> None:
    dynamic = project.get("dynamic", [])
    if not isinstance(dynamic, list) or key not in dynamic:
        return
    msg = f"its {key} are dynamic: only building the project would tell them"
    hints = [
        f"State them in the file: `[project] {key} = […]`.",
        "Or give as input the requirements file that the build reads them from.",
    ]
    raise InputError(msg, context=str(lines.of("dynamic")), hints=hints, reference=_REFERENCE)


def _strings(value: object, key: str, lines: _Lines) -> list[str]:
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return value
    msg = f"`{key}` is not a list of strings"
    raise InputError(msg, context=str(lines.of(key.rpartition(".")[2])), reference=_REFERENCE)


def _optional(project: dict[str, Any], extras: Sequence[str], lines: _Lines) -> Iterator[tuple[str, SourceLine]]:
    if not extras:
        return
    _refuse_dynamic(project, "optional-dependencies", lines)
    table = project.get("optional-dependencies", {})
    if not isinstance(table, dict):
        msg = "`project.optional-dependencies` is not a table"
        raise InputError(msg, context=str(lines.of("optional-dependencies")), reference=_REFERENCE)
    names = {canonicalize_name(name): name for name in table}
    pending, done = [canonicalize_name(extra) for extra in extras], set[str]()
    while pending:
        extra = pending.pop(0)
        if extra in done:
            continue
        done.add(extra)
        if extra not in names:
            raise _unknown_extra(extra, list(names), lines)
        key = names[extra]
        for entry in _strings(table[key], f"project.optional-dependencies.{key}", lines):
            source = lines.of(entry, after=key)
            own = _extras_of_itself(entry, project, source)
            pending += own
            if not own:
                yield entry, source


def _extras_of_itself(entry: str, project: dict[str, Any], source: SourceLine) -> list[NormalizedName]:
    """Give the extras where an entry asks for the project itself; what cannot be read is told when it is parsed."""
    name = project.get("name")
    if not isinstance(name, str) or "[" not in entry:
        return []
    try:
        requirement = parse_requirement(entry, source=source)
    except InputError:
        return []
    return sorted(requirement.extras) if requirement.name == canonicalize_name(name) else []


def _unknown_extra(extra: str, names: list[str], lines: _Lines) -> InputError:
    from difflib import get_close_matches  # noqa: PLC0415  for errors only

    nearest = get_close_matches(extra, names, n=1)
    hints = [f"Did you mean `{nearest[0]}`?"] if nearest else []
    if names and not nearest:
        hints = [f"It has {', '.join(f'`{name}`' for name in sorted(names))}."]
    return InputError(
        f"there is no extra `{shown(extra)}`", context=str(lines.of("optional-dependencies")), hints=hints
    )


class _Lines:
    """Finds the line of a string or key, as well as that can be done without a TOML parser that tells."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.lines = text.splitlines()
        self.start = next((number for number, line in enumerate(self.lines) if line.strip() == "[project]"), 0)

    def of(self, text: str, *, after: str | None = None) -> SourceLine:
        """Find a text from ``[project]`` on, or from the first mention of another."""
        start = self._find((after,), self.start) if after else self.start
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        spelled = (f'"{text}"', f"'{text}'", f'"{escaped}"', text, escaped)
        return SourceLine(self.file, self._find(spelled, start) + 1)

    def _find(self, spelled: tuple[str, ...], start: int) -> int:
        for one in spelled:
            for number in range(start, len(self.lines)):
                if one in self.lines[number]:
                    return number
        return start
