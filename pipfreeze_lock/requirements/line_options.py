"""The options that may stand in a requirements file, and how a line is taken apart into requirement and options.

Follows ``break_args_options`` and ``get_line_parser`` of pip's ``_internal/req/req_file.py``, the options of
``_internal/cli/cmdoptions.py`` and what ``shlex`` and ``optparse`` make of them: values as ``--option=value`` or
``--option value``, short options run together (``-rfile``), long ones cut short where that is unambiguous.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipfreeze_lock.requirements.problems import LineProblem, shown

__all__ = ["GivenOption", "OptionKind", "parsed_options", "split_line"]

Effect = Literal["index", "format", "nested", "editable", "requirement", "none"]
"""What an option acts on. ``format`` options act wherever they stand, ``index`` ones only on a line of options."""


@dataclass(frozen=True, slots=True)
class OptionKind:
    """An option of some pip's requirements files."""

    name: str
    """Long, as pip documents it."""
    flags: tuple[str, ...]
    effect: Effect
    takes_value: bool = True
    note: str | None = None
    """Of an option that changes nothing here: what it did, and in which pips."""


class GivenOption(NamedTuple):
    """An option as it stands in a line."""

    kind: OptionKind
    value: str
    """Empty for an option without value."""


def _kind(effect: Effect, *flags: str, takes_value: bool = True, note: str | None = None) -> OptionKind:
    name = next(flag for flag in flags if flag.startswith("--"))
    return OptionKind(name, flags, effect, takes_value, note)


_OF_NEWEST_PIP = (
    _kind("index", "-i", "--index-url", "--pypi-url"),
    _kind("index", "--extra-index-url"),
    _kind("index", "--no-index", takes_value=False),
    _kind("index", "-f", "--find-links"),
    _kind("index", "--pre", takes_value=False),
    _kind("index", "--prefer-binary", takes_value=False),
    _kind("index", "--require-hashes", takes_value=False),
    _kind("index", "--trusted-host"),
    _kind("format", "--no-binary"),
    _kind("format", "--only-binary"),
    _kind("format", "--all-releases"),
    _kind("format", "--only-final"),
    _kind("nested", "-r", "--requirement"),
    _kind("nested", "-c", "--constraint"),
    _kind("editable", "-e", "--editable"),
    _kind("requirement", "--hash"),
    _kind("requirement", "-C", "--config-settings"),
    _kind("none", "--use-feature", note="it switches on a feature of the pip that reads this file, and is left to it"),
    _kind("none", "--no-require-hashes", takes_value=False, note="a lock has hashes all the same"),
)
_SDISTS_ONLY = "made pips before 23.1 build everything from sdists; say `--no-binary :all:` if that is wanted"
_NO_EXTERNAL = "no pip from 8.0 on does anything for it"
_OF_OLD_PIPS = (
    _kind("requirement", "--global-option", note=f"gone in pip 25.3, and {_SDISTS_ONLY}"),
    _kind("requirement", "--install-option", note=f"gone in pip 23.1, and {_SDISTS_ONLY}"),
    _kind(
        "none",
        "--process-dependency-links",
        takes_value=False,
        note="gone in pip 19.0; before, it took URLs from `dependency_links` of setup scripts, which a lock never does",
    ),
    _kind(
        "none",
        "-Z",
        "--always-unzip",
        takes_value=False,
        note="gone in pip 20.2, and without effect since 1.4",
    ),
    _kind("none", "--use-wheel", takes_value=False, note="gone in pip 10; wheels are taken without it"),
    _kind("format", "--no-use-wheel", takes_value=False, note="gone in pip 10; taken as `--no-binary :all:`"),
    _kind("none", "--allow-external", note=f"gone in pip 10; {_NO_EXTERNAL}"),
    _kind("none", "--allow-all-external", takes_value=False, note=f"gone in pip 10; {_NO_EXTERNAL}"),
    _kind("none", "--no-allow-external", takes_value=False, note=f"gone in pip 10; {_NO_EXTERNAL}"),
    _kind("none", "--allow-unverified", "--allow-insecure", note=f"gone in pip 10; {_NO_EXTERNAL}"),
    _kind("none", "--no-allow-insecure", takes_value=False, note=f"gone in pip 10; {_NO_EXTERNAL}"),
    _kind("none", "-M", "--use-mirrors", takes_value=False, note="gone in pip 7; the mirrors no longer exist"),
    _kind("none", "--mirrors", note="gone in pip 7; the mirrors no longer exist"),
)
_NEW_FLAGS = {flag: kind for kind in _OF_NEWEST_PIP for flag in kind.flags}
_OLD_FLAGS = {flag: kind for kind in _OF_OLD_PIPS for flag in kind.flags}
_FLAGS = _NEW_FLAGS | _OLD_FLAGS
# Options of `pip install` that people put into files; each pip refuses them there.
_COMMAND_LINE_ONLY = frozenset(
    [
        "-U",
        "-q",
        "-t",
        "-v",
        "--break-system-packages",
        "--cache-dir",
        "--cert",
        "--force-reinstall",
        "--ignore-installed",
        "--no-build-isolation",
        "--no-cache-dir",
        "--no-deps",
        "--no-dependencies",
        "--platform",
        "--proxy",
        "--python-version",
        "--quiet",
        "--target",
        "--timeout",
        "--upgrade",
        "--use-deprecated",
        "--use-pep517",
        "--user",
        "--verbose",
    ]
)

_WORDS = re.compile(r"[^ \t\r\n]+")
_NEEDS_SHLEX = re.compile(r"[\"'\\]")


def split_line(line: str) -> tuple[str, str]:
    """Split a logical line into requirement and options: the first word after a blank that begins with ``-``.

    Words are split at blanks alone, not at tabs. Source: pip's ``break_args_options``.
    """
    if line.startswith("-"):
        return "", line
    position = line.find(" -")
    return (line, "") if position < 0 else (line[:position], line[position + 1 :])


def parsed_options(text: str) -> tuple[list[GivenOption], list[str]]:
    """Read the options of a line, and the words among them that belong to none, which pip drops without a word.

    :raises LineProblem: for an unclosed quote, an unknown option, a missing or surplus value.
    """
    if _NEEDS_SHLEX.search(text):
        try:
            words = shlex.split(text)
        except ValueError as error:
            msg = f"`{shown(text)}` cannot be split into words: {str(error).lower()}"
            raise LineProblem(msg, hints=["Close the quote, or drop it: values need none."]) from error
    else:
        words = _WORDS.findall(text)  # the same as shlex, at a fiftieth of the time
    return _Options(words).read()


class _Options:
    """optparse's reading of words, for options of no value or of one."""

    def __init__(self, words: list[str]) -> None:
        self.words = words[::-1]
        self.given: list[GivenOption] = []
        self.loose: list[str] = []

    def read(self) -> tuple[list[GivenOption], list[str]]:
        while self.words:
            word = self.words.pop()
            if word == "--":
                self.loose += self.words[::-1]
                break
            if word.startswith("--"):
                self._long(word)
            elif word.startswith("-") and len(word) > 1:
                self._short(word)
            else:
                self.loose.append(word)
        return self.given, self.loose

    def _long(self, word: str) -> None:
        flag, equals, value = word.partition("=")
        kind = _FLAGS.get(flag) or _abbreviated(flag)
        if equals and not kind.takes_value:
            msg = f"`{flag}` takes no value, and has `{shown(value)}`"
            raise LineProblem(msg, hints=[f"Write `{flag}` alone."])
        if not equals:
            value = self._value(kind, flag)
        self.given.append(GivenOption(kind, value))

    def _short(self, word: str) -> None:
        for position, letter in enumerate(word[1:], start=2):
            flag = f"-{letter}"
            kind = _FLAGS.get(flag)
            if kind is None:
                raise _unknown(flag, word)
            if kind.takes_value:
                rest = word[position:]
                self.given.append(GivenOption(kind, rest or self._value(kind, flag)))
                return
            self.given.append(GivenOption(kind, ""))

    def _value(self, kind: OptionKind, flag: str) -> str:
        if not kind.takes_value:
            return ""
        if not self.words:
            msg = f"`{flag}` lacks its value"
            raise LineProblem(msg, hints=[f"Write it as `{kind.name} VALUE` on the same line."])
        return self.words.pop()


def _abbreviated(flag: str) -> OptionKind:
    """Find the option that a prefix stands for: among those of the newest pip, else among the old ones."""
    for flags in (_NEW_FLAGS, _OLD_FLAGS):
        possible = {kind.name: kind for spelled, kind in flags.items() if spelled.startswith(flag)}
        if len(possible) == 1:
            return possible.popitem()[1]
        if possible:
            choice = ", ".join(f"`{name}`" for name in sorted(possible))
            msg = f"`{shown(flag)}` may be any of {choice}"
            raise LineProblem(msg, hints=["Write the option in full."])
    raise _unknown(flag, flag)


def _unknown(flag: str, word: str) -> LineProblem:
    from difflib import get_close_matches  # noqa: PLC0415  for errors only

    msg = f"`{shown(word)}` is no option of a requirements file"
    if flag in _COMMAND_LINE_ONLY:
        return LineProblem(msg, hints=[f"`{flag}` belongs on the command line of `pip install`; drop it here."])
    long = word if word.startswith("--") else f"-{word}"
    nearest = get_close_matches(
        long.partition("=")[0], [flag for flag in _FLAGS if flag.startswith("--")], n=1, cutoff=0.7
    )
    return LineProblem(msg, hints=[f"Did you mean `{name}`?" for name in nearest])
