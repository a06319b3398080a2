from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

import pytest
from support.command_line import TARGET, run
from support.packages import sdist, wheel

from pipfreeze_lock.cli.locking import parse_date
from pipfreeze_lock.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer


def pins(path: Path) -> list[str]:
    return re.findall(r"^([\w.-]+==[^ ]+)", path.read_text(), re.MULTILINE)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def lock(index: IndexServer, workplace: Path) -> Path:
    """Give a lock that is there already."""
    assert index.url
    assert run("lock", *TARGET).code == 0
    return workplace / "requirements.lock"


# --- inputs and outputs ----------------------------------------------------------------------------------------------


def test_the_lock_stands_beside_the_input(index: IndexServer, workplace: Path) -> None:
    assert index.url
    ran = run("lock", *TARGET)
    assert ran == (
        0,
        "",
        "requirements.lock: 2 distributions for cpython 3.11.7 cp311 linux/amd64 glibc-2.36 pip-25.3.\n",
    )
    assert pins(workplace / "requirements.lock") == ["a==2.0", "b==2.0"]
    (workplace / "sub").mkdir()
    (workplace / "sub" / "web.in").write_text("b<2\n")
    assert run("lock", *TARGET, "sub/web.in").code == 0
    assert pins(workplace / "sub" / "requirements.lock") == ["b==1.0"]
    assert "# input: web.in sha256:" in (workplace / "sub" / "requirements.lock").read_text()


def test_requirements_in_goes_before_requirements_txt(index: IndexServer, workplace: Path) -> None:
    assert index.url
    (workplace / "requirements.in").write_text("b\n")
    assert run("lock", *TARGET).code == 0
    assert pins(workplace / "requirements.lock") == ["b==2.0"]


@pytest.mark.usefixtures("index")
def test_stdin_in_and_stdout_out(workplace: Path) -> None:
    before = everything(workplace)
    ran = run("lock", *TARGET, "-", stdin="b\n")
    assert (ran.code, ran.said) == (0, "")
    assert "\nb==2.0 \\\n" in ran.out
    assert "# via -r -\n" in ran.out
    assert everything(workplace) == before
    ran = run("lock", *TARGET, "-o", "-")
    assert (ran.code, ran.said) == (0, "")
    assert "\na==2.0 \\\n" in ran.out
    assert everything(workplace) == before


@pytest.mark.usefixtures("index")
def test_stdin_into_a_file(workplace: Path) -> None:
    assert run("lock", *TARGET, "-", "-o", "some.lock", stdin="b\n").code == 0
    assert pins(workplace / "some.lock") == ["b==2.0"]


@pytest.mark.usefixtures("index")
def test_several_inputs_make_one_lock(workplace: Path) -> None:
    (workplace / "more.txt").write_text("b<2\n-c limits.txt\n")
    (workplace / "limits.txt").write_text("a<2\n")
    ran = run("lock", *TARGET, "requirements.txt", "more.txt", "-o", "out/all.lock")
    assert ran.code == 3, ran
    (workplace / "out").mkdir()
    ran = run("lock", *TARGET, "requirements.txt", "more.txt", "-o", "out/all.lock")
    assert ran.code == 0, ran
    written = (workplace / "out" / "all.lock").read_text()
    assert pins(workplace / "out" / "all.lock") == ["a==1.0", "b==1.0"]
    for line in (
        "# input: ../requirements.txt sha256:",
        "# input: ../more.txt sha256:",
        "../limits.txt",
        "#   -r ../requirements.txt\n",
        "#   -c ../limits.txt (<2)\n",
        "#   -r ../more.txt (<2)\n",
    ):
        assert line in written


@pytest.mark.usefixtures("index")
def test_constraints_and_extras_of_a_pyproject(workplace: Path) -> None:
    (workplace / "pyproject.toml").write_text(
        '[project]\nname = "service"\nversion = "1"\ndependencies = ["a"]\n'
        '[project.optional-dependencies]\nweb = ["b<2"]\n'
    )
    assert run("lock", *TARGET, "pyproject.toml").code == 0
    assert pins(workplace / "requirements.lock") == ["a==2.0", "b==2.0"]
    assert run("lock", *TARGET, "pyproject.toml", "--extra", "web").code == 0
    assert pins(workplace / "requirements.lock") == ["a==2.0", "b==1.0"]
    assert "--extra web" in (workplace / "requirements.lock").read_text()
    ran = run("lock", *TARGET, "pyproject.toml", "--extra", "wob")
    assert ran.code in (2, 3)
    assert "`wob`" in ran.said
    assert "`web`" in ran.said


def test_two_platforms_give_two_locks(index: IndexServer, workplace: Path) -> None:
    index.add(wheel("b", "3.0", tag="py3-none-manylinux2014_x86_64"))
    platforms = ("--platform", "linux/amd64", "--platform", "linux/arm64")
    target = TARGET[:-2]
    ran = run("lock", *target, *platforms)
    assert ran.code == 0, ran.said
    amd64, arm64 = (workplace / f"requirements.linux-{machine}.lock" for machine in ("amd64", "arm64"))
    assert (pins(amd64), pins(arm64)) == (["a==2.0", "b==3.0"], ["a==2.0", "b==2.0"])
    assert "--platform linux/amd64" in amd64.read_text()
    assert "--platform linux/arm64" in arm64.read_text()
    assert not (workplace / "requirements.lock").exists()
    before = everything(workplace)
    assert run("lock", *target, *platforms).code == 0
    assert everything(workplace) == before
    ran = run("lock", *target, *platforms, "-o", "-")
    assert (ran.code, ran.out) == (2, "")


@pytest.mark.usefixtures("index")
def test_one_platform_twice_is_one(workplace: Path) -> None:
    assert run("lock", *TARGET, "--platform", "linux/amd64").code == 0
    assert sorted(everything(workplace)) == ["requirements.lock", "requirements.txt"]


def test_of_two_platforms_none_is_written_when_one_has_no_answer(index: IndexServer, workplace: Path) -> None:
    index.add(wheel("c", "1.0", tag="py3-none-manylinux2014_x86_64"))
    (workplace / "requirements.txt").write_text("c\n")
    ran = run("lock", *TARGET, "--platform", "linux/arm64")
    assert ran.code == 4, ran
    assert sorted(everything(workplace)) == ["requirements.txt"]


# --- an existing lock ------------------------------------------------------------------------------------------------


def test_nothing_moves_without_a_cause(index: IndexServer, lock: Path, workplace: Path) -> None:
    index.index(cache_control="no-cache").add(wheel("b", "3.0"))
    before = lock.read_bytes(), lock.stat().st_mtime_ns
    ran = run("lock", "--no-cache")
    assert ran.said == "requirements.lock is as it was: 2 distributions.\n"
    assert (lock.read_bytes(), lock.stat().st_mtime_ns) == before
    assert run("lock", "--no-cache", "-P", "b").code == 0
    assert pins(lock) == ["a==2.0", "b==3.0"]
    ran = run("lock", "--no-cache", "-P", "a==1.0", "-P", "b==1")
    assert ran.code == 0, ran
    assert pins(lock) == ["a==1.0", "b==1.0"]
    assert "-P" not in lock.read_text()
    assert "upgrade" not in lock.read_text()
    assert pins(lock) == ["a==1.0", "b==1.0"]
    assert run("lock", "--no-cache").code == 0  # and there they stay
    assert pins(lock) == ["a==1.0", "b==1.0"]
    assert run("lock", "--no-cache", "--upgrade").code == 0
    assert pins(lock) == ["a==2.0", "b==3.0"]
    (workplace / "requirements.txt").write_text("b<3\n")
    assert run("lock", "--no-cache").code == 0
    assert pins(lock) == ["b==2.0"]


@pytest.mark.usefixtures("lock")
def test_upgrade_takes_no_names_beside_it() -> None:
    ran = run("lock", "--upgrade", "-P", "a")
    assert ran.code == 2
    assert "hint: Give one of them." in ran.said


@pytest.mark.parametrize("text", ["a b", "==1", "a @", ""])
@pytest.mark.usefixtures("lock")
def test_a_package_to_upgrade_that_cannot_be_read(text: str) -> None:
    ran = run("lock", "-P", text)
    assert ran.code in (2, 3)
    assert "--upgrade-package" in ran.said


@pytest.mark.usefixtures("lock")
def test_a_package_to_upgrade_that_is_not_there() -> None:
    """It would go unnoticed that a name is misspelt."""
    ran = run("lock", "-P", "bb")
    assert ran.code == 0
    assert "`bb`" in ran.said


def test_dry_run_and_diff_write_nothing(lock: Path, workplace: Path) -> None:
    (workplace / "requirements.txt").write_text("a<2\n")
    before = everything(workplace)
    ran = run("lock", "--dry-run")
    assert ran.code == 0
    assert ran.out.startswith("1 downgraded\n")
    assert "downgraded a 2.0 -> 1.0" in ran.out
    assert "Nothing was written" in ran.said
    ran = run("lock", "--diff")
    assert ran.code == 0
    assert ran.out.startswith("--- a/requirements.lock\n+++ b/requirements.lock\n@@ ")
    assert "\n-a==2.0 \\\n" in ran.out
    assert "\n+a==1.0 \\\n" in ran.out
    assert everything(workplace) == before
    assert lock.exists()


@pytest.mark.usefixtures("index")
def test_dry_run_and_diff_where_there_is_no_lock(workplace: Path) -> None:
    before = everything(workplace)
    ran = run("lock", *TARGET, "-n")
    assert ran.out.startswith("# pipfreeze-lock 1\n")
    assert ran.out == run("lock", *TARGET, "-o", "-").out
    diff = run("lock", *TARGET, "--diff").out
    assert "\n+a==2.0 \\\n" in diff
    assert everything(workplace) == before


FOREIGN = """\
#
# This file is autogenerated by pip-compile with Python 3.11
#
a==1.0 \\
    --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000
    # via -r requirements.txt
b==1.0
"""


@pytest.mark.usefixtures("index")
def test_a_lock_of_another_tool_gives_its_pins(workplace: Path) -> None:
    lock = workplace / "requirements.lock"
    lock.write_text(FOREIGN)
    ran = run("lock", *TARGET)
    assert ran.code == 0, ran
    assert "its 2 pins are taken as preferences" in ran.said
    assert pins(lock) == ["a==1.0", "b==1.0"]
    assert "0000000" not in lock.read_text()


def test_a_lock_with_merge_conflicts_is_healed(index: IndexServer, lock: Path, workplace: Path) -> None:
    """Both sides' pins are preferences, and the target comes from the header that both have."""
    good = lock.read_text()
    start = good.index("a==2.0")
    other = good[start:].replace("a==2.0", "a==1.0")
    lock.write_text(f"{good[:start]}<<<<<<< HEAD\n{good[start:]}=======\n{other}>>>>>>> branch\n")
    (workplace / "requirements.txt").write_text("a<2\n")
    index.index(cache_control="no-cache").add(wheel("b", "3.0"))
    ran = run("lock", "--no-cache")
    assert ran.code == 0, ran
    assert pins(lock) == ["a==1.0", "b==2.0"]
    assert "<<<<" not in lock.read_text()
    assert run("lock", "--no-cache").said == "requirements.lock is as it was: 2 distributions.\n"


def test_an_edit_by_hand_is_noticed_and_mended(lock: Path) -> None:
    good = lock.read_text()
    lock.write_text(good.replace("b==2.0", "b==1.0"))
    ran = run("lock")
    assert ran.code == 0
    assert "warning: requirements.lock:" in ran.said
    assert pins(lock) == ["a==2.0", "b==1.0"]  # what was meant, now with its own hash
    assert lock.read_text() != good
    assert run("lock").said == "requirements.lock is as it was: 2 distributions.\n"


# --- what cannot be done ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("output", ["missing/requirements.lock", "folder", "requirements.txt/lock"])
def test_an_output_that_cannot_be_written_leaves_nothing_behind(workplace: Path, output: str) -> None:
    (workplace / "folder").mkdir()
    before = everything(workplace)
    ran = run("lock", *TARGET, "-o", output)
    assert ran.code == 3, ran
    assert output in ran.said
    assert "\nhint: " in ran.said
    assert everything(workplace) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="only on accounts that are not root's")
@pytest.mark.usefixtures("index")
def test_a_folder_that_may_not_be_written(workplace: Path) -> None:
    (workplace / "locked").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    ran = run("lock", *TARGET, "-o", "locked/requirements.lock")
    assert ran.code == 3
    assert list((workplace / "locked").iterdir()) == []


def test_the_input_is_never_overwritten(index: IndexServer, workplace: Path) -> None:
    """``lock requirements.txt -o requirements.txt`` would leave its author with nothing but the lock."""
    assert index.url
    before = everything(workplace)
    for output in ("requirements.txt", "./requirements.txt", str(workplace / "requirements.txt")):
        ran = run("lock", *TARGET, "-o", output)
        assert ran.code == 2, ran
        assert "is an input" in ran.said
    assert everything(workplace) == before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["missing.txt"], 3, "missing.txt"),
        (["-c", "missing.txt"], 3, "missing.txt"),
        (["--hashes", "some"], 2, "`--hashes some` is not known"),
        (["--uploaded-prior-to", "yesterday"], 2, "`yesterday` is not a date"),
        (["--keyring-provider", "wallet"], 2, "`--keyring-provider wallet` is not known"),
        (["--index-url", "ftp://index.example/simple"], 2, "ftp://index.example/simple"),
        (["--no-index", "-f", "missing"], 4, "`a`"),
        (["."], 3, "."),
        ([""], 3, ""),
        (["--timeout", "0"], 2, "`--timeout 0`"),
        (["--timeout", "-1"], 2, "`--timeout -1`"),
        (["--timeout", "inf"], 2, "`--timeout inf`"),
        (["--timeout", "nan"], 2, "`--timeout nan`"),
        (["--retries", "-1"], 2, "`--retries -1`"),
        (["--extra", "web"], 2, "`--extra web` is for a pyproject.toml"),
        (["--stage", "web"], 2, "`--stage` is for a Dockerfile"),
        (["--build-arg", "A=1"], 2, "`--build-arg` is for a Dockerfile"),
        (["--platform", "linux/x86_64"], 2, "would have one name"),
    ],
)
@pytest.mark.usefixtures("index")
def test_what_is_wrong_is_said(workplace: Path, arguments: list[str], code: int, said: str) -> None:
    before = everything(workplace)
    ran = run("lock", *TARGET, *arguments)
    assert ran.code == code, ran
    assert said in ran.said
    assert "Traceback" not in ran.said
    assert everything(workplace) == before


@pytest.mark.usefixtures("index")
def test_a_folder_that_is_not_there_may_be_the_cause() -> None:
    ran = run("lock", *TARGET, "--no-index", "-f", "whels")
    assert ran.code == 4
    assert "warning: " in ran.said.partition("error: ")[0]
    assert "whels" in ran.said


@pytest.mark.usefixtures("index")
def test_an_index_that_is_down(workplace: Path) -> None:
    ran = run("lock", *TARGET, "--index-url", "http://127.0.0.1:9/simple/", "--retries", "0")
    assert ran.code == 5, ran
    assert "127.0.0.1:9" in ran.said
    assert sorted(everything(workplace)) == ["requirements.txt"]


def test_two_hashes_and_none(index: IndexServer, lock: Path) -> None:
    index.add(sdist("b", "2.0"))
    index.index(cache_control="no-cache")
    assert run("lock", "--no-cache", "--hashes", "all").code == 0
    text = lock.read_text()
    assert "--hashes all" in text
    assert text.count("--hash=sha256:") == 3
    assert run("lock", "--no-cache", "--no-hashes").code == 0
    assert "sha256:" not in lock.read_text().partition("a==")[2]
    assert "--no-hashes" in lock.read_text()


def test_what_is_said_grows_and_shrinks(index: IndexServer, workplace: Path) -> None:
    index.add(sdist("c", "1.0"))
    (workplace / "requirements.txt").write_text("c\n")
    usual = run("lock", *TARGET).said
    assert "warning: `c==1.0` would be compiled in the image" in usual
    (workplace / "requirements.lock").unlink()
    assert run("lock", *TARGET, "-v").said.count("c-1.0.tar.gz") >= 1
    (workplace / "requirements.lock").unlink()
    assert run("lock", *TARGET, "-q").said.splitlines() == [usual.splitlines()[0]]
    (workplace / "requirements.lock").unlink()
    assert run("lock", *TARGET, "-qq").said == ""


# --- configuration ---------------------------------------------------------------------------------------------------


def test_everything_may_stand_in_pyproject(
    index: IndexServer, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIPFREEZE_LOCK_INDEX_URL")
    (workplace / "deps").mkdir()
    (workplace / "deps" / "app.in").write_text("a\n")
    (workplace / "deps" / "limits.txt").write_text("b<2\n")
    (workplace / "pyproject.toml").write_text(
        "[tool.pipfreeze-lock]\n"
        'inputs = ["deps/app.in"]\nconstraint = "deps/limits.txt"\noutput = "deps/app.lock"\nhashes = "all"\n'
        f'python-version = "3.11.7"\npip-version = "25.3"\nlibc = "glibc-2.36"\nindex-url = "{index.url}"\n'
        'cache-dir = ".cache"\n'
    )
    ran = run("lock")
    assert ran.code == 0, ran
    assert pins(workplace / "deps" / "app.lock") == ["a==2.0", "b==1.0"]
    assert (workplace / ".cache").is_dir()
    first = (workplace / "deps" / "app.lock").read_bytes()
    (workplace / "deps" / "app.lock").unlink()
    monkeypatch.chdir(workplace / "deps")
    ran = run("lock")
    assert ran.code == 0, ran
    assert (workplace / "deps" / "app.lock").read_bytes() == first


def test_no_cache_keeps_nothing(index: IndexServer, workplace: Path, tmp_path: Path) -> None:
    assert index.url
    assert run("lock", *TARGET, "--no-cache").code == 0
    assert not (tmp_path / "cache").exists()
    cold = (workplace / "requirements.lock").read_bytes()
    for _ in range(2):  # into an empty cache, then from it
        (workplace / "requirements.lock").unlink()
        assert run("lock", *TARGET).code == 0
        assert (workplace / "requirements.lock").read_bytes() == cold
    assert (tmp_path / "cache").exists()


# --- dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2021-01-16", "2021-01-16T00:00:00+00:00"),
        ("2021-01-16T12:30", "2021-01-16T12:30:00+00:00"),
        ("2021-01-16T00:30:00+02:00", "2021-01-15T22:30:00+00:00"),
        ("2021-01-16T12:30:00Z", "2021-01-16T12:30:00+00:00"),
    ],
)
def test_dates(text: str, instant: str) -> None:
    assert parse_date(text).isoformat() == instant


@pytest.mark.parametrize("text", ["16.1.2021", "2021-13-01", "", "P3D"])
def test_no_dates(text: str) -> None:
    with pytest.raises(UsageError, match="is not a date"):
        parse_date(text)


def test_a_lock_as_of_a_day(index: IndexServer, workplace: Path) -> None:
    index.add(
        wheel("c", "1.0", upload_time="2021-01-15T00:00:00Z"), wheel("c", "2.0", upload_time="2021-01-16T00:00:00Z")
    )
    (workplace / "requirements.txt").write_text("c\n")
    assert run("lock", *TARGET, "--exclude-newer", "2021-01-16").code == 0
    assert pins(workplace / "requirements.lock") == ["c==1.0"]
    written = (workplace / "requirements.lock").read_text()
    assert "2021-01-16T00:00:00Z" in written
    assert "--uploaded-prior-to 2021-01-16" in written


@pytest.mark.usefixtures("index")
def test_a_hook_is_told_by_the_exit_code_whether_the_lock_changed(workplace: Path) -> None:
    options = (*TARGET, "--exit-non-zero-on-change")
    assert run("lock", *options, "--dry-run").code == 1
    assert not (workplace / "requirements.lock").exists()
    assert run("lock", *options).code == 1
    assert run("lock", *options).code == 0
    (workplace / "requirements.txt").write_text("a<2\n")
    assert run("lock", *options, "--diff").code == 1
    assert run("lock", *options).code == 1
    assert "a==1.0" in (workplace / "requirements.lock").read_text()
