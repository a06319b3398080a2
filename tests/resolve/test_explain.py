"""What a reader is told when there is no answer: the whole text, as it stands on the screen."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import pytest
from support.command_line import TARGET, run
from support.packages import Artifact, sdist, wheel
from support.simple_pages import PageShape

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer

LISTED_WITHOUT = PageShape(requires_python=False)
MANY = [wheel("a", f"{major}.0") for major in range(1, 13)]
ALIKE = [wheel("a", f"1.{minor}", requires=["b<1"]) for minor in range(6)]
TWO = [wheel("c", "1"), wheel("c", "2")]
ON = "on cpython 3.11.7, linux/amd64, with pip 25.3"

CASES: dict[str, tuple[list[Artifact], str, str]] = {
    "no project, a near one": (
        [wheel("requests", "1")],
        "reqeusts",
        """
        error: there is no project named `reqeusts` in `INDEX`
          --> requirements.txt:1 asks for `reqeusts`
        hint: Did you mean `requests` or `grequests`?
        """,
    ),
    "no project that a dependency names": (
        [wheel("a", "1", requires=["b"]), wheel("b", "1", requires=["zzz-nowhere-zzz>1"])],
        "a",
        """
        error: there is no project named `zzz-nowhere-zzz` in `INDEX`
          --> `b 1` needs `zzz-nowhere-zzz>1` (`a 1` needs `b`, since requirements.txt:1 asks for `a`)
        """,
    ),
    "no version": (
        MANY,
        "a>20",
        f"""
        error: no version of `a` satisfies `a>20` {ON}
          requirements.txt:1 asks for `a>20`
          of `a` there are 12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, and 4 older
        hint: Loosen one of these requirements.
        """,
    ),
    "Requires-Python in the index": (
        [
            wheel("a", "1.0", requires_python=">=3.12"),
            wheel("a", "2.0", requires_python=">=3.12,!=3.13.*"),
            *(wheel("a", f"3.{minor}", requires_python=">=3.13") for minor in range(5)),
        ],
        "a",
        f"""
        error: no version of `a` satisfies `a` {ON}
          requirements.txt:1 asks for `a`
          of `a` there are 3.4, 3.3, 3.2, 3.1, 3.0, 2.0, 1.0
            3.4 to 3.0 (5 versions): it needs Python >=3.13
            2.0: it needs Python >=3.12,!=3.13.*
            1.0: it needs Python >=3.12
        hint: The target has Python 3.11.7, and another would do: 1.0 needs Python >=3.12.
        """,
    ),
    "yanked": (
        [wheel("a", "1.0", yanked="broken\nbadly"), wheel("a", "2.0", yanked=True)],
        "a",
        f"""
        error: no version of `a` satisfies `a` {ON}
          requirements.txt:1 asks for `a`
          of `a` there are 2.0, 1.0
            2.0: it is yanked: no reason given
            1.0: it is yanked: broken badly
        hint: What is yanked is taken when it is pinned exactly: `a==2.0`.
        """,
    ),
    "two needs": (
        [wheel("a", "1", requires=["c<2"]), wheel("b", "1", requires=["c>=2"]), *TWO],
        "a\nb",
        """
        error: the requirements for `c` cannot be met together
          `a 1` needs `c<2` (requirements.txt:1 asks for `a`)
          `b 1` needs `c>=2` (requirements.txt:2 asks for `b`)
          of `c` there are 2, 1
        hint: Loosen one of these requirements.
        """,
    ),
    "two lines": (
        TWO,
        "c<2 # old\nC >= 2",
        """
        error: the requirements for `c` cannot be met together
          requirements.txt:1 asks for `c<2`
          requirements.txt:2 asks for `c>=2`
          of `c` there are 2, 1
        hint: Loosen one of these requirements.
        """,
    ),
    "a constraint against a line": (
        TWO,
        "c>1\n-c limits.txt",
        f"""
        error: no version of `c` satisfies `c>1` {ON}
          requirements.txt:1 asks for `c>1`
          limits.txt:1 constrains it to `c<2`
          of `c` there are 2, 1
        hint: Loosen one of these requirements.
        """,
    ),
    "a constraint against a need": (
        [wheel("a", "1", requires=["c>=2"]), *TWO],
        "a\n-c limits.txt",
        f"""
        error: no version of `c` satisfies `c>=2` {ON}
          `a 1` needs `c>=2` (requirements.txt:1 asks for `a`)
          limits.txt:1 constrains it to `c<2`
          of `c` there are 2, 1
        hint: Loosen one of these requirements.
        """,
    ),
    "a deep chain": (
        [
            wheel("a", "1", requires=["b"]),
            wheel("b", "1", requires=["d[x]>=2"]),
            wheel("d", "2.0", extras={"x": ["e"]}),
            wheel("e", "1", requires=["c<2"]),
            *TWO,
        ],
        "a\nc==2",
        """
        error: the requirements for `c` cannot be met together
          requirements.txt:2 asks for `c==2`
          `e 1` needs `c<2` (`d[x] 2.0` needs `e`, since `b 1` needs `d[x]>=2`, since `a 1` needs `b`, since requirements.txt:1 asks for `a`)
          of `c` there are 2, 1
        hint: Loosen one of these requirements.
        """,
    ),
    "extras": (
        [wheel("a", "1", extras={"x": ["c<2"], "y": ["c>=2"]}), *TWO],
        "a[y,X]",
        """
        error: the requirements for `c` cannot be met together
          `a[x,y] 1` needs `c<2` (requirements.txt:1 asks for `a[x,y]`)
          `a[x,y] 1` needs `c>=2` (requirements.txt:1 asks for `a[x,y]`)
          of `c` there are 2, 1
        hint: Loosen one of these requirements.
        """,
    ),
    "many versions that ask alike": (
        [*ALIKE, wheel("b", "1.5")],
        "a\nb>=1",
        """
        error: the requirements for `b` cannot be met together
          requirements.txt:2 asks for `b>=1`
          `a 1.5` needs `b<1` (requirements.txt:1 asks for `a`)
            and so do 5 other versions of `a`, each in its way
          of `b` there are 1.5
        hint: Loosen one of these requirements.
        """,
    ),
    "wheels of others": (
        [
            wheel("a", "1.0", tag="cp311-cp311-win_amd64"),
            wheel("a", "1.1", tag="cp311-cp311-manylinux_2_39_x86_64"),
            wheel("a", "1.2", tag="cp39-cp39-manylinux1_x86_64"),
        ],
        "a",
        f"""
        error: no version of `a` satisfies `a` {ON}
          requirements.txt:1 asks for `a`
          of `a` there are 1.2, 1.1, 1.0
            1.2: it is for another Python or another build of it (cp39-cp39), and there is no sdist
            1.1: it needs glibc >= 2.39; the target has glibc-2.36, and there is no sdist
            1.0: it is for another platform (win_amd64), and there is no sdist
        hint: A base image with glibc 2.39 or newer would do for `a-1.1-cp311-cp311-manylinux_2_39_x86_64.whl`.
        """,
    ),
    "sdists ruled out": (
        [sdist("a", "1.0")],
        "a\n--only-binary :all:",
        f"""
        error: no version of `a` satisfies `a` {ON}
          requirements.txt:1 asks for `a`
          of `a` there are 1.0
            1.0: sdists of it are ruled out by `--only-binary`
        hint: Without `--only-binary` for `a`, pip 25.3 would compile `a-1.0.tar.gz`.
        """,
    ),
    "metadata that contradicts the name": (
        [
            wheel("a", "1.0", metadata_fields={"Name": "z"}),
            wheel("a", "1.1", metadata_fields={"Version": "9"}),
            wheel("a", "1.2", requires=["b c d"]),
        ],
        "a",
        f"""
        error: no version of `a` satisfies `a` {ON}
          requirements.txt:1 asks for `a`
          of `a` there are 1.2, 1.1, 1.0
            1.2: its metadata is invalid: Expected semicolon (after name with no version specifier) or end
            1.1: its metadata says it is version 9
            1.0: its metadata says it is `z`
        hint: Loosen one of these requirements.
        """,
    ),
    "a URL against a need": (
        [*TWO, wheel("b", "1", requires=["c>=2"])],
        "c @ ROOT/files/FILE\nb",
        """
        error: the requirements for `c` cannot be met together
          requirements.txt:1 asks for `c @ ROOT/files/FILE`
          `b 1` needs `c>=2` (requirements.txt:2 asks for `b`)
          of `c` there are 2, 1
        hint: Loosen one of these requirements.
        """,
    ),
    "a hash that no file has": (
        [wheel("c", "1")],
        f"c==1 --hash=sha256:{'0' * 64}",
        f"""
        error: `c-1-py2.py3-none-any.whl`, which this pip would choose, has none of the hashes that `c` may have
          requirements.txt:1 allows sha256:{"0" * 64}
          `c-1-py2.py3-none-any.whl` has sha256:{TWO[0].sha256}
        hint: Find out why the file differs from the one that was hashed, before you allow its hash.
        hint: If the hash is of another file of the release, allow the one of this file too.
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_said(case: str, index_server: IndexServer, workplace: Path) -> None:
    files, requirements, expected = CASES[case]
    code, said = failing(index_server, workplace, files, requirements)
    assert said == textwrap.dedent(expected).lstrip()
    assert code == 4


def failing(server: IndexServer, workplace: Path, files: list[Artifact], requirements: str) -> tuple[int, str]:
    server.add(*files)
    names = {"ROOT": server.root, "FILE": f"{TWO[0].sha256[:16]}/{TWO[0].filename}"}
    text = requirements
    for name, value in names.items():
        text = text.replace(name, value)
    (workplace / "requirements.txt").write_text(text + "\n")
    (workplace / "limits.txt").write_text("c<2\n")
    ran = run("lock", *TARGET, "--index-url", server.url, "--no-cache")
    assert ran.out == ""
    assert not (workplace / "requirements.lock").exists()
    said = ran.said.replace(server.url, "INDEX")
    for name, value in names.items():
        said = said.replace(value, name)
    return ran.code, said


@pytest.mark.parametrize("parent", [None, wheel("a", "1", requires=["c"])])
def test_requires_python_in_the_metadata_alone(index_server: IndexServer, workplace: Path, parent: Any) -> None:
    """An index need not list it; then it shows when the metadata is there."""
    index_server.index().shape = LISTED_WITHOUT
    files = [wheel("c", "1.0", requires_python=">=3.12"), *([parent] if parent else [])]
    code, said = failing(index_server, workplace, files, "a" if parent else "c")
    chain = "`a 1` needs `c`, since requirements.txt:1 asks for `a`" if parent else "requirements.txt:1 asks for `c`"
    assert code == 4
    assert said == (
        "error: no version fits Python 3.11.7\n"
        f"  --> `c 1.0` needs Python >=3.12, and the target has 3.11.7 ({chain})\n"
        "hint: Loosen one of these requirements.\n"
    )
