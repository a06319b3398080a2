"""A URL as a constraint: the file comes from there once somebody asks for the project; pips 20.3 and 21.0 refuse it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.command_line import enter_workplace, run
from support.packages import wheel

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer
    from support.real_pip import RealPips

PYTHONS = {"3.6": "3.6.15", "3.8": "3.8.18", "3.13": "3.13.0"}


@pytest.mark.parametrize(
    ("python", "pip", "takes"),
    [
        ("3.6", "20.2.4", True),
        ("3.6", "20.3.4", False),
        ("3.6", "21.0.1", False),
        ("3.6", "21.1", True),
        ("3.8", "24.0", True),
        ("3.13", "26.3", True),
    ],
)
def test_the_file_comes_from_the_url(
    python: str,
    pip: str,
    index_server: IndexServer,
    real_pips: RealPips,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    takes: bool,
) -> None:
    work = enter_workplace(tmp_path, monkeypatch)
    index_server.add(wheel("a", "1.0"), wheel("a", "2.0"), wheel("b", "1.0", requires=["a>=1"]), wheel("c", "1.0"))
    older, unused = ((tmp_path / one.filename, one.content) for one in (wheel("a", "1.0"), wheel("c", "1.0")))
    for path, content in (older, unused):
        path.write_bytes(content)
    constraints = f"a @ {older[0].as_uri()}\nc @ {unused[0].as_uri()}\n"
    (work / "limits.txt").write_text(constraints)
    (work / "requirements.txt").write_text("b\n")
    arguments = ("-r", work / "requirements.txt", "-c", work / "limits.txt", "--index-url", index_server.url)
    ran, files = real_pips(python, pip).download(*arguments, folder=tmp_path / "files")
    target = ("--python-version", PYTHONS[python], "--pip-version", pip, "--libc", "glibc-2.36", "--no-base")
    ours = run("lock", *target, "-c", "limits.txt", "--index-url", index_server.url)
    assert (ran.returncode == 0) is takes, ran.output
    assert (ours.code == 0) is takes, ours.said
    if takes:
        assert sorted(files) == ["a-1.0-py2.py3-none-any.whl", "b-1.0-py2.py3-none-any.whl"]
        lock = (work / "requirements.lock").read_text()
        assert older[0].as_uri() in lock
        assert "\nc" not in lock
    else:
        assert "takes no URL as one" in ours.said
