"""Hashes of lines, and pages without SHA-256: ours beside the real pips, on both sides of each change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version
from support.command_line import enter_workplace, run
from support.packages import sdist, wheel

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer
    from support.real_pip import RealPips

PIPS = [("3.6", "9.0.3"), ("3.6", "19.1.1"), ("3.6", "21.3.1"), ("3.8", "24.1.2"), ("3.8", "24.2"), ("3.13", "26.3")]
PYTHONS = {"3.6": "3.6.15", "3.8": "3.8.18", "3.13": "3.13.0"}


def lock(index_server: IndexServer, python: str, pip: str) -> tuple[int, str]:
    target = ("--python-version", PYTHONS[python], "--pip-version", pip, "--libc", "glibc-2.36", "--no-base")
    ran = run("lock", *target, "--index-url", index_server.url, "--no-cache")
    return ran.code, ran.said


@pytest.mark.parametrize(("python", "pip"), PIPS)
def test_a_digest_in_capitals(
    python: str,
    pip: str,
    index_server: IndexServer,
    real_pips: RealPips,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """pip 24.2 compares digests without regard to case (#12680), older ones refuse every file; a lock has small letters."""
    work = enter_workplace(tmp_path, monkeypatch)
    artifact = wheel("a", "1.0")
    index_server.add(artifact)
    (work / "requirements.txt").write_text(f"a==1.0 --hash=sha256:{artifact.sha256.upper()}\n")
    arguments = ("-r", work / "requirements.txt", "--index-url", index_server.url)
    ran, _ = real_pips(python, pip).download(*arguments, folder=tmp_path / "files")
    assert (ran.returncode == 0) is (Version(pip) >= Version("24.2")), ran.output
    code, said = lock(index_server, python, pip)
    assert code == 0, said
    arguments = ("-r", work / "requirements.lock", "--require-hashes", "--index-url", index_server.url)
    ran, _ = real_pips(python, pip).download(*arguments, folder=tmp_path / "files")
    assert ran.returncode == 0, ran.output


@pytest.mark.parametrize("hashes", [("md5",), ("sha512",), ("sha1", "sha384"), ()])
@pytest.mark.parametrize(("python", "pip"), PIPS)
def test_pages_without_sha256(
    python: str,
    pip: str,
    hashes: tuple[str, ...],
    index_server: IndexServer,
    real_pips: RealPips,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """We fetch the files and pin their SHA-256, with which each pip's hash mode is content, whatever the page says."""
    work = enter_workplace(tmp_path, monkeypatch)
    index = index_server.index("")
    index.shape = type(index.shape)(algorithms=hashes)
    index.add(wheel("a", "1.0", requires=["b"]), wheel("b", "2.0"), sdist("b", "2.0"))
    (work / "requirements.txt").write_text("a\n")
    code, said = lock(index_server, python, pip)
    assert code == 0, said
    text = (work / "requirements.lock").read_text()
    assert len(re.findall(r"--hash=sha256:", text)) == text.count("--hash=") == 2
    arguments = ("-r", work / "requirements.lock", "--require-hashes", "--index-url", index_server.url)
    ran, files = real_pips(python, pip).download(*arguments, folder=tmp_path / "files")
    assert ran.returncode == 0, ran.output
    assert sorted(files) == ["a-1.0-py2.py3-none-any.whl", "b-2.0-py2.py3-none-any.whl"]
