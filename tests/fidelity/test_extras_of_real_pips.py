"""Spellings of extras, asked for on a line or by a distribution, put to real pips and to us: who gets what they add."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from support.command_line import enter_workplace
from support.index_server import IndexServer
from support.packages import wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.real_pip import RealPips

PIPS = [
    *(("3.6.15", "20.3.4"), ("3.6.15", "21.3.1"), ("3.11.7", "22.3.1"), ("3.7.16", "23.2.1"), ("3.11.7", "23.2.1")),
    *(("3.7.16", "23.3.2"), ("3.11.7", "23.3.2"), ("3.7.16", "24.0"), ("3.11.7", "24.0"), ("3.8.18", "24.1.2")),
    ("3.13.0", "26.3"),
]
_PROVIDED = ("foo", "Foo", "foo_bar", "foo-bar", "foo.bar", "a__b")
_ASKED = ("foo", "FOO", "Foo", "foo_bar", "foo-bar", "foo.bar", "a__b", "a-b")
_PAIRS = [(one, other) for one in _PROVIDED for other in _ASKED if canonicalize_name(one) == canonicalize_name(other)]
_TOLD_APART = [("Foo", "foo"), ("foo-bar", "foo_bar"), ("foo_bar", "foo-bar"), ("foo.bar", "foo-bar")]
"""What Provides-Extra says, and what the marker does."""


@pytest.fixture(scope="module")
def index() -> Iterator[IndexServer]:
    with IndexServer() as server:
        for place, (provided, asked) in enumerate(_PAIRS):
            added = f"added{place}"
            server.add(wheel(f"plain{place}", "1", extras={provided: [added]}), wheel(added, "1"))
            server.add(wheel(f"asker{place}", "1", requires=[f"plain{place}[{asked}]"]))
        for place, (declared, in_marker) in enumerate(_TOLD_APART):
            text = f"Name: apart{place}\nVersion: 1\nProvides-Extra: {declared}\n"
            for asked in ("dotted", "plain"):
                added = f"{asked}{place}"
                server.add(wheel(f"apart-{added}", "1"))
            requires = f"Requires-Dist: apart-plain{place}; extra == '{in_marker}'\n"
            server.add(wheel(f"apart{place}", "1", metadata=f"Metadata-Version: 2.1\n{text}{requires}"))
        yield server


def lines() -> list[str]:
    """Give the requirements; all can be asked for at once, since no two name a project with other extras."""
    plain = [f"plain{place}[{asked}]" for place, (_, asked) in enumerate(_PAIRS)]
    return plain + [f"apart{place}[{in_marker}]" for place, (_, in_marker) in enumerate(_TOLD_APART)]


def askers() -> list[str]:
    return [f"asker{place}" for place in range(len(_PAIRS))]


def declared() -> list[str]:
    return [f"apart{place}[{one}]" for place, (one, _) in enumerate(_TOLD_APART)]


@pytest.mark.parametrize(("python", "pip"), PIPS)
@pytest.mark.parametrize("requirements", [lines, askers, declared])
def test_the_same_extras(
    index: IndexServer,
    real_pips: RealPips,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    python: str,
    pip: str,
    requirements,
) -> None:
    asked = requirements()
    real = real_pips(python.rpartition(".")[0], pip)
    ran, files = real.download("-i", index.url, *asked, folder=tmp_path / "files")
    assert ran.returncode == 0, ran.output
    ours = locked(index, enter_workplace(tmp_path, monkeypatch), python, pip, asked)
    theirs = {name.partition("-1-")[0].replace("_", "-") for name in files}
    assert (ours - theirs, theirs - ours) == (set(), set())


def locked(index: IndexServer, work: Path, python: str, pip: str, asked: list[str]) -> set[str]:
    from pipfreeze_lock.__main__ import main  # noqa: PLC0415  the environment must be set before it is imported

    work.joinpath("requirements.txt").write_text("\n".join(asked))
    target = ["--python-version", python, "--pip-version", pip, "--libc", "glibc-2.36", "--platform", "linux/amd64"]
    assert main(["lock", "-o", "out.lock", "--no-base", "--index-url", index.url, *target, "requirements.txt"]) == 0
    pins = [line for line in work.joinpath("out.lock").read_text().splitlines() if line[:1].isalpha()]
    return {line.partition("==")[0].partition("[")[0] for line in pins}
