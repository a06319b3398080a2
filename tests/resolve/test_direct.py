"""Files that a direct URL names, through the whole command."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from support.command_line import TARGET, Ran, run
from support.packages import Artifact, sdist, wheel

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer

A = wheel("a", "1.0", requires=["b>=1"], extras={"x": ["c"]})
B = wheel("b", "1.0")
C = sdist("c", "2.0", requires=["b"])


@pytest.fixture
def server(index_server: IndexServer) -> IndexServer:
    return index_server.add(A, B, C, wheel("b", "2.0"))


def url(server: IndexServer, artifact: Artifact) -> str:
    return f"{server.root}/files/{artifact.sha256[:16]}/{artifact.filename}"


def lock(server: IndexServer, workplace: Path, requirements: str, *more: str) -> Ran:
    (workplace / "requirements.txt").write_text(requirements + "\n")
    return run("lock", *TARGET, "--index-url", server.url, "-o", "-", "-q", *more)


def test_a_wheel_and_an_sdist(server: IndexServer, workplace: Path) -> None:
    ran = lock(server, workplace, f"a[x] @ {url(server, A)}\n{url(server, C)}#egg=c")
    assert ran.code == 0, ran.said
    assert f"a[x] @ {url(server, A)} \\\n    --hash=sha256:{A.sha256}\n" in ran.out
    assert f"c @ {url(server, C)} \\\n    --hash=sha256:{C.sha256}\n" in ran.out
    assert "\nb==2.0 \\\n" in ran.out


def test_a_dependency_that_a_url_meets(server: IndexServer, workplace: Path) -> None:
    ran = lock(server, workplace, f"a\nb @ {url(server, B)}")
    assert ran.code == 0, ran.said
    assert f"b @ {url(server, B)} \\\n    --hash=sha256:{B.sha256}\n" in ran.out
    assert f"    #   -r requirements.txt (@ {url(server, B)})\n    #   a (>=1)\n" in ran.out


@pytest.mark.parametrize("algorithm", ["sha256", "sha512", "md5"])
def test_the_hash_in_the_url_is_held_against_the_file(server: IndexServer, workplace: Path, algorithm: str) -> None:
    right = hashlib.new(algorithm, B.content).hexdigest()
    ran = lock(server, workplace, f"b @ {url(server, B)}#{algorithm}={right}")
    assert ran.code == 0, ran.said
    ran = lock(server, workplace, f"b @ {url(server, B)}#{algorithm}={'0' * len(right)}")
    assert ran.code == 4, ran
    assert "has none of the hashes" in ran.said
    assert ran.out == ""


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_the_hash_in_the_url_of_a_dependency(server: IndexServer, workplace: Path, algorithm: str) -> None:
    right = hashlib.new(algorithm, B.content).hexdigest()
    server.add(
        wheel("d", "1.0", requires=[f"b @ {url(server, B)}#{algorithm}={right}"]),
        wheel("d", "2.0", requires=[f"b @ {url(server, B)}#{algorithm}={'0' * len(right)}"]),
    )
    ran = lock(server, workplace, "d<2")
    assert ran.code == 0, ran.said
    assert f"b @ {url(server, B)}#{algorithm}={right} \\\n    --hash=sha256:{B.sha256}\n" in ran.out
    ran = lock(server, workplace, "d")
    assert ran.code == 4, ran
    assert f"its {algorithm} is {right}" in ran.said


def test_the_hash_of_the_line_is_held_against_the_file(server: IndexServer, workplace: Path) -> None:
    assert lock(server, workplace, f"b @ {url(server, B)} --hash=sha256:{B.sha256}").code == 0
    ran = lock(server, workplace, f"b @ {url(server, B)} --hash=sha256:{'0' * 64}")
    assert ran.code == 4, ran
    assert "has none of the hashes" in ran.said


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_a_hash_that_the_index_does_not_list(server: IndexServer, workplace: Path, algorithm: str) -> None:
    """It has to be fetched to know."""
    server.index().shape = type(server.index().shape)(hashes=False)
    right = hashlib.new(algorithm, B.content).hexdigest()
    assert lock(server, workplace, f"b==1.0 --hash={algorithm}:{right}").code == 0
    assert lock(server, workplace, f"b==1.0 --hash={algorithm}:{right[::-1]}").code == 4


def test_a_hash_of_a_constraint(server: IndexServer, workplace: Path) -> None:
    (workplace / "limits.txt").write_text(f"b==1.0 --hash=sha256:{B.sha256}\n")
    assert lock(server, workplace, "b", "-c", "limits.txt").code == 0
    (workplace / "limits.txt").write_text(f"b==1.0 --hash=sha256:{A.sha256}\n")
    assert lock(server, workplace, "b", "-c", "limits.txt").code == 4


def test_a_file_of_another_project(server: IndexServer, workplace: Path) -> None:
    ran = lock(server, workplace, f"z @ {url(server, C)}")
    assert ran.code in (3, 4), ran
    assert "`c`" in ran.said
    assert "`z`" in ran.said


def test_one_url_under_two_names(server: IndexServer, workplace: Path) -> None:
    server.redirect("/download", url(server, C))
    ran = lock(server, workplace, f"c @ {server.root}/download\nz @ {server.root}/download")
    assert ran.code in (3, 4), ran


def test_a_file_that_is_not_there(server: IndexServer, workplace: Path) -> None:
    ran = lock(server, workplace, f"b @ {server.root}/files/none/b-1.0-py3-none-any.whl")
    assert ran.code == 5, ran
    assert "404" in ran.said
    assert "b-1.0-py3-none-any.whl" in ran.said


def test_a_wheel_for_others(server: IndexServer, workplace: Path) -> None:
    """pip: "is not a supported wheel on this platform"."""
    other = wheel("d", "1.0", tag="cp27-cp27m-win_amd64")
    server.add(other)
    ran = lock(server, workplace, f"d @ {url(server, other)}")
    assert ran.code == 4, ran
    assert "d-1.0-cp27-cp27m-win_amd64.whl" in ran.said


def test_a_wheel_for_another_python(server: IndexServer, workplace: Path) -> None:
    other = wheel("d", "1.0", requires_python=">=3.12")
    server.add(other)
    ran = lock(server, workplace, f"d @ {url(server, other)}")
    assert ran.code == 4, ran
    assert "needs Python >=3.12" in ran.said


def test_a_path_on_this_machine(server: IndexServer, workplace: Path) -> None:
    (workplace / B.filename).write_bytes(B.content)
    ran = lock(server, workplace, f"./{B.filename}")
    assert ran.code == 0, ran.said
    assert f"--hash=sha256:{B.sha256}" in ran.out
