"""Real images, made by buildah with real pips: freeze, verify, install the lock by that pip, and have the same again."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import needs
from support.command_line import run
from support.index_server import IndexServer
from support.packages import sdist, wheel
from support.real_images import RealImages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOCK = "requirements.lock"
OLD = ("3.6", {"pip": "19.1.1", "setuptools": "41.0.1", "wheel": "0.33.4"})
NEW = ("3.12", {"pip": "25.0.1", "setuptools": "75.8.0", "wheel": "0.45.1"})
VENV = "/opt/venv/bin/python"


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> RealImages:
    return RealImages(tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="module")
def server() -> Iterator[IndexServer]:
    """Serve distributions that need each other in all ways."""
    made = [
        wheel("web", "1.0", requires=["core[fast]>=1", "old; python_version < '3'", "zope.interface", "setuptools"]),
        wheel("core", "1.2", requires=["idna<3"], extras={"fast": ["speedups"]}),
        wheel("speedups", "0.1", tag="py3-none-manylinux1_x86_64"),
        wheel("speedups", "0.1", tag="cp27-cp27m-manylinux1_x86_64"),
        wheel("zope.interface", "5.0", inside={"zope/interface.py": "interface = 1\n"}),
        wheel("idna", "2.8"),
        wheel("idna", "3.1"),
        sdist("built", "0.5", requires=["idna"], inside={"made_of_it.py": "made = True\n"}),
        wheel("newer", "2.0", requires=["idna>=3"]),
    ]
    with IndexServer(*made) as serving:
        yield serving


@dataclass
class Round:
    """An image on its way round: frozen, verified, and made anew of its lock."""

    images: RealImages
    server: IndexServer
    base: Path
    folder: Path
    name: str
    """Of its states, in the storage of containers."""
    program: str = "/usr/local/bin/python3"
    """The Python that installs."""
    options: tuple[str, ...] = ()
    """Of freeze and verify."""
    said: str = field(default="", init=False)

    def build(self, *installs: Sequence[str], prepared: Sequence[Sequence[str]] = ()) -> None:
        """Make ``image.tar``: each install is a layer of its own.

        :param prepared: What Python is run with before, in a layer of its own.
        """
        with self.images.container(self.base) as made:
            for arguments in prepared:
                made.python(*arguments, mounts={self.folder: "/work"})
            made.save(f"{self.name}:0")
        *before, last = installs
        for number, arguments in enumerate(before):
            self._install(f"{self.name}:{number}", f"{self.name}:{number + 1}", arguments)
        self._install(f"{self.name}:{len(before)}", "docker-archive:image.tar:localhost/image:1", last)

    def _install(self, before: str, after: str, arguments: Sequence[str]) -> None:
        with self.images.container(before) as made:
            words = ["-m", "pip", "install", "--no-cache-dir", "--index-url", self.server.url, *arguments]
            volume = ["--volume", f"{self.folder}:/work:ro", "--workingdir", "/work"]
            variables = ["--env", "HOME=/root", "--env", "PIP_DISABLE_PIP_VERSION_CHECK=1"]
            made.buildah("run", *volume, *variables, made.name, "--", self.program, *words)
            made.save(after)

    def freeze(self, *options: str) -> str:
        """Freeze ``image.tar``, find it equal to its lock in all ways, and give the lock."""
        ran = run("freeze", "-o", LOCK, *self.options, *options, "docker-archive:image.tar")
        assert ran.code == 0, ran.said
        self.said = ran.said
        for verify in ((), ("--deep",)):  # which means --integrity
            verified = run("verify", *self.options, *verify, LOCK, "docker-archive:image.tar")
            assert (verified.code, "warning" in verified.out) == (0, False), verified.out
        return Path(LOCK).read_text()

    def make_anew(self) -> None:
        """Install the lock by the command that freeze told, on the same base."""
        match = re.search(r"`(?:pip|/opt/venv/bin/python -m pip) install (.*) -r requirements\.lock`", self.said)
        assert match is not None
        (self.folder / LOCK).write_bytes(Path(LOCK).read_bytes())
        self._install(f"{self.name}:0", "docker-archive:anew.tar:localhost/anew:1", [*match[1].split(), "-r", LOCK])

    def verified_anew(self) -> str:
        """Give what verify says of the image that was made anew, with ``--deep``."""
        ran = run("verify", "--deep", *self.options, LOCK, "docker-archive:anew.tar")
        return ran.out


@pytest.fixture
def around(images: RealImages, server: IndexServer, tmp_path: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch):
    del workplace
    monkeypatch.setenv("PIPFREEZE_LOCK_INDEX_URL", server.url)
    shared = tmp_path / "shared"
    shared.mkdir()

    def make(python: str, base: dict[str, str], **words) -> Round:
        made = images.base(python, base)
        return Round(images=images, server=server, base=made, folder=shared, name=f"localhost/{uuid.uuid4()}", **words)

    return make


def header(lock: str, key: str) -> list[str]:
    return re.findall(rf"^# {key}: (.*)$", lock, re.MULTILINE)


def pinned(lock: str) -> list[str]:
    return re.findall(r"^([a-z][^ ]*(?:==| @ )\S+)", lock, re.MULTILINE)


def test_python_3_6_with_pip_19(around, server):
    image = around(*OLD)
    vanished = wheel("vanished", "1.0", requires=["idna"])
    server.add(vanished)
    image.build(["vanished"], ["web", "built", "idna<3"])
    server.index().remove("vanished")
    Path("requirements.txt").write_text("web\nbuilt\nidna<3\n")
    lock = image.freeze("-r", "requirements.txt")
    assert header(lock, "base") == ["pip 19.1.1, setuptools 41.0.1, wheel 0.33.4"]
    assert header(lock, "satisfied") == ["setuptools via web"]
    (unpinned,) = header(lock, "unpinned")
    assert unpinned.startswith("vanished 1.0 not-on-index at=/usr/local/lib/python3.6/site-packages/vanished-1.0.dist-")
    assert pinned(lock) == [
        *("built==0.5", "core[fast]==1.2", "idna==2.8", "speedups==0.1", "web==1.0", "zope.interface==5.0"),
    ]
    assert "    # note: built from an sdist: 1 of its 1 Python files are in that\n" in lock
    assert run("check", "--strict", LOCK).code == 0
    image.make_anew()
    said = image.verified_anew()
    assert said.count("error[") == 1
    assert "error[missing-distribution]: `vanished` 1.0 was in the image that was frozen, and is not installed" in said


def test_inconsistent(around):
    """pip 19 was told not to look: idna is too old for one, and one lacks all that it needs."""
    image = around(*OLD)
    image.build(["--no-deps", "newer", "idna==2.8", "core"])
    with (
        image.images.container(Path("image.tar")) as made,
        pytest.raises(RuntimeError, match="newer 2\\.0 has requirement"),
    ):
        made.python("-m", "pip", "check")
    lock = image.freeze()
    assert header(lock, "inconsistent") == ["idna 2.8 via newer (>=3)"]
    assert header(lock, "install") == ["--no-deps"]
    assert "warning: `newer` needs `idna>=3`, and `idna` 2.8 is installed\n" in image.said
    checked = run("check", LOCK)
    assert (checked.code, checked.out.count("note[inconsistent-image]")) == (0, 1)
    image.make_anew()
    assert "agrees with" in image.verified_anew()


def test_a_new_pip_with_origins_of_all_kinds(around, server):
    image = around(*NEW)
    ours = image.folder
    _make_project(ours / "checkout", "fromgit")
    commit = "c" * 40
    _make_project(ours / "editable", "editable")
    copied = wheel("copied", "1.0", requires=["idna"])
    (ours / copied.filename).write_bytes(copied.content)
    by_url = wheel("byurl", "1.0")
    server.add(copied, by_url)
    url = f"{server.root}/files/{by_url.sha256[:16]}/{by_url.filename}"
    projects = ("checkout", "editable")
    origin = {"url": "https://git.example/fromgit", "vcs_info": {"vcs": "git", "commit_id": commit}}
    image.build(
        ["--no-build-isolation", "/opt/checkout", f"./{copied.filename}", url, "web", "built"],
        ["--no-build-isolation", "-e", "/opt/editable"],
        prepared=[["-c", f"import shutil; shutil.copytree('/work/{name}', '/opt/{name}')"] for name in projects],
    )
    _say_origin(image, "fromgit-1.0", origin)
    lock = image.freeze()
    assert [line.split(" at=")[0] for line in header(lock, "unpinned")] == [
        "editable 1.0 editable",
        "fromgit 1.0 version-control",
    ]
    assert f"from=git+https://git.example/fromgit@{commit} " in lock
    assert f"\nbyurl @ {url} \\\n    --hash=sha256:{by_url.sha256}\n" in lock
    assert f"    # origin: file:///work/{copied.filename}#sha256={copied.sha256}\n" in lock
    assert run("check", LOCK).code == 0
    image.make_anew()
    said = image.verified_anew()
    assert re.findall(r"^error\[(.*)\]: `(\w+)`", said, re.MULTILINE) == [
        ("missing-distribution", "editable"),
        ("missing-distribution", "fromgit"),
    ]


def test_a_virtual_environment(around):
    image = around(*NEW, program=VENV, options=("--environment", "/opt/venv"))
    wheels = {path.name: path for path in (needs.wheel_file("pip", "25.0.1"), needs.wheel_file("setuptools", "75.8.0"))}
    for name, path in wheels.items():
        (image.folder / name).write_bytes(path.read_bytes())
    program = f"/work/{next(iter(wheels))}/pip"
    venv = "import subprocess as s, venv; venv.create('/opt/venv', symlinks=True); "
    install = [VENV, program, "install", "--no-index", "--find-links", "/work", "pip", "setuptools"]
    image.build(
        ["web", "newer==2.0", "--no-deps"],
        ["core", "speedups", "zope.interface", "idna>=3", "--no-deps"],
        prepared=[["-c", f"{venv}s.run({install!r}, check=True)"]],
    )
    lock = image.freeze()
    assert header(lock, "base") == ["pip 25.0.1, setuptools 75.8.0"]
    assert header(lock, "inconsistent") == ["idna 3.1 via core (<3)"]
    assert header(lock, "roots") == ["newer, web"]
    image.make_anew()
    assert "agrees with" in image.verified_anew()


def _make_project(folder: Path, name: str) -> None:
    folder.mkdir()
    (folder / "setup.py").write_text(
        f"from setuptools import setup\nsetup(name={name!r}, version='1.0', py_modules=[{name!r}])\n"
    )
    (folder / f"{name}.py").write_text("version = '1.0'\n")


def _say_origin(image: Round, stem: str, origin: dict[str, object]) -> None:
    """Write the direct_url.json that a pip with git at hand would have written, in a layer more."""
    path = f"/usr/local/lib/python3.12/site-packages/{stem}.dist-info"
    record = f"{path}/RECORD"
    code = (
        f"import re; text = open({record!r}).read(); "
        f"open({record!r}, 'w').write(re.sub('(direct_url.json),.*', r'\\1,,', text)); "
        f"open('{path}/direct_url.json', 'w').write({json.dumps(origin)!r})"
    )
    with image.images.container(Path("image.tar")) as made:
        made.python("-c", code)
        made.save("docker-archive:said.tar:localhost/image:2")
    Path("said.tar").replace("image.tar")
