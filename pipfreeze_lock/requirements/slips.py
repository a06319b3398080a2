"""Likely slips and their mend: what a person meant who wrote a line that is no requirement.

A mend is never guessed at in words only: a rewriting is proposed when the rewritten line *is* a requirement.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["arguments_of_command", "foreign_format", "hints_for"]

_MARKER_VARIABLES = (
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_version",
    "python_full_version",
    "implementation_name",
    "implementation_version",
    "extra",
)
_PLAIN_QUOTES = str.maketrans(
    dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb`", '"') | dict.fromkeys("\u2018\u2019", "'")
)
_MARKER_WORD = re.compile(r"\b([A-Za-z_]+)(?=\s*(?:[<>=!~]=?|not\s+in\b|in\b))")


def hints_for(text: str) -> list[str]:
    """Give what to do about a text that is no requirement; empty when nothing likely is known."""
    if len(text) > _LONGEST:
        return []
    hints = [hint for pattern, hint in _SAYINGS if pattern.search(text)]
    mended = _mended(text)
    return [*hints, f"Did you mean `{mended}`?"] if mended else hints


_LONGEST = 300
"""Characters; a longer line is nothing that a person wrote, and not worth the rewritings' time."""
_SAYINGS = (
    (re.compile(r"^(<{7}|={7}|>{7}|\|{7})(\s|$)"), "Resolve the merge conflict first: these are git's marks."),
    (re.compile(r"^(//|;|/\*)"), "A comment begins with `#`."),
    (re.compile(r"\\$"), "A backslash continues a line only as its very last character: drop what follows it."),
    (re.compile(r"\t-"), "Put a blank before the option: pip does not split at tabs."),
    (re.compile(r"(===?|[<>!~]=|[<>])\s*(,|;|$)"), "Give a version after the operator, or drop the operator."),
    (re.compile(r"^[\w.-]+=[\w.]+=\w+$"), "This is conda's spelling; `pip freeze` gives pip's."),
    (re.compile(r"^(Package\s+Version|[-\s]{6,})$"), "This is `pip list`'s table; `pip freeze` writes requirements."),
    (re.compile(r"@\s*$"), "Give a URL after the `@`."),
    (re.compile(r"^(_|[^\x00-\x7f])"), "The name of a distribution begins with an ASCII letter or a digit."),
    (re.compile(r"\$\{?\w+\}?"), "Variables are written `${NAME}`, in capitals, and must be set and not empty."),
)


def _mended(text: str) -> str | None:
    """Try each rewriting alone, then all in turn; give the first outcome that is a requirement."""
    for rewrite in _REWRITINGS:
        candidate = rewrite(text)
        if candidate != text and _is_requirement(candidate):
            return candidate
    together = text
    for rewrite in _REWRITINGS:
        together = rewrite(together)
        if together != text and _is_requirement(together):
            return together
    return None


def _is_requirement(text: str) -> bool:
    try:
        return Requirement(text).url is None
    except (InvalidRequirement, RecursionError):
        return False


def _replacing(pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> Callable[[str], str]:
    compiled = re.compile(pattern)
    return lambda text: compiled.sub(replacement, text, count=0)


def _caret(match: re.Match[str]) -> str:
    """``^1.2.3`` of Poetry and npm: up to the next change of the leftmost number that is not zero."""
    numbers = [int(number) for number in match[1].split(".")]
    leftmost = next((place for place, number in enumerate(numbers) if number), len(numbers) - 1)
    upper = [*numbers[:leftmost], numbers[leftmost] + 1]
    return f">={match[1]},<{'.'.join(map(str, upper))}"


def _in_marker(rewrite: Callable[[str], str]) -> Callable[[str], str]:
    def rewritten(text: str) -> str:
        requirement, semicolon, marker = text.partition(";")
        return f"{requirement};{rewrite(marker)}" if semicolon else text

    return rewritten


def _with_known_variables(marker: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  for errors only

    def known(match: re.Match[str]) -> str:
        word = match[1]
        if word in _MARKER_VARIABLES or word in ("and", "or", "not", "in"):
            return word
        return next(iter(get_close_matches(word.lower(), _MARKER_VARIABLES, n=1, cutoff=0.75)), word)

    return _MARKER_WORD.sub(known, marker)


def _with_commas(text: str) -> str:
    requirement, semicolon, marker = text.partition(";")
    first = re.search(r"[<>=!~]=?", requirement)
    if not first:
        return text
    specifiers = re.sub(r"(?<=[\w*])\s+(?=(?:[<>!~]=?|==)\s*\d)", ",", requirement[first.end() :])
    return f"{requirement[: first.end()]}{specifiers}{semicolon}{marker}"


_REWRITINGS: tuple[Callable[[str], str], ...] = (
    lambda text: text.translate(_PLAIN_QUOTES),
    _replacing(r"^[-*+]\s+", ""),
    _replacing(r"\s*\\$", ""),
    _replacing(r"#.*$", ""),
    _replacing(r"^\s*([\"'])(.*?)\1?,?\s*$", r"\2"),
    _replacing(r"[\"']$", ""),
    _replacing(r",\s*$", ""),
    _replacing(r"^([^;]*?)=\s*>", r"\1>="),
    _replacing(r"^([^;]*?)=\s*<", r"\1<="),
    _replacing(r"^([^;]*?)=\s*!", r"\1!="),
    _replacing(r"^([^;]*?)=\s*~", r"\1~="),
    _replacing(r"([<>!=~])\s+=", r"\1="),
    _replacing(r"^([\w.\[\],-]+)\s*(?:=|:)\s*[\"']?([\w.*]+)(?:=\w+)?[\"']?\s*(?=;|$)", r"\1==\2"),
    _replacing(r"(===?|[<>!~]=|[<>])\s*[\"']([\w.*!+-]+)[\"'](?=\s*(?:[,;]|$))", r"\1\2"),
    _replacing(r"^([\w.\[\],-]+)\s+v?(\d[\w.*!+]*)\s*(?=;|$)", r"\1==\2"),
    _replacing(r"(===?|[<>!~]=|[<>])\s*v(?=\d)", r"\1"),
    _replacing(r"(?:==|=)?\s*[\"']?\^\s*(\d+(?:\.\d+)*)[\"']?", _caret),
    _replacing(r"(?:==|=)?\s*[\"']?~\s*(\d+\.\d+(?:\.\d+)*)[\"']?", r"~=\1"),
    _replacing(r"((?:[<>]=?|~=)\s*\d+(?:\.\d+)*)\.\*", r"\1"),
    _replacing(r"\s*={1,3}\s*(?:latest|any|\*)\s*(?=;|$)", ""),
    _replacing(r"^([\w.-]+\[[\w,\s.-]+)(?=$|[<>=!~;])", r"\1]"),
    _replacing(r"(\([^)]*)$", r"\1)"),
    _with_commas,
    _replacing(
        r"^([^;]*?[\w.*\])])\s*(?:,|#|\s|if\b)\s*((?:" + "|".join(_MARKER_VARIABLES) + r")\s*(?:[<>=!~]|in\b|not\b))",
        r"\1; \2",
    ),
    _in_marker(_replacing(r"\s*&&\s*", " and ")),
    _in_marker(_replacing(r"\s*\|\|\s*", " or ")),
    _in_marker(_replacing(r"(?<![<>=!~])=(?!=)", "==")),
    _in_marker(_replacing(r"(?<![<>=!~])=([<>])", r"\1=")),
    _in_marker(_replacing(r"([<>=!~]=?\s*)(\d[\w.]*)(?=\s|$|\))", r'\1"\2"')),
    _in_marker(_replacing(r"([=!]=\s*)([A-Za-z]\w*)(?=\s|$|\))", r'\1"\2"')),
    _in_marker(_replacing(r"\s+(?:and|or)\s*$", "")),
    _in_marker(_with_known_variables),
    _in_marker(_replacing(r"\bAND\b", "and")),
    _in_marker(_replacing(r"\bOR\b", "or")),
)


_COMMAND = re.compile(r"(?:[$!%>#]\s*)?(?:(?:RUN|sudo)\s+)?(?:python[\d.]*\s+-m\s+)?pip[\d.]*\s+install\b\s*")
_COMMAND_OPTION = re.compile(
    r"(?:^|\s)(?:-[UqvI]+|--(?:upgrade|user|no-cache-dir|no-deps|quiet|force-reinstall))(?=\s|$)"
)


def arguments_of_command(line: str) -> str | None:
    """Give what a line installs that is a ``pip install`` command of a shell or a Dockerfile; None for any other."""
    command = _COMMAND.match(line)
    return _COMMAND_OPTION.sub("", line[command.end() :]).strip() if command else None


# ---- files that are something else ----

_FIRST_LINES = (
    (re.compile(r"\[\[?[\w.\"' -]+\]?\]\s*(#.*)?$"), "TOML or INI"),
    (re.compile(r"[\w-]+\s*=\s*[\[{]"), "TOML or Python"),
    (re.compile(r"[{\[]\s*$|[{\[]\s*[\"'{]"), "JSON"),
    (re.compile(r"<(!doctype|html|\?xml|head|body)\b", re.IGNORECASE), "HTML"),
    (re.compile(r"(name|channels|dependencies):(\s|$)"), "YAML"),
    (re.compile(r"(from|import)\s+\w|def\s+\w+\("), "Python"),
)
_REMEDIES = {
    "pyproject.toml": "Give it as an input of its own; `-r` and `-c` take requirements files.",
    "Pipfile.lock": "Convert it first: `pipenv requirements > requirements.txt`.",
    "Pipfile": "Convert it first: `pipenv requirements > requirements.txt`.",
    "poetry.lock": "Convert it first: `poetry export -f requirements.txt -o requirements.txt`.",
    "uv.lock": "Convert it first: `uv export --no-hashes -o requirements.txt`.",
    "pdm.lock": "Convert it first: `pdm export --without-hashes -o requirements.txt`.",
    "pylock.toml": "It is a lock already: give the requirements that it was made from.",
    "environment.yml": "Move what stands under its `pip:` to a requirements file.",
    "environment.yaml": "Move what stands under its `pip:` to a requirements file.",
    "setup.py": "Declare `[project] dependencies` in a `pyproject.toml`, and give that.",
    "setup.cfg": "Declare `[project] dependencies` in a `pyproject.toml`, and give that.",
}


def foreign_format(text: str, file: str) -> tuple[str, list[str]] | None:
    """Say what a file is that is no requirements file, as message and hints; None when it may be one.

    Asked only of files with errors, so that a hundred lines of TOML make one error and not a hundred.
    """
    first = next(_significant_lines(text), "")
    kind = next((kind for pattern, kind in _FIRST_LINES if pattern.match(first)), None)
    basename = re.split(r"[/\\]", file)[-1]
    if kind is None and basename not in _REMEDIES:
        return None
    hint = _REMEDIES.get(basename, "Give a file in pip's format: one requirement a line, `name==1.0`.")
    return f"this is {kind or f'`{basename}`'}, not a requirements file", [hint]


def _significant_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield stripped
