"""freeze from its command line to the lock, and what the other commands make of that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from freeze.conftest import BASE
from support.command_line import run
from support.file_trees import distribution, merged
from support.installed_files import SITE, installed
from support.packages import sdist, wheel

LOCK = "requirements.lock"
TARGET = "cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-19.1.1"


def freeze(*arguments: str, code: int = 0) -> str:
    """Freeze into the lock, and give what was said."""
    ran = run("freeze", "-o", LOCK, *arguments)
    assert ran.code == code, ran.said
    return ran.said


def header(key: str) -> list[str]:
    """Give the values of a header line."""
    return re.findall(rf"^# {key}: (.*)$", Path(LOCK).read_text(), re.MULTILINE)


def pins() -> dict[str, list[str]]:
    """Give the pins of the lock, each with who asks for it."""
    found: dict[str, list[str]] = {}
    for line in Path(LOCK).read_text().splitlines():
        if match := re.match(r"([a-z][^ =]*==\S+)", line):
            found[match[1]] = []
        elif match := re.match(r"    #(?: via |   )(\S.*)", line):
            found[list(found)[-1]].append(match[1])
    return found


def verified(reference: str, *options: str) -> None:
    ran = run("verify", *options, LOCK, reference)
    assert ran.code == 0, ran.out
    assert "agrees with" in ran.out
    assert "warning" not in ran.out


@pytest.fixture
def web(index):
    """Offer a few distributions that need each other."""
    made = [
        wheel("web", "1.0", requires=["core[fast]>=1", "old; python_version < '3'", "setuptools>=40"]),
        wheel("core", "1.2", requires=["idna<3"], extras={"fast": ["speedups"], "slow": ["nothing"]}),
        wheel("speedups", "0.1"),
        wheel("idna", "2.8"),
        wheel("tool", "3.0"),
    ]
    index.add(*made)
    return made


class TestRequirements:
    def test_from_the_inputs_to_each_pin(self, web, image, workplace):
        (workplace / "requirements.txt").write_text("web==1.0\n")
        (workplace / "limits.txt").write_text("idna<4\ntool<9\n")
        reference = image(*map(installed, web))
        said = freeze("-r", "requirements.txt", "-c", "limits.txt", reference)
        assert pins() == {
            "core[fast]==1.2": ["web ([fast] >=1)"],
            "idna==2.8": ["-c limits.txt (<4)", "core (<3)"],
            "speedups==0.1": ["core[fast]"],
            "tool==3.0": [],
            "web==1.0": ["-r requirements.txt (==1.0)"],
        }
        assert header("satisfied") == ["setuptools via web (>=40)"]
        assert header("roots") == ["tool"]
        assert [line.split(" sha256:")[0] for line in header("input") + header("constraint")] == [
            "requirements.txt",
            "limits.txt",
        ]
        assert "warning: `tool` is installed, and nothing that was read asks for it" in said
        verified(reference, "--deep")
        assert run("check", "--strict", LOCK).code == 0

    def test_without_inputs_what_nobody_requires_is_asked_for(self, web, image):
        reference = image(*map(installed, web))
        said = freeze(reference)
        assert header("roots") == ["tool, web"]
        assert "warning" not in said
        assert run("check", "--strict", LOCK).code == 0
        assert run("why", "--lock", LOCK, "tool").out == (
            "tool==3.0 was in the image that was frozen; nothing that was read asks for it\n"
        )

    def test_of_a_circle_the_first_is_asked_for(self, index, image):
        made = [
            wheel("b", "1", requires=["c"]),
            wheel("c", "1", requires=["b", "d"]),
            wheel("d", "1", requires=["e"]),
            wheel("e", "1", requires=["d"]),
        ]
        index.add(*made)
        freeze(image(*map(installed, made)))
        assert header("roots") == ["b"]
        assert run("check", LOCK).code == 0

    def test_inputs_that_the_image_does_not_meet(self, web, image, workplace):
        (workplace / "requirements.txt").write_text("web>=2\nabsent\n")
        said = freeze("-r", "requirements.txt", image(*map(installed, web)))
        assert "warning: requirements.txt:1: `web>=2` is asked for, and that is not what is installed" in said
        assert "warning: requirements.txt:2: `absent` is asked for, and that is not what is installed" in said
        checked = run("check", LOCK)
        assert checked.code == 1
        assert "error[unsatisfied-requirement]: `web>=2` is asked for, and `web==1.0` is pinned" in checked.out
        assert "error[missing-pin]: `absent` is asked for" in checked.out
        assert "pipfreeze-lock lock --python-version 3.6.8 --pip-version 19.1.1 --platform linux/amd64" in checked.out

    def test_a_lock_for_the_same_target_keeps_the_pins(self, web, index, image, workplace):
        (workplace / "requirements.txt").write_text("web\ntool\n")
        freeze("-r", "requirements.txt", "--base-image", "python:3.6.8", image(*map(installed, web)))
        before = pins()
        index.add(wheel("idna", "2.9"), wheel("tool", "4.0"))
        ran = run("lock", "--refresh", "-o", LOCK, "requirements.txt")  # its base image is that of the frozen one
        assert ran.code == 0, ran.said
        assert pins() == before
        assert header("command")[0].startswith("pipfreeze-lock lock --base-image python:3.6.8 ")
        assert header("roots") == []

    def test_a_lock_for_another_target_has_to_be_told_which(self, web, image, workplace):
        (workplace / "requirements.txt").write_text("web\n")
        freeze("-r", "requirements.txt", image(*map(installed, web)))
        ran = run("lock", "-o", LOCK, "requirements.txt")
        assert ran.code == 2
        assert "hint: `docker-archive:image.tar` was frozen there: name the image that it was made on." in ran.said

    def test_why_and_check_ask_the_index_for_the_recorded_target(self, web, index, image):
        freeze(image(*map(installed, web)))
        index.add(wheel("idna", "3.0", tag="cp39-cp39-manylinux2014_x86_64"))
        asked = run("why", "--files", "--refresh", "--lock", LOCK, "idna")
        assert (asked.code, "idna 2.8" in asked.out or "idna==2.8" in asked.out) == (0, True), asked
        index.index().remove("tool")
        checked = run("check", "--online", "--refresh", LOCK)
        assert checked.code == 1
        assert "`tool==3.0` is no longer on the index" in checked.out

    def test_an_input_is_not_replaced(self, web, image, workplace):
        (workplace / "requirements.txt").write_text("web\n")
        ran = run("freeze", "-r", "requirements.txt", "-o", "requirements.txt", image(*map(installed, web)))
        assert (ran.code, (workplace / "requirements.txt").read_text()) == (2, "web\n")
        assert "is an input, and the lock would replace it" in ran.said


class TestInconsistency:
    @pytest.fixture
    def inconsistent(self, index, image):
        made = [wheel("a", "1.0", requires=["b>=2", "c"]), wheel("b", "1.0")]
        index.add(*made)
        return image(*map(installed, made))

    def test_it_is_recorded_as_it_is(self, inconsistent):
        said = freeze(inconsistent)
        assert header("inconsistent") == ["b 1.0 via a (>=2)", "c via a"]
        assert header("install") == ["--no-deps"]
        assert "warning: `a` needs `b>=2`, and `b` 1.0 is installed\n" in said
        assert "warning: `a` needs `c`, and no `c` is installed\n" in said
        assert "hint: Install it by `pip install --no-deps --require-hashes -r requirements.lock`." in said
        verified(inconsistent, "--integrity")

    def test_check_notes_it(self, inconsistent):
        freeze(inconsistent)
        checked = run("check", LOCK)
        assert checked.code == 0, checked.out
        first, second = re.findall(r"^note\[inconsistent-image\]: (.*)$", checked.out, re.MULTILINE)
        assert first == "`a` needs `b>=2`, and `b` 1.0 is installed, in the image that was frozen"
        assert second == "`a` needs `c`, and no `c` is installed, in the image that was frozen"
        assert run("check", "--strict", LOCK).code == 1

    def test_what_is_not_of_the_image_is_an_error(self, inconsistent):
        freeze(inconsistent)
        lock = Path(LOCK)
        lock.write_text(lock.read_text().replace("# inconsistent: b 1.0 via a (>=2)\n", ""))
        assert "error[unsatisfied-dependency]: `a` needs `b>=2`" in run("check", LOCK).out

    def test_verify_mends_without_dependencies(self, inconsistent, image):
        freeze(inconsistent)
        ran = run("verify", LOCK, image(name="empty.tar"))
        assert ran.code == 1
        assert "RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock" in ran.out


class TestBaseSet:
    def test_what_lies_below_pip_and_with_it(self, index, image):
        early, late = wheel("early", "1.0"), wheel("late", "1.0")
        index.add(early, late)
        reference = image(BASE, installed(late), base=installed(early))
        freeze(reference)
        assert header("base") == ["early 1.0, pip 19.1.1, setuptools 41.0.1"]
        assert list(pins()) == ["late==1.0"]
        verified(reference)

    def test_a_later_upgrade_of_pip_hides_nothing(self, index, image):
        a, newer, tools = wheel("a", "1.0"), wheel("pip", "21.3.1"), wheel("setuptools", "50.0")
        index.add(a, newer, tools)
        gone = {f"{SITE}/.wh.pip-19.1.1.dist-info": "", f"{SITE}/.wh.setuptools-41.0.1.dist-info": ""}
        reference = image(installed(a), {**gone, **installed(newer), **installed(tools)})
        freeze(reference)
        assert header("base") == ["pip 21.3.1"]
        assert list(pins()) == ["a==1.0", "setuptools==50.0"]
        verified(reference)

    def test_of_an_official_image(self, index, image):
        """setuptools stays where it is that of the table; another one is pinned."""
        wheels = [wheel("wheel", "0.35.0"), wheel("a", "1.0")]
        index.add(*wheels)
        reference = image(*map(installed, wheels))
        freeze("--base-image", "python:3.6.8", reference)
        assert header("base") == ["pip 19.1.1, setuptools 41.0.1"]
        assert list(pins()) == ["a==1.0", "wheel==0.35.0"]
        verified(reference)

    def test_of_an_official_image_of_another_python(self, index, image):
        del index
        said = freeze("--base-image", "python:3.7.5", image(), code=2)
        assert "the image has Python 3.6.8, and `python:3.7.5` Python 3.7.5" in said
        assert not Path(LOCK).exists()

    def test_of_any_image(self, index, image):
        a, b = wheel("a", "1.0"), wheel("b", "1.0")
        index.add(a, b)
        image(installed(a), name="base.tar")
        reference = image(installed(a), installed(b))
        freeze("--base-image", "docker-archive:base.tar", reference)
        assert header("base") == ["a 1.0, pip 19.1.1, setuptools 41.0.1"]
        assert list(pins()) == ["b==1.0"]
        assert "freeze --base-image docker-archive:base.tar " in header("command")[0]

    def test_packages_of_the_system(self, index, image):
        a = wheel("a", "1.0")
        index.add(a)
        theirs = {f"{SITE}/{name}": data for name, data in merged(distribution("theirs", "2", installer="")).items()}
        listed = f"/{SITE}/theirs-2.dist-info\n/{SITE}/theirs-2.dist-info/METADATA\n"
        reference = image(installed(a), {**theirs, "var/lib/dpkg/info/python3-theirs.list": listed})
        freeze(reference)
        assert header("base") == ["pip 19.1.1, setuptools 41.0.1, theirs 2"]
        assert list(pins()) == ["a==1.0"]

    def test_a_folder_has_no_layers(self, index, workplace):
        a, extra = wheel("a", "1.0"), wheel("wheel", "0.33.4")
        index.add(a, extra)
        files = {**python_files(), **BASE, **installed(a), **installed(extra)}
        for path, data in files.items():
            place = workplace / "root" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        freeze("--environment", "/usr/local", "rootfs:root")
        assert header("base") == ["pip 19.1.1, setuptools 41.0.1, wheel 0.33.4"]
        assert list(pins()) == ["a==1.0"]
        assert re.fullmatch(r"pipfreeze-lock freeze --environment /usr/local .* rootfs:root", header("command")[0])
        assert header("target") == ["cpython 3.6.8 cp36m linux/arm64 glibc-2.24 pip-19.1.1"]
        verified("rootfs:root", "--environment", "/usr/local", "--deep")
        freeze("--platform", "linux/amd64", "rootfs:root")
        assert header("target") == [TARGET]
        refused = run("freeze", "--platform", "nonsense", "rootfs:root")
        assert (refused.code, "`--platform nonsense` is not a platform" in refused.said) == (2, True)


ELF = b"\x7fELF\2\1" + bytes(12) + (183).to_bytes(2, "little")
"""For arm64."""


def python_files() -> dict[str, bytes]:
    """Give a CPython 3.6.8 in files alone, for this very machine."""
    return {
        "usr/local/bin/python3.6": b"\x7fELF",
        "usr/local/bin/python": b"\x7fELF",
        "usr/local/lib/python3.6/os.py": b"",
        "usr/local/include/python3.6m/patchlevel.h": b'#define PY_VERSION "3.6.8"\n',
        "lib/x86_64-linux-gnu/libc.so.6": ELF + b"GNU C Library (Debian) stable release version 2.24.\n",
    }


class TestOutput:
    def test_stdout_is_the_lock_and_nothing_else(self, web, image):
        reference = image(*map(installed, web))
        freeze(reference)
        ran = run("freeze", reference)
        assert (ran.code, ran.out) == (0, Path(LOCK).read_text())

    def test_the_same_bytes_again(self, web, image):
        reference = image(*map(installed, web))
        freeze(reference)
        before = Path(LOCK).read_bytes()
        said = freeze(reference)
        assert Path(LOCK).read_bytes() == before
        assert "requirements.lock is as it was: 5 distributions." in said

    def test_dry_run(self, web, image):
        ran = run("freeze", "-n", "-o", LOCK, image(*map(installed, web)))
        assert ran.out.startswith("# pipfreeze-lock 1\n")
        assert not Path(LOCK).exists()

    def test_the_recorded_command_makes_the_same_lock(self, web, image, workplace, monkeypatch):
        (workplace / "requirements.txt").write_text("web\n")
        (workplace / "locks").mkdir()
        reference = image(*map(installed, web))
        ran = run("freeze", "-r", "requirements.txt", "-o", "locks/r.lock", reference)
        assert ran.code == 0, ran.said
        text = (workplace / "locks/r.lock").read_text()
        (command,) = re.findall(r"^# command: pipfreeze-lock (.*)$", text, re.MULTILINE)
        assert command.endswith("/ --requirement ../requirements.txt docker-archive:../image.tar")
        monkeypatch.chdir(workplace / "locks")
        again = run(*command.split(), "-o", "r.lock")
        assert (again.code, (workplace / "locks/r.lock").read_text()) == (0, text)
        assert run("check", "r.lock").code == 0
        monkeypatch.chdir(workplace)
        assert run("check", "--strict", "locks/r.lock").code == 0

    def test_the_index_of_the_configuration(self, web, index, image, workplace, monkeypatch):
        monkeypatch.delenv("PIPFREEZE_LOCK_INDEX_URL")
        table = f'[tool.pipfreeze-lock]\nindex-url = "{index.url}"\nbase-image = "python:3.9.0"\npre = true\n'
        (workplace / "pyproject.toml").write_text(table)
        freeze(image(*map(installed, web)))
        assert header("settings") == ["index-url"]
        assert header("target") == [TARGET]
        assert run("check", "--strict", LOCK).code == 0

    def test_without_hashes(self, web, image):
        said = freeze("--no-hashes", image(*map(installed, web)))
        assert "--hash" not in Path(LOCK).read_text()
        assert "`pip install -r requirements.lock`" in said
        assert run("check", LOCK).code == 0

    def test_options_of_the_inputs_stand_in_the_lock(self, image, index, workplace):
        source = sdist("a", "1.0")
        index.add(source, wheel("a", "1.0"))
        built = installed(wheel("a", "1.0", tag="cp36-cp36m-linux_x86_64"))
        (workplace / "requirements.txt").write_text("--no-binary a\n--pre\na\n")
        freeze("-r", "requirements.txt", image(built))
        assert "\n--no-binary a\n" in Path(LOCK).read_text()
        assert header("options") == ["--pre"]
        assert run("check", "--strict", LOCK).code == 0


class TestRefusals:
    @pytest.mark.parametrize("reference", ["installed:-", "python:./python"])
    def test_lists(self, workplace, reference):
        (workplace / "python").touch()
        ran = run("freeze", reference)
        assert ran.code == 2
        assert "only lists what is installed" in ran.said
        assert "rootfs:" in ran.said

    def test_an_index_that_does_not_answer(self, index, image):
        a = wheel("a", "1.0")
        index.add(a)
        index.fail("/simple/a/", times=None, status=500)
        freeze("--retries", "0", image(installed(a)), code=5)
        assert not Path(LOCK).exists()

    def test_no_pip(self, index, image):
        del index
        assert "there is no pip in `/usr/local`" in freeze(image(base={"etc/empty": ""}), code=6)

    def test_a_pip_without_hash_mode(self, index, image):
        del index
        reference = image(base=installed(wheel("pip", "7.1.2")))
        assert "pip 7.1.2 has no hash mode" in freeze(reference, code=4)
        freeze("--no-hashes", reference)

    def test_no_such_image(self, workplace):
        del workplace
        assert "no.tar" in freeze("docker-archive:no.tar", code=6)

    def test_no_such_requirements(self, web, image):
        assert "absent.txt" in freeze("-r", "absent.txt", image(*map(installed, web)), code=3)
