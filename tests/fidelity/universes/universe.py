"""A random universe: the projects of an index, a target, and what is asked of them; it can be written as a scenario."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import tomli_w
from support.packages import universe as build_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.distribution import Artifact

__all__ = ["Pair", "Universe"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A pip on an interpreter, and the machine that both are told to be on."""

    python: str
    """``3.6``."""
    pip: str
    glibc: str = "2.36"
    machine: str = "x86_64"

    @property
    def resolves(self) -> bool:
        """Whether this pip looks for a set that agrees; before 20.3 the first requirement of a name wins."""
        return self.pip_release >= (20, 3)

    @property
    def pip_release(self) -> tuple[int, ...]:
        return tuple(map(int, self.pip.split(".")))

    def __str__(self) -> str:
        return f"{self.python}/{self.pip}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Universe:
    """What is put to both, in the words of `support.packages` and `support.scenario`."""

    pair: Pair
    packages: Mapping[str, Mapping[str, Mapping[str, Any]]]
    requirements: tuple[str, ...]
    """Lines; ``--hash=@FILENAME`` stands for the hash of a file, which is known once the file is built."""
    constraints: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    seed: int | None = None
    _built: list[Artifact] = field(default_factory=list, compare=False, repr=False)

    def files(self) -> list[Artifact]:
        """Build all files, once."""
        if not self._built:
            self._built.extend(build_files(self.packages))
        return self._built

    def text_of(self, lines: tuple[str, ...]) -> str:
        """Give lines as a file has them, with the hashes filled in."""
        digests = {one.filename: one.sha256 for one in self.files()} if any("@" in line for line in lines) else {}
        filled = (
            re.sub(r"=@(\S+)", lambda match: f"=sha256:{digests.get(match[1], '0' * 64)}", line) for line in lines
        )
        return "".join(f"{line}\n" for line in filled)

    def as_toml(self, python: str, *, about: str, expect: Mapping[str, Any]) -> str:
        """Write it as a scenario file.

        :param python: The full version of the interpreter.
        """
        platform = {"x86_64": "linux/amd64", "aarch64": "linux/arm64"}[self.pair.machine]
        ask: dict[str, Any] = {"requirements": self.text_of(self.requirements)}
        if self.constraints:
            ask["constraints"] = self.text_of(self.constraints)
        if self.options:
            ask["options"] = list(self.options)
        table = {
            "about": about,
            "oracle": "download",
            "target": {
                "python": python,
                "pip": self.pair.pip,
                "libc": f"glibc-{self.pair.glibc}",
                "platform": platform,
            },
            "packages": _plain(self.packages),
            "ask": ask,
            "expect": dict(expect),
        }
        return tomli_w.dumps(table, multiline_strings=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value
