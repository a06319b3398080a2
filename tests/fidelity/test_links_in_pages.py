"""Links as pages for ``--find-links`` have them, put to real pips and to us: whether a release is seen behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.command_line import enter_workplace
from support.packages import sdist, wheel

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer
    from support.real_pip import RealPips

PIPS = [("3.6.15", "20.3.4"), ("3.6.15", "21.3.1"), ("3.7.16", "23.0.1"), ("3.8.18", "24.3.1"), ("3.13.0", "26.3")]
LINKS = [
    '<a href="a-2.tar.gz">x</a>',
    '<a href="tag.tar.gz#egg=a-2">the archive of a tag</a>',
    '<a href="a-2.tar.gz#egg=b-3">another project</a>',
    '<a href="tag.tar.gz#egg=a">no version</a>',
    '<a data-yanked="" href="a-2.tar.gz">x</a>',
    '<a data-requires-python="&gt;=3.99" href="a-2.tar.gz">x</a>',
    "<a>a-2.tar.gz</a>",
    "<A HREF=a-2.tar.gz>x</A>",
    '<a href="a%2D2.tar.gz">x</a>',
    '<!-- <a href="a-2.tar.gz">x</a> -->',
]


@pytest.mark.parametrize(("python", "pip"), PIPS)
def test_the_same_links_are_seen(
    index_server: IndexServer,
    real_pips: RealPips,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    python: str,
    pip: str,
) -> None:
    from pipfreeze_lock.__main__ import main  # noqa: PLC0415  the environment must be set before it is imported

    index_server.add(wheel("a", "1"))
    newer = sdist("a", "2", style="pkg-info")
    work = enter_workplace(tmp_path, monkeypatch)
    for name in ("a-2.tar.gz", "tag.tar.gz"):
        work.joinpath(name).write_bytes(newer.content)
    work.joinpath("requirements.txt").write_text("a\n")
    target = ["--python-version", python, "--pip-version", pip, "--libc", "glibc-2.36", "--platform", "linux/amd64"]
    answers = []
    for place, link in enumerate(LINKS):
        work.joinpath("out.lock").unlink(missing_ok=True)  # its pins would be kept
        page = work / f"page{place}.html"
        page.write_text(f"<!DOCTYPE html><html><body>{link}</body></html>")
        where = ("--index-url", index_server.url, "--find-links", page.as_uri())
        real = real_pips(python.rpartition(".")[0], pip)
        ran, files = real.download("--no-deps", *where, "a", folder=tmp_path / f"files{place}")
        assert main(["lock", "requirements.txt", "-o", "out.lock", "--no-base", *where, *target]) == 0, ran.output
        pins = [line.split()[0] for line in work.joinpath("out.lock").read_text().splitlines() if line.startswith("a=")]
        answers.append((link, pins == ["a==2"], any(name.endswith(".tar.gz") for name in files)))
    assert [answer for answer in answers if answer[1] is not answer[2]] == []
    assert {theirs for _, _, theirs in answers} == {True, False}
