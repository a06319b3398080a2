"""``--resolver pip-tools`` and ``--cross-check``, with the real pip-compile against an index on loopback."""

from __future__ import annotations

import platform
import re
from typing import TYPE_CHECKING

import pytest
from support import needs
from support.command_line import run
from support.packages import sdist, wheel
from support.pip_tools import HERE, MACHINE, PLATFORM, SERIES, keep_environments, tool_wheels

from pipfreeze_lock.lockfile.requirements_txt import read

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only on Linux with glibc: the targets of these tests have it"
)
OLD = ("--python-version", "3.6.15", "--pip-version", "21.3.1", "--platform", PLATFORM, "--libc", "glibc-2.36")


@pytest.fixture
def tools(index_server: IndexServer, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> IndexServer:
    """Give an index that has pip-tools, in force by its variable."""
    index_server.add(*tool_wheels())
    monkeypatch.setenv("PIPFREEZE_LOCK_INDEX_URL", index_server.url)
    keep_environments(workplace.parent / "cache" / "pipfreeze-lock")
    return index_server


def ask(workplace: Path, *lines: str) -> None:
    (workplace / "requirements.txt").write_text("".join(f"{line}\n" for line in lines))


def pins(workplace: Path) -> list[str]:
    text = (workplace / "requirements.lock").read_text()
    return re.findall(r"^([\w.-]+(?:\[[\w,]+\])?==[^ ]+)", text, re.MULTILINE)


# --- the engine ------------------------------------------------------------------------------------------------------


def test_the_lock_is_that_of_the_default_but_for_the_recorded_resolver(tools: IndexServer, workplace: Path) -> None:
    tools.add(
        wheel("a", "1.0", requires=["b[x]>=1"]),
        wheel("b", "1.0", requires=["c ; python_version >= '3'"], extras={"x": ["d<2"]}),
        wheel("b", "2.0rc1"),
        *(wheel("c", version) for version in ("1.0", "1.1")),
        *(wheel("d", version) for version in ("1.0", "2.0")),
    )
    (workplace / "limits.txt").write_text("c<1.1\n")
    ask(workplace, "a", "nothing ; sys_platform == 'win32'", "-c limits.txt")
    assert run("lock", *HERE).code == 0
    default = (workplace / "requirements.lock").read_bytes()
    (workplace / "requirements.lock").unlink()
    assert run("lock", *HERE, "--resolver", "pip-tools").code == 0
    assert pins(workplace) == ["a==1.0", "b[x]==1.0", "c==1.0", "d==1.0"]
    ours, theirs = (read(data, path="x").lock for data in (default, (workplace / "requirements.lock").read_bytes()))
    assert theirs.pins == ours.pins
    assert "--resolver pip-tools" in theirs.command
    assert "--resolver" not in ours.command


def test_its_choice_stands_where_it_is_another_than_ours(tools: IndexServer, workplace: Path) -> None:
    """It chooses for this machine: the newest release has a wheel that the target's pip does not take."""
    tools.add(
        wheel("a", "1.0"), wheel("a", "2.0", tag=f"cp{SERIES.replace('.', '')}-abi3-manylinux_2_20_{MACHINE}")
    ).add(sdist("a", "2.0"))
    ask(workplace, "a")
    ran = run("lock", *HERE[:-1], "glibc-2.17", "--resolver", "pip-tools")
    assert ran.code == 0
    assert pins(workplace) == ["a==2.0"]
    assert "`a==2.0` would be compiled in the image: its wheel needs glibc >= 2.20" in ran.said
    assert f"warning: pip-compile ran on {PLATFORM}" in ran.said


def test_what_the_target_cannot_take_is_said_with_the_reason(tools: IndexServer, workplace: Path) -> None:
    tools.add(wheel("a", "1.0"), wheel("a", "2.0", tag=f"py3-none-manylinux_2_20_{MACHINE}"))
    ask(workplace, "a")
    ran = run("lock", *HERE[:-1], "glibc-2.17", "--resolver", "pip-tools")
    assert ran.code == 4
    assert "error: the target's pip 25.3 cannot take what pip-compile 7.6.2 chose" in ran.said
    assert "2.0: it needs glibc >= 2.20" in ran.said
    assert not (workplace / "requirements.lock").exists()


def test_an_existing_lock_is_the_preference_and_moves_on_purpose(tools: IndexServer, workplace: Path) -> None:
    tools.add(wheel("a", "1.0"), wheel("b", "1.0"))
    ask(workplace, "a", "b")
    assert run("lock", *HERE, "--resolver", "pip-tools").code == 0
    tools.add(wheel("a", "1.5"), wheel("a", "2.0"), wheel("b", "2.0"))
    again = ("lock", *HERE, "--resolver", "pip-tools", "--refresh")
    assert run(*again).code == 0
    assert pins(workplace) == ["a==1.0", "b==1.0"]
    assert run(*again, "-P", "a==1.5").code == 0
    assert pins(workplace) == ["a==1.5", "b==1.0"]
    assert run(*again, "-P", "b").code == 0
    assert pins(workplace) == ["a==1.5", "b==2.0"]
    assert run(*again, "--upgrade").code == 0
    assert pins(workplace) == ["a==2.0", "b==2.0"]


def test_what_the_base_image_has_stays_where_it_satisfies(tools: IndexServer, workplace: Path) -> None:
    tools.add(wheel("a", "1.0", requires=["b", "c>1"]), *(wheel(n, v) for n in "bc" for v in ("1.0", "2.0")))
    ask(workplace, "a")
    base = ("--preinstalled", "b==1.0", "--preinstalled", "c==1.0")
    assert run("lock", *HERE, *base, "--resolver", "pip-tools").code == 0
    assert pins(workplace) == ["a==1.0", "c==2.0"]
    assert "# satisfied: b via a" in (workplace / "requirements.lock").read_text()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), "a==1.0"),
        (("--pre",), "a==2.0rc1"),
        (("--no-binary", "a"), "a==1.1"),
        (("--prefer-binary", "--no-binary", "a"), "a==1.1"),
        (("--only-binary", ":all:"), "a==1.0"),
    ],
)
def test_options_that_choose_files_are_passed_on(
    tools: IndexServer, workplace: Path, options: tuple[str, ...], expected: str
) -> None:
    tools.add(sdist("a", "0.9"), wheel("a", "1.0"), wheel("a", "2.0rc1"))
    if "--no-binary" in options:
        tools.add(sdist("a", "1.1"))
    ask(workplace, "a")
    assert run("lock", *HERE, *options, "--resolver", "pip-tools").code == 0
    assert pins(workplace) == [expected]


def test_a_direct_reference_and_a_folder_with_a_space_are_passed_on(tools: IndexServer, workplace: Path) -> None:
    folder = workplace / "wheel house"
    folder.mkdir()
    built = wheel("b", "1.0")
    (folder / built.filename).write_bytes(built.content)
    direct = wheel("a", "1.0", requires=["b"])
    tools.index("other").add(direct)
    ask(workplace, f"a @ {tools.root}/other/files/{direct.sha256[:16]}/{direct.filename}")
    assert run("lock", *HERE, "--find-links", "wheel house", "--resolver", "pip-tools").code == 0
    text = (workplace / "requirements.lock").read_text()
    assert "a @ http" in text
    assert "\nb==1.0" in text


def test_credentials_reach_pip_compile_and_are_shown_to_nobody(
    tools: IndexServer, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools.index().credentials = ("user", "secret")
    monkeypatch.setenv("PIPFREEZE_LOCK_INDEX_URL", tools.url_of(credentials="user:secret"))
    tools.add(wheel("a", "1.0"))
    ask(workplace, "a")
    ran = run("lock", *HERE, "--resolver", "pip-tools", "-v")
    assert ran.code == 0
    asked = [one for one in tools.requests if one.path == "/simple/a/" and "pip/" in one.headers.get("user-agent", "")]
    assert any(one.status == 200 for one in asked)
    ask(workplace, "a>1")
    failed = run("lock", *HERE, "--resolver", "pip-tools", "-v")
    assert failed.code == 4
    everything = (workplace / "requirements.lock").read_text() + ran.said + failed.said
    assert "secret" not in everything


def test_the_reason_of_pip_compile_is_shown(tools: IndexServer, workplace: Path) -> None:
    tools.add(wheel("a", "1.0", requires=["c>1"]), wheel("b", "1.0", requires=["c<1"]))
    tools.add(wheel("c", "0.9"), wheel("c", "1.1"))
    ask(workplace, "a", "b")
    ran = run("lock", *HERE, "--resolver", "pip-tools")
    assert ran.code == 4
    assert ran.said.startswith("error: pip-compile 7.6.2 with pip 25.3 finds no answer\n  ERROR: Cannot install")
    assert "  The conflict is caused by:\n" in ran.said
    assert "    a 1.0 depends on c>1\n" in ran.said
    assert "Traceback" not in ran.said
    assert "/tmp" not in ran.said


def test_nothing_is_kept_without_a_cache(tools: IndexServer, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools.add(wheel("a", "1.0"))
    ask(workplace, "a")
    temporary = workplace.parent / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    assert run("lock", *HERE, "--resolver", "pip-tools", "--no-cache").code == 0
    assert pins(workplace) == ["a==1.0"]
    assert list(temporary.iterdir()) == []
    assert [path.name for path in (workplace.parent / "cache" / "pipfreeze-lock").iterdir()] == ["pip-tools"]


def test_each_run_asks_anew(tools: IndexServer, workplace: Path) -> None:
    """No memo of the whole answer: nobody noted what pip-compile had asked the index."""
    tools.index().cache_control = "max-age=600"
    tools.add(wheel("a", "1.0"))
    ask(workplace, "a")
    assert run("lock", *HERE, "--resolver", "pip-tools").code == 0
    tools.requests.clear()
    assert run("lock", *HERE, "--resolver", "pip-tools").code == 0
    assert not (workplace.parent / "cache" / "pipfreeze-lock" / "memo-1").exists()


# --- what it needs ---------------------------------------------------------------------------------------------------


def test_a_missing_interpreter_is_said_with_what_to_do(tools: IndexServer, workplace: Path) -> None:
    ask(workplace, "a")
    assert tools.url
    target = ("--python-version", "3.4.10", "--pip-version", "19.1.1", "--libc", "glibc-2.24")
    ran = run("lock", *target, "--resolver", "pip-tools")
    assert ran.code == 4
    assert "there is no CPython 3.4 on this machine, and pip-compile must run on one" in ran.said
    assert "hint: The default, `--resolver resolvelib`, needs none." in ran.said


def test_an_index_without_pip_tools_is_named(index: IndexServer, workplace: Path) -> None:
    assert workplace
    ran = run("lock", *HERE, "--resolver", "pip-tools")
    assert ran.code == 4
    assert f"no place has a `pip-tools` that runs on Python {HERE[1]}\n  --> `{index.url.rstrip('/')}" in ran.said


def test_the_nearest_pip_stands_in_for_one_that_it_does_not_run_with(tools: IndexServer, workplace: Path) -> None:
    tools.add(wheel("a", "1.0"), wheel("pip", "25.4", inside={"pip/__main__.py": "raise SystemExit('not today')"}))
    ask(workplace, "a")
    target = ["25.4" if word == "25.3" else word for word in HERE]
    ran = run("lock", *target, "--resolver", "pip-tools")
    assert ran.code == 0
    assert (
        "warning: pip-compile 7.6.2 ran with pip 25.3, the nearest to the target's 25.4 that it runs with" in ran.said
    )


def test_a_date_is_refused_where_the_pip_knows_none(tools: IndexServer, workplace: Path) -> None:
    tools.add(wheel("a", "1.0", upload_time="2020-01-01T00:00:00Z"))
    ask(workplace, "a")
    ran = run("lock", *HERE, "--resolver", "pip-tools", "--exclude-newer", "2021-01-01")
    assert ran.code == 4
    assert "pip 25.3, which pip-compile runs with, has no `--uploaded-prior-to`" in ran.said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--resolver", "backtracking"), "`--resolver backtracking` is not known"),
        (("--resolver", "pip-tools", "--no-build"), "`--no-build` cannot be kept with `--resolver pip-tools`"),
        (("--cross-check", "--no-build"), "`--no-build` cannot be kept with `--cross-check`"),
    ],
)
def test_what_makes_no_sense_is_refused(index: IndexServer, options: tuple[str, ...], message: str) -> None:
    assert index.url
    ran = run("lock", *HERE, *options)
    assert (ran.code, message in ran.said) == (2, True)


# --- cross-check -----------------------------------------------------------------------------------------------------


def test_both_agree(tools: IndexServer, workplace: Path) -> None:
    tools.add(wheel("a", "1.0", requires=["b"]), wheel("b", "1.0"))
    ask(workplace, "a")
    (workplace / "pyproject.toml").write_text("[tool.pipfreeze-lock]\ncross-check = true\n")
    ran = run("lock", *HERE)
    assert ran.code == 0
    assert f"cross-check: pip-compile 7.6.2 with pip 25.3 on Python {HERE[1]}, {PLATFORM}" in ran.said
    assert "\n  all 2 distributions agree\n" in ran.said
    assert "cross-check" not in (workplace / "requirements.lock").read_text()


def test_a_difference_of_tags_is_shown_with_its_cause_and_is_no_finding(tools: IndexServer, workplace: Path) -> None:
    tools.add(
        wheel("a", "1.0", requires=["b"]), wheel("a", "2.0", tag=f"py3-none-manylinux_2_20_{MACHINE}"), wheel("b", "1")
    )
    ask(workplace, "a")
    ran = run("lock", *HERE[:-1], "glibc-2.17", "--cross-check")
    assert ran.code == 0
    assert "  0 of 2 distributions agree\n" in ran.said
    assert re.search(
        r"^  a  ours 1.0  pip-compile 2.0   this machine's own tags and markers: .*glibc-", ran.said, re.MULTILINE
    )
    assert "not glibc-2.17 (2.0: its wheel needs glibc >= 2.20" in ran.said
    assert re.search(r"^  b  ours 1    pip-compile none  this machine's own tags", ran.said, re.MULTILINE)
    assert pins(workplace) == ["a==1.0", "b==1"]


def test_a_difference_of_pip_is_shown_with_its_cause_and_is_no_finding(tools: IndexServer, workplace: Path) -> None:
    """pip 21.3.1 takes a yanked release where nothing else is left that fits; pip 25.3 only one that is pinned."""
    tools.add(
        wheel("a", "1.0"), wheel("a", "2.0", yanked="broken"), wheel("b", "1.0", requires=["a>1"]), wheel("b", "0.9")
    )
    ask(workplace, "b")
    target = ["21.3.1" if word == "25.3" else word for word in HERE]
    ran = run("lock", *target, "--cross-check")
    assert ran.code == 0, ran.said
    assert re.search(r"a +ours 2.0 +pip-compile none +pip 25.3, not 21.3.1\n", ran.said)
    assert re.search(r"b +ours 1.0 +pip-compile 0.9 +pip 25.3, not 21.3.1\n", ran.said)


def test_a_difference_of_the_patch_level_is_labelled_and_found(tools: IndexServer, workplace: Path) -> None:
    tools.add(wheel("a", "1.0", requires=[f"b ; python_full_version == '{SERIES}.99'"]), wheel("b", "1.0"))
    ask(workplace, "a")
    target = [f"{SERIES}.99" if word == HERE[1] else word for word in HERE]
    ran = run("lock", *target, "--cross-check")
    assert ran.code == 1
    assert re.search(rf"b  ours 1.0  pip-compile none  Python {SERIES}[.]\d+, not {SERIES}.99\n", ran.said)
    assert "hint: Put a Python of the target's own patch level on PATH, and run this again." in ran.said
    assert "hint: No lock was written: leave out `--cross-check` to lock all the same." in ran.said
    assert not (workplace / "requirements.lock").exists()


def test_a_search_that_does_not_step_back_is_a_finding(tools: IndexServer, workplace: Path) -> None:
    """The newest pip-tools for Python 3.6 has no other."""
    needs.interpreter("3.6")
    tools.add(*tool_wheels("3.6"))
    tools.add(wheel("a", "1.0"), wheel("a", "2.0", requires=["c<1"]), wheel("b", "1.0", requires=["c>=1"]))
    tools.add(wheel("c", "0.9"), wheel("c", "1.0"))
    ask(workplace, "a", "b")
    ran = run("lock", *OLD, "--cross-check")
    assert ran.code == 1
    assert "error: pip-compile 6.4.0 with pip 21.3.1 finds no answer, and we do\n  Could not find a version" in ran.said
    assert "hint: This pip-tools, the newest for the target's Python, has a search that never steps back." in ran.said
    assert not (workplace / "requirements.lock").exists()
    assert run("lock", *OLD).code == 0
    assert pins(workplace) == ["a==1.0", "b==1.0", "c==1.0"]


def test_an_old_python_agrees(tools: IndexServer, workplace: Path) -> None:
    needs.interpreter("3.6")
    tools.add(*tool_wheels("3.6"))
    tools.add(wheel("a", "1.0", requires=["b[x]"]), wheel("b", "1.0", extras={"x": ["c"]}), sdist("c", "1.0"))
    ask(workplace, "a")
    ran = run("lock", *OLD, "--cross-check")
    assert ran.code == 0, ran.said
    assert "  all 3 distributions agree\n" in ran.said


def test_what_this_machine_has_no_file_of_is_no_finding(tools: IndexServer, workplace: Path) -> None:
    other = "aarch64" if MACHINE != "aarch64" else "x86_64"
    tools.add(wheel("a", "1.0", tag=f"py3-none-manylinux_2_17_{other}"))
    ask(workplace, "a")
    ran = run("lock", *HERE[:4], "--platform", f"manylinux_2_17_{other}", "--cross-check")
    assert ran.code == 0, ran.said
    assert "finds no answer, which comes of this machine's own tags and markers: linux/" in ran.said
    assert pins(workplace) == ["a==1.0"]


def test_where_neither_has_an_answer_ours_says_why(tools: IndexServer, workplace: Path) -> None:
    tools.add(wheel("a", "1.0"))
    ask(workplace, "a>1")
    ran = run("lock", *HERE, "--cross-check")
    assert ran.code == 4
    assert "no version of `a` satisfies" in ran.said


def test_where_the_target_alone_has_no_answer_it_is_said_what_that_comes_of(
    tools: IndexServer, workplace: Path
) -> None:
    tools.add(wheel("a", "1.0", tag=f"py3-none-manylinux_2_20_{MACHINE}"))
    ask(workplace, "a")
    ran = run("lock", *HERE[:-1], "glibc-2.17", "--cross-check")
    assert ran.code == 4
    assert "hint: pip-compile finds an answer here, which comes of this machine's tags and markers" in ran.said
