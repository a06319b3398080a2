"""Real pips choose from our index what they should, and are told of another machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.packages import sdist, wheel

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer
    from support.real_pip import RealPips


@pytest.mark.parametrize(
    ("python", "pip"),
    [("2.7", "9.0.3"), ("3.6", "9.0.3"), ("3.6", "19.1.1"), ("3.6", "21.3.1"), ("3.8", "25.0.1"), ("3.13", "26.3")],
)
def test_each_pip_downloads(
    index_server: IndexServer, real_pips: RealPips, tmp_path: Path, python: str, pip: str
) -> None:
    index_server.add(
        wheel("a", "1.0", requires=["b>=1"]),
        wheel("a", "2.0", requires_python=">=4"),
        wheel("b", "1.5"),
        sdist("b", "1.6", style="setuptools" if python in ("2.7", "3.6") else "backend", requires=["c"]),
        wheel("c", "1"),
    )
    ran, files = real_pips(python, pip).download("--index-url", index_server.url, "a", folder=tmp_path)
    assert ran.returncode == 0, ran.output
    assert files == ["a-1.0-py2.py3-none-any.whl", "b-1.6.tar.gz", "c-1-py2.py3-none-any.whl"]


@pytest.mark.parametrize("pip", ["9.0.3", "19.1.1", "20.0.2", "21.3.1"])
def test_another_libc(index_server: IndexServer, real_pips: RealPips, tmp_path: Path, pip: str) -> None:
    index_server.add(
        wheel("a", "1", tag="cp36-cp36m-manylinux1_x86_64"), wheel("a", "2", tag="cp36-cp36m-manylinux_2_24_x86_64")
    )
    old = real_pips("3.6", pip, glibc="2.5").download("-i", index_server.url, "a", folder=tmp_path / "old")[1]
    assert old == ["a-1-cp36-cp36m-manylinux1_x86_64.whl"]


@pytest.mark.parametrize("pip", ["9.0.3", "19.1.1", "21.3.1"])
def test_another_machine(index_server: IndexServer, real_pips: RealPips, tmp_path: Path, pip: str) -> None:
    index_server.add(
        wheel("a", "1", tag="cp36-cp36m-linux_aarch64", requires=["b; platform_machine == 'aarch64'"]),
        wheel("a", "2", tag="cp36-cp36m-linux_x86_64"),
        wheel("b", "1"),
    )
    files = real_pips("3.6", pip, machine="aarch64").download("-i", index_server.url, "a", folder=tmp_path)[1]
    assert files == ["a-1-cp36-cp36m-linux_aarch64.whl", "b-1-py2.py3-none-any.whl"]


def test_base_counts_as_installed_and_the_interpreters_own_does_not(
    index_server: IndexServer, real_pips: RealPips
) -> None:
    index_server.add(wheel("a", "1", requires=["setuptools"]), wheel("setuptools", "60.0"), wheel("b", "1"))
    pip = real_pips("3.11", "25.3", base={"b": "0.5"})
    ran, files = pip.would_install("-i", index_server.url, "a", "b")
    assert ran.returncode == 0, ran.output
    assert files == ["a-1-py2.py3-none-any.whl", "setuptools-60.0-py2.py3-none-any.whl"]


def test_exit_code_and_words_of_a_failure(index_server: IndexServer, real_pips: RealPips, tmp_path: Path) -> None:
    ran, files = real_pips("3.11", "25.3").download("-i", index_server.url, "nothing-of-that-name", folder=tmp_path)
    assert (ran.returncode, files) == (1, [])
    assert "No matching distribution found for nothing-of-that-name" in ran.stderr
