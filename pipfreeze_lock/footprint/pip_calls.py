"""The ``pip install`` of an instruction, with its options, and what the same instruction does to pip's cache."""

from __future__ import annotations

import itertools
import re
import shlex
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["PipCall", "last_install"]

_PUNCTUATION = "();|&\n"
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_PIP = re.compile(r"pip(?:\d+(?:\.\d+)?)?")
_CACHE_MOUNT = re.compile(r"--mount=\S*type=cache\S*")
_TARGET = re.compile(r"(?:target|dst|destination)=([^,\s]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class PipCall:
    """One ``pip install``."""

    options: tuple[str, ...] = ()
    """Its words."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """``PIP_NO_CACHE_DIR=1 pip install …``"""
    cache_fate: str = ""
    """Why the layer has no cache though pip keeps one: it is removed in the same instruction, or lies in a mount."""

    def value_of(self, option: str) -> str | None:
        """Give the last value of an option."""
        return next(iter(self.values_of(option)[::-1]), None)

    def values_of(self, option: str) -> list[str]:
        """Give all values of an option: ``--cache-dir X``, ``--cache-dir=X``."""
        apart = [after for word, after in itertools.pairwise(self.options) if word == option]
        joined = [word.partition("=")[2] for word in self.options if word.startswith(f"{option}=")]
        return apart + joined


def last_install(instructions: Sequence[str], words: Sequence[str] = ()) -> PipCall:
    """Give the last ``pip install`` of instructions; one without options where there is none.

    :param words: Further ones of the call that is meant, behind those that the instruction has.
    """
    for instruction in reversed(instructions):
        found = list(_calls(instruction))
        if found:
            return replace(found[-1], options=(*found[-1].options, *words))
    return PipCall(options=tuple(words))


def _calls(instruction: str) -> Iterator[PipCall]:
    """Give the calls of a RUN; of any other instruction, and of what no shell would read, none."""
    head, _, value = instruction.strip().partition(" ")
    if head.upper() != "RUN":
        return
    try:
        commands = list(_commands(value))
    except ValueError:
        return
    fate = _fate(value, commands)
    for command in commands:
        assignments = list(itertools.takewhile(_ASSIGNMENT.fullmatch, command))
        words = command[len(assignments) :]
        position = next((index for index, word in enumerate(words) if _PIP.fullmatch(word.rpartition("/")[2])), None)
        if position is not None and "install" in words[position:]:
            yield PipCall(options=tuple(words[position + 1 :]), environment=_assigned(assignments), cache_fate=fate)


def _assigned(words: Sequence[str]) -> dict[str, str]:
    pairs = (word.partition("=") for word in words)
    return {name: value for name, _, value in pairs}


def _commands(value: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(value.replace("\\\n", " "), posix=True, punctuation_chars=_PUNCTUATION)
    lexer.whitespace_split = True
    lexer.whitespace = " \t\r"
    lexer.commenters = ""
    command: list[str] = []
    for word in lexer:
        if set(word) <= set(_PUNCTUATION):
            yield command
            command = []
        else:
            command.append(word)
    yield command


def _fate(value: str, commands: Sequence[Sequence[str]]) -> str:
    for mount in _CACHE_MOUNT.findall(value):
        target = _TARGET.search(mount)
        if target is not None and ".cache" in target[1]:
            return f"`{target[1]}` is a cache mount, which is in no layer"
    for command in commands:
        if command[:1] == ["rm"] and any(".cache" in word.split("/") for word in command):
            return f"the same instruction removes it: `{shlex.join(command)}`"
        if command[1:3] == ["cache", "purge"] and _PIP.fullmatch(command[0].rpartition("/")[2]):
            return "the same instruction purges it"
    return ""
