"""What shell commands of an image's build do to its base set: ``pip install pip==21.3.1``."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["PipCommand", "PipRequirement", "pip_commands"]

_PUNCTUATION = "();|&\n"
"""What ends a command, alone or repeated."""
_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_REDIRECTION = re.compile(r"\d*(?:<<?|>>?)(?P<target>.*)", re.DOTALL)
_PREFIXES = frozenset(
    {"sudo", "exec", "command", "time", "env", "then", "do", "else", "if", "!", "{", "eval", "-E", "-H"}
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_PIP = re.compile(r"pip(?:\d+(?:\.\d+)?)?(?:\.exe)?")
_PYTHON = re.compile(r"(?:python|pypy)(?:\d+(?:\.\d+)?)?(?:\.exe)?")
_SYSTEM_FOLDERS = frozenset({"", "/usr/local/bin", "/usr/bin", "/bin"})
_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?:\[[^\]]*\])?\s*(?P<specifier>[<>=!~].*)?", re.DOTALL
)
_EXACT = re.compile(r"={2,3}\s*(?P<version>[\w.!+-]+)")
_ELSEWHERE = frozenset({"-t", "--target", "--prefix", "--root", "--user", "--python", "--dry-run"})
# fmt: off
_WITH_VALUE = frozenset({
    "-c", "--constraint", "-e", "--editable", "-t", "--target", "-i", "--index-url", "--pypi-url",
    "--extra-index-url", "-f", "--find-links", "--root", "--prefix", "--src", "--cache-dir", "--proxy",
    "--timeout", "--retries", "--cert", "--client-cert", "--trusted-host", "--no-binary", "--only-binary",
    "--platform", "--python-version", "--implementation", "--abi", "--global-option", "--install-option",
    "--build-option", "--progress-bar", "--report", "--log", "--exists-action", "--upgrade-strategy",
    "--root-user-action", "-C", "--config-settings", "--config-setting", "--python", "-b", "--build",
    "--use-feature", "--use-deprecated", "--uploaded-prior-to", "--keyring-provider", "--build-constraint", "-d",
    "--download", "--resume-retries",
})
# fmt: on
"""Options of ``pip install``, of any version, whose value is a word of its own."""
_WITH_FILE = frozenset({"-r", "--requirement", "--group", "--requirements-from-script"})


@dataclass(frozen=True, kw_only=True, slots=True)
class PipRequirement:
    """A distribution that a command names."""

    name: str
    """Normalised (PEP 503)."""
    version: str | None
    """Of an exact pin."""
    specifier: str
    """Empty for any version."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PipCommand:
    """One ``pip install`` or ``pip uninstall``; those into a folder of choice (``--target``) are none."""

    action: Literal["install", "uninstall"]
    requirements: tuple[PipRequirement, ...] = ()
    upgrade: bool = False
    from_files: bool = False
    """Whether it installs a requirements file, a project or an archive: from there on it is what is to be locked."""
    is_system: bool = True
    """Whether the program is the image's own, and not that of a virtual environment."""
    text: str
    """The words of the command, for a message; without credentials."""


def pip_commands(value: str, heredocs: Sequence[str] = ()) -> Iterator[PipCommand]:
    """Give the pip commands of a RUN instruction in order; its flags (``--mount=…``) may stand before them.

    :raises ValueError: for text that cannot be split as a shell would.
    """
    text = re.sub(r"^(?:--[a-z]+(?:=\S+)?\s+)*", "", value)
    if text.startswith("["):
        arguments = _exec_form(text)
        if arguments is not None:
            is_shell = len(arguments) == 3 and arguments[1] in ("-c", "-lc", "-ec", "-exc")
            yield from pip_commands(arguments[2]) if is_shell else _commands_of(arguments)
            return
    for script in (text, *heredocs):
        for words in _simple_commands(script):
            yield from _commands_of(words)


def _exec_form(text: str) -> list[str] | None:
    """The JSON form; what is no JSON is a shell's ``[``, as BuildKit takes it."""
    try:
        arguments = json.loads(text)
    except ValueError:
        return None
    return arguments if isinstance(arguments, list) and all(isinstance(one, str) for one in arguments) else None


def _simple_commands(script: str) -> Iterator[list[str]]:
    """Give the words of each command, without redirections."""
    lexer = shlex.shlex(_COMMENT.sub("", script.replace("\\\n", " ")), posix=True, punctuation_chars=_PUNCTUATION)
    lexer.whitespace_split = True
    lexer.whitespace = " \t\r"
    lexer.commenters = ""
    words: list[str] = []
    redirected = False
    for word in lexer:
        if not word.strip(_PUNCTUATION):
            yield words
            words, redirected = [], False
        elif redirected:
            redirected = False
        elif redirection := _REDIRECTION.fullmatch(word):
            redirected = not redirection["target"]
        else:
            words.append(word)
    yield words


def _commands_of(words: list[str]) -> Iterator[PipCommand]:
    start = 0
    while start < len(words) and (words[start] in _PREFIXES or _ASSIGNMENT.fullmatch(words[start])):
        start += 1
    words = words[start:]
    arguments = _pip_arguments(words) if words else None
    if arguments is None:
        return
    text = re.sub(r"(?<=://)[^/\s@]*@", "****@", " ".join(words))
    is_system = words[0].rpartition("/")[0] in _SYSTEM_FOLDERS
    command = _pip_command(arguments, text, is_system=is_system)
    if command:
        yield command


def _pip_arguments(words: list[str]) -> list[str] | None:
    """What follows ``pip``, ``python -m pip`` or ``python get-pip.py``; None for another command."""
    program = words[0].rpartition("/")[2]
    if _PIP.fullmatch(program):
        return words[1:]
    if _PYTHON.fullmatch(program):
        options = list(itertools.takewhile(lambda word: word.startswith("-") and word != "-m", words[1:]))
        rest = words[1 + len(options) :]
        if rest[:2] == ["-m", "pip"]:
            return rest[2:]
        if rest and rest[0].endswith("get-pip.py"):
            named = any(word.startswith("pip") for word in rest[1:])
            return ["install", "--upgrade", *rest[1:], *([] if named else ["pip"])]
    return None


def _pip_command(arguments: list[str], text: str, *, is_system: bool) -> PipCommand | None:
    requirements: list[PipRequirement] = []
    action: str | None = None
    upgrade = from_files = False
    words = iter(arguments)
    for word in words:
        option, equals, _ = word.partition("=")
        if option in _ELSEWHERE:
            return None
        if word.startswith("-"):
            upgrade = upgrade or word in ("-U", "--upgrade")
            from_files = from_files or option in (*_WITH_FILE, "-e", "--editable") or word[:2] == "-r"
            if option in _WITH_VALUE | _WITH_FILE and not equals:
                next(words, None)
        elif action is None:
            action = word
        elif (requirement := _requirement(word)) is not None:
            requirements.append(requirement)
        else:
            from_files = True
    if action not in ("install", "uninstall"):
        return None
    return PipCommand(
        action="install" if action == "install" else "uninstall",
        requirements=tuple(requirements),
        upgrade=upgrade,
        from_files=from_files and action == "install",
        is_system=is_system,
        text=text,
    )


def _requirement(word: str) -> PipRequirement | None:
    """A named requirement; None for a path, a URL or an archive."""
    text = word.partition(";")[0].strip()
    match = _REQUIREMENT.fullmatch(text)
    if match is None or text == "." or text.endswith((".whl", ".tar.gz", ".zip")):
        return None
    specifier = (match["specifier"] or "").strip()
    exact = _EXACT.fullmatch(specifier)
    name = re.sub(r"[-_.]+", "-", match["name"]).lower()
    return PipRequirement(name=name, version=exact["version"] if exact else None, specifier=specifier)
