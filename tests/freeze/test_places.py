"""Lines that no hash can hold, checkouts, folders and source trees: what a real pip made of them, frozen and checked."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from freeze.test_freezing import python_files
from support import needs
from support.command_line import TARGET, run
from support.installed_files import SITE, installed
from support.packages import sdist, wheel
from support.venv import Venv

LOCK = "requirements.lock"
BACKEND = """
import os, zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    return write(folder, {"NAME.py": "version = 1\\n"})

def build_editable(folder, config_settings=None, metadata_directory=None):
    return write(folder, {"_NAME.pth": os.getcwd() + "\\n"})

def write(folder, files):
    info = "NAME-1.0.dist-info"
    files[f"{info}/METADATA"] = "Metadata-Version: 2.1\\nName: NAME\\nVersion: 1.0\\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    files[f"{info}/RECORD"] = "".join(f"{name},,\\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(os.path.join(folder, "NAME-1.0-py3-none-any.whl"), "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return "NAME-1.0-py3-none-any.whl"
"""


@dataclass(frozen=True)
class Made:
    """What a pip made, as a root file system, and the repositories that it was made from."""

    image: str
    repository: str
    """URL of that of ``fromgit``, whose tags are ``v1`` and ``v2``."""
    editable_repository: str
    first: str
    """The commit ``v1``, which is installed."""
    second: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Have pip 25.0.1 install a requirements file with lines of all these kinds."""
    folder = tmp_path_factory.mktemp("places")
    git = _Git(needs.program("git"), folder)
    for place, name in (
        ("fromgit", "fromgit"),
        ("editgit", "editgit"),
        ("src/tree", "tree"),
        ("src/folder", "folder"),
        ("nameless", "nameless"),
    ):
        _write_project(folder / place, name)
    first, second = git.commits("fromgit")
    git.commits("editgit")
    copied = wheel("copied", "1.0")
    (folder / copied.filename).write_bytes(copied.content)
    (folder / "requirements.txt").write_text(
        f"git+file://{folder}/fromgit@{first}#egg=fromgit\n"
        f"-e git+file://{folder}/editgit@v1#egg=editgit\n"
        f"-e {folder}/src/tree\n"
        f"{folder}/src/folder\n"
        f"git+file://{folder}/nameless-repository@main\n"
        f"{folder}/{copied.filename}\n"
    )
    shutil.copytree(folder / "nameless", folder / "nameless-repository")
    git.commits("nameless-repository")
    venv = Venv.of(needs.interpreter("3.12"), "25.0.1", folder / "venv")
    venv.pip("install", "--no-index", "-r", folder / "requirements.txt", "--src", folder / "checkouts")
    return Made(
        image=_as_root(venv, folder / "root"),
        repository=f"git+file://{folder}/fromgit",
        editable_repository=f"git+file://{folder}/editgit",
        first=first,
        second=second,
    )


@dataclass(frozen=True)
class _Git:
    program: Path
    folder: Path

    def commits(self, repository: str) -> tuple[str, str]:
        """Make a repository of a folder, of two commits with the tags ``v1`` and ``v2`` on ``main``; give both."""
        self._run(repository, "init", "--quiet", "--initial-branch", "main")
        found = []
        for tag in ("v1", "v2"):
            (self.folder / repository / "NEWS").write_text(tag)
            self._run(repository, "add", ".")
            self._run(repository, "commit", "--quiet", "--message", tag)
            self._run(repository, "tag", tag)
            found.append(self._run(repository, "rev-parse", "HEAD"))
        return found[0], found[1]

    def _run(self, repository: str, *arguments: str) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@host.example", "-c", "commit.gpgsign=false")
        command = [self.program, *who, *arguments]
        return subprocess.run(
            command, cwd=self.folder / repository, check=True, capture_output=True, text=True
        ).stdout.strip()


def _write_project(folder: Path, name: str) -> None:
    """Write one that is its own build backend, so that pip builds it without an index."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (folder / "backend.py").write_text(BACKEND.replace("NAME", name))


def _as_root(venv: Venv, root: Path) -> str:
    """Make a root file system of it, whose Python is that of the venv as far as files tell."""
    site = next(venv.folder.glob("lib/python3*/site-packages"))
    version = site.parent.name
    for path, data in python_files().items():
        place = root / path.replace("python3.6", version)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data.replace(b"3.6.8", f"{version.removeprefix('python')}.1".encode()))
    shutil.copytree(site, root / SITE.replace("python3.6", version), dirs_exist_ok=True)
    return f"rootfs:{root}"


@pytest.fixture
def freeze(index, made, workplace):
    """Freeze it with a requirements file, and give what was said."""
    index.add(wheel("copied", "1.0"))

    def frozen(*lines: str) -> str:
        (workplace / "requirements.txt").write_text("".join(f"{line}\n" for line in lines))
        ran = run("freeze", "-r", "requirements.txt", "-o", LOCK, made.image)
        assert ran.code == 0, ran.said
        return ran.said

    return frozen


@pytest.fixture
def lines(made) -> list[str]:
    """Give the lines as somebody has them who did not make the image: the same relative paths."""
    return [
        f"fromgit @ {made.repository}@{made.first}",
        f"-e {made.editable_repository}@v1#egg=editgit",
        "-e ./src/tree",
        "src/folder",
        f"{made.repository.removesuffix('fromgit')}nameless-repository@main",
        "./copied-1.0-py2.py3-none-any.whl",
    ]


def header(key: str) -> list[str]:
    return re.findall(rf"^# {key}: (.*)$", Path(LOCK).read_text(), re.MULTILINE)


def checked(*lines: str) -> list[str]:
    """Check the lock beside other lines, and give the findings, notes among them."""
    Path("requirements.txt").write_text("".join(f"{line}\n" for line in lines))
    ran = run("check", "--strict", LOCK)
    assert ran.code == int("[" in ran.out), ran.out
    return re.findall(r"^(?:error|note)\[.*\n  --> .*", ran.out, re.MULTILINE)


def test_from_the_lines_to_a_lock_that_agrees(freeze, made, lines):
    said = freeze(*lines)
    assert "asked for" not in said
    assert "nothing that was read asks for it" not in said
    assert [line.split(" at=")[0] for line in header("unpinned")] == [
        "editgit 1.0 editable",
        "folder 1.0 local",
        "fromgit 1.0 version-control",
        "nameless 1.0 version-control",
        "tree 1.0 editable",
    ]
    assert header("satisfied") == [
        f"editgit via -r requirements.txt (@ {made.editable_repository}@v1)",
        "folder via -r requirements.txt (@ file:src/folder)",
        f"fromgit via -r requirements.txt (@ {made.repository}@{made.first})",
        f"nameless via -r requirements.txt (@ {lines[4]})",
        "tree via -r requirements.txt (@ file:src/tree)",
    ]
    assert (header("roots"), header("unmatched")) == ([], [])
    assert "\ncopied==1.0 \\\n" in Path(LOCK).read_text()
    assert checked(*lines) == []
    verified = run("verify", "--deep", LOCK, made.image)
    assert (verified.code, "warning" in verified.out) == (0, False), verified.out


def test_why(freeze, made, lines):
    freeze(*lines)
    told = run("why", "--lock", LOCK, "fromgit").out
    assert told == (
        "fromgit==1.0 was in the image that was frozen, and is no pin\n"
        f"└── requirements.txt asks for fromgit @ {made.repository}@{made.first}\n"
    )
    assert run("why", "--files", "--lock", LOCK, "copied").code == 0


@pytest.mark.parametrize("place", [0, 1, 2, 3, 5])
def test_a_line_that_is_another_one_by_now(freeze, made, lines, place):
    freeze(*lines)
    other = {
        0: lines[0].replace(made.first, made.second),
        1: lines[1].replace("@v1", "@v2"),
        2: "-e ./src/other",
        3: "-e ./src/folder",
        5: "./copied-1.1-py2.py3-none-any.whl",
    }[place]
    found = checked(*lines[:place], other, *lines[place + 1 :])
    (told,) = (one for one in found if f"--> requirements.txt:{place + 1}" in one)
    assert told.startswith("error[missing-pin]" if place == 2 else "error[other-url]")
    assert f"`{other}` is asked for" in told


def test_a_revision_of_a_line_without_a_name(freeze, made, lines):
    first = made.repository + "@" + made.first
    freeze(first, *lines[1:])
    assert checked(first, *lines[1:]) == []
    second = made.repository + "@" + made.second
    found = checked(second, *lines[1:])
    assert found[1].startswith(f"error[missing-pin]: `{second}` is asked for, and nothing in the lock is known to be")
    assert found[1].endswith("--> requirements.txt:1")


def test_a_mend_freezes_again(freeze, lines):
    """``lock`` would refuse these lines."""
    freeze(*lines)
    Path("requirements.txt").write_text("".join(f"{line}\n" for line in [*lines, "absent==1"]))
    out = run("check", LOCK).out
    assert re.search(r"pipfreeze-lock freeze .*--requirement requirements\.txt -o requirements\.lock rootfs:", out)
    locked = run("lock", *TARGET, "-o", "other.lock", "requirements.txt")
    assert (locked.code, "problems in the requirements" in locked.said) == (3, True)


def test_lines_that_the_image_does_not_meet(freeze, made, lines):
    other = f"fromgit @ {made.repository}@{made.second}"
    absent = f"-e {made.repository}#egg=absent"
    said = freeze(other, *lines[1:], "-e ./src/folder", absent)
    there = f"`fromgit` 1.0 was installed from `{made.repository}@{made.first}`"
    assert f"warning: requirements.txt:1: `{other}` is asked for, and {there}\n" in said
    assert (
        "warning: requirements.txt:7: `-e ./src/folder` is asked for, and `folder` 1.0 was installed from `file:"
        in said
    )
    assert f"warning: requirements.txt:8: `{absent}` is asked for, and that is not what is installed\n" in said
    errors = [one for one in checked(other, *lines[1:], "-e ./src/folder", absent) if one.startswith("error")]
    assert [one.partition(":")[0] for one in errors] == ["error[other-url]", "error[other-url]", "error[missing-pin]"]
    assert [int(one.rpartition(":")[2]) for one in errors] == [1, 7, 8]


def test_what_is_that_of_the_index(index, image, workplace):
    """An old pip writes down no origins: that the file is one of the index tells it."""
    index.add(wheel("tool", "1.0"))
    (workplace / "requirements.txt").write_text("tool @ git+https://git.example/tool@v1\n")
    said = run("freeze", "-r", "requirements.txt", "-o", LOCK, image(installed(wheel("tool", "1.0")))).said
    assert "@v1` is asked for, and `tool` 1.0 is that of an index" in said
    assert "error[other-url]" in run("check", LOCK).out


def test_an_archive_of_an_old_pip(index, image, workplace):
    """Nothing but the line tells that it was copied into the image, and the index has the same file."""
    made = wheel("tool", "1.0"), sdist("built", "2.0")
    index.add(*made)
    lines = f"./{made[0].filename}", "dist/built-2.0.tar.gz"
    (workplace / "requirements.txt").write_text("\n".join(lines))
    built = installed(wheel("built", "2.0", tag="cp36-cp36m-linux_x86_64"))
    reference = image(installed(made[0]), built)
    said = run("freeze", "-r", "requirements.txt", "-o", LOCK, reference).said
    assert "asked for" not in said
    lock = Path(LOCK).read_text()
    assert f"# origin: file:{made[0].filename}\n" in lock
    assert "# origin: file:dist/built-2.0.tar.gz\n" in lock
    assert checked(*lines) == []
    assert run("verify", LOCK, reference).code == 0
    other = "./tool-0.9-py2.py3-none-any.whl"
    assert checked(other, lines[1]) == [
        f"error[other-url]: `{other}` is asked for, and `tool==1.0` is pinned\n  --> requirements.txt:1"
    ]
    said = run("freeze", "-r", "requirements.txt", reference).said
    assert f"requirements.txt:1: `{other}` is asked for, and `tool` 1.0 is that of an index" in said


def test_a_checkout_of_an_old_pip(index, image, workplace):
    """Nothing tells where it is from, and no index has it: the line is believed, until it is another one."""
    del index
    (workplace / "requirements.txt").write_text("git+https://git.example/ours@v1#egg=ours\n")
    said = run("freeze", "-r", "requirements.txt", "-o", LOCK, image(installed(wheel("ours", "1.0")))).said
    assert "asked for" not in said
    assert checked("git+https://git.example/ours@v1#egg=ours") == []
    (found,) = checked("git+https://git.example/ours@v2#egg=ours")
    assert found.startswith("error[other-url]: `git+https://git.example/ours@v2#egg=ours` is asked for, and the image")
    assert "had `ours` 1.0 from where nothing tells, asked for as `git+https://git.example/ours@v1`\n" in found
    assert found.endswith("--> requirements.txt:1")


def test_a_distribution_that_needs_a_checkout(index, image):
    needs_it = wheel("needy", "1.0", requires=["ours @ git+https://git.example/ours@v1"])
    index.add(needs_it)
    run("freeze", "-o", LOCK, image(installed(needs_it), installed(wheel("ours", "1.0"))))
    assert header("satisfied") == ["ours via needy (@ git+https://git.example/ours@v1)"]
    assert run("check", "--strict", LOCK).code == 0


def test_the_link_of_an_old_pip(index, image, workplace):
    del index
    files = {
        f"{SITE}/a.egg-link": "/src/a\n.",
        "src/a/a.egg-info/PKG-INFO": "Metadata-Version: 1.1\nName: a\nVersion: 1\n",
    }
    (workplace / "requirements.txt").write_text("--editable=./a\n-e ./b\n")
    run("freeze", "-r", "requirements.txt", "-o", LOCK, image(files))
    assert header("satisfied") == ["a via -r requirements.txt (@ file:a)"]
    assert header("unmatched") == ["-r requirements.txt (@ file:b)"]
    assert checked("--editable=./a", "-e ./b") == []


def test_what_nothing_tells_is_a_note_and_not_checked(freeze, lines, made):
    said = freeze(*lines, "./elsewhere", "./not-here; python_version < '3'")
    note = "warning: requirements.txt:7: `./elsewhere` does not say its name, and nothing tells what is installed from there"
    assert note in said
    assert "not-here" not in said
    assert header("unmatched") == ["-r requirements.txt (@ file:elsewhere)"]
    ran = run("check", LOCK)
    assert ran.code == 0
    assert (
        "not checked: `./elsewhere` (requirements.txt:7): nothing told what the frozen image has from there" in ran.out
    )
    assert run("verify", LOCK, made.image).code == 0


def test_a_folder_of_no_name_is_the_only_one_that_it_may_be(freeze, lines):
    freeze(*(line for line in lines if "tree" not in line), "-e .")
    assert "tree via -r requirements.txt (@ file:.)" in header("satisfied")
    assert run("check", "--strict", LOCK).code == 0
