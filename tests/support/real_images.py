"""Real images: a root file system with a real interpreter and its C library, a real pip in it, made by buildah."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

from support import needs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["RealImages"]

_LEFT_OUT = ("test", "tests", "idlelib", "tkinter", "turtledemo", "lib2to3", "ensurepip", "site-packages")
_LIBRARY = re.compile(r"(?:=> )?(/\S+) \(0x")


class RealImages:
    """Makes images by buildah, with one base for each Python that is kept in the test cache."""

    def __init__(self, folder: Path) -> None:
        """Give a folder to work in, with containers' storage of its own in it.

        :param folder: Short-lived.
        """
        for name in ("buildah", "skopeo"):
            needs.program(name)
        if os.getuid() != 0:
            pytest.skip("only on accounts that are root's, for whom buildah needs no user namespaces")
        self._folder = folder
        self._storage = ("--root", str(folder / "storage"), "--runroot", str(folder / "run"))
        self._environment = {**os.environ, "STORAGE_DRIVER": _driver(), "BUILDAH_ISOLATION": "chroot"}
        try:
            self.run("buildah", "rm", self.run("buildah", "from", "--quiet", "scratch"))
        except RuntimeError as error:
            needs.forbidden(f"make containers by buildah ({error})")

    def base(self, python: str, base: Mapping[str, str]) -> Path:
        """Give a docker archive with a Python, and pip, setuptools and whatever else as the base set; made once.

        :param python: ``3.6``.
        :param base: Names to versions.
        """
        words = "-".join(f"{name}-{version}" for name, version in base.items())
        kept = needs.test_cache() / f"image-2-python-{python}-{words}.tar"
        if kept.is_file():
            return kept
        wheels = [needs.wheel_file(name, version) for name, version in base.items()]
        root = self._folder / "root"
        _make_root(needs.interpreter(python), root)
        unfinished = kept.with_name(f"{kept.name}.{os.getpid()}")
        with self.container() as made:
            made.buildah("add", made.name, str(root), "/")
            made.buildah(
                *("config", "--env", "PATH=/usr/local/bin:/usr/bin:/bin", "--env", "LD_LIBRARY_PATH=/usr/local/lib"),
                *("--cmd", '["python3"]', made.name),
            )
            made.save("localhost/python")
        pip, wanted = f"/wheels/{wheels[0].name}/pip", [f"{name}=={version}" for name, version in base.items()]
        with self.container("localhost/python") as made:
            mounts = {wheels[0].parent: "/wheels"}
            made.python(pip, "install", "--no-index", "--find-links", "/wheels", *wanted, mounts=mounts)
            made.save(f"docker-archive:{unfinished}:localhost/base:1")
        shutil.rmtree(root)
        unfinished.rename(kept)
        return kept

    def container(self, image: Path | str | None = None) -> Container:
        """Start from an archive, from an image by its name (``localhost/x``), or from nothing."""
        archive = f"docker-archive:{image}" if isinstance(image, Path) else image
        return Container(self, archive or "scratch")

    def run(self, program: str, *arguments: str) -> str:
        """Run buildah or skopeo."""
        storage = self._storage if program == "buildah" else ()
        ran = subprocess.run(
            [program, *storage, *arguments], capture_output=True, text=True, check=False, env=self._environment
        )
        if ran.returncode:
            message = f"{program} {' '.join(arguments)}: {ran.stdout}{ran.stderr}"
            raise RuntimeError(message)
        return ran.stdout.strip()

    def copy(self, source: str, target: str) -> None:
        """Copy by skopeo."""
        self.run("skopeo", "copy", "--quiet", source, target)


class Container:
    """A container that is being made into an image."""

    def __init__(self, images: RealImages, start: str) -> None:
        self._images = images
        self.name = images.run("buildah", "from", "--quiet", start)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.buildah("rm", self.name)

    def buildah(self, *arguments: str) -> str:
        return self._images.run("buildah", *arguments)

    def python(self, *arguments: str, mounts: Mapping[Path, str] | None = None) -> str:
        """Run the image's Python as a RUN would."""
        volumes = [word for host, inside in (mounts or {}).items() for word in ("-v", f"{host}:{inside}:ro")]
        environment = ["--env", "PIP_DISABLE_PIP_VERSION_CHECK=1", "--env", "HOME=/root"]
        return self.buildah("run", *volumes, *environment, self.name, "--", "/usr/local/bin/python3", *arguments)

    def pip_install(self, folder: Path, *arguments: str, is_cached: bool = False) -> str:
        """Run ``pip install`` of the image's own pip, as the RUN of a Dockerfile does.

        :param folder: The container sees it as ``/work``, and is in it.
        :param is_cached: Whether pip keeps what it fetches, in ``~/.cache/pip``.
        """
        mount = ["--volume", f"{folder}:/work:ro", "--workingdir", "/work"]
        environment = ["--env", "HOME=/root", "--env", "PIP_DISABLE_PIP_VERSION_CHECK=1"]
        authorities = os.environ.get("PIP_CERT")
        if authorities:
            mount += ["--volume", f"{authorities}:/authorities.pem:ro"]
            environment += ["--env", "PIP_CERT=/authorities.pem"]
        pip = ["/usr/local/bin/python3", "-m", "pip", "install", *([] if is_cached else ["--no-cache-dir"]), *arguments]
        return self.buildah("run", *mount, *environment, self.name, "--", *pip)

    def save(self, destination: str) -> None:
        """Write the image, with a layer for what was done: under a name, or in a transport of skopeo's."""
        self.buildah("commit", "--quiet", self.name, destination)


def _driver() -> str:
    return "vfs" if shutil.which("fuse-overlayfs") is None and not Path("/sys/module/overlay").exists() else "overlay"


def _make_root(interpreter: Path, root: Path) -> None:
    """Copy an interpreter to ``/usr/local``, and what it is linked to."""
    source = interpreter.resolve().parents[1]
    series = next(path.name for path in sorted((source / "lib").glob("python3.*")) if path.is_dir())
    target = root / "usr" / "local"
    (target / "bin").mkdir(parents=True)
    for name in (series, "python3", "python"):
        if name == series:
            shutil.copy2(source / "bin" / series, target / "bin" / series)
        else:
            (target / "bin" / name).symlink_to(series)
    ignore = shutil.ignore_patterns(*_LEFT_OUT, "config-*", "__pycache__", "_tkinter*", "*.a")
    shutil.copytree(source / "lib" / series, target / "lib" / series, ignore=ignore)
    (target / "lib" / series / "site-packages").mkdir()
    for header in source.glob("include/python3.*/patchlevel.h"):
        (target / header.parent.relative_to(source)).mkdir(parents=True)
        shutil.copy2(header, target / header.relative_to(source))
    libraries = _libraries([target / "bin" / series, *target.glob("lib/python*/lib-dynload/*.so")])
    # glibc opens it when a thread is ended, and aborts the process where it is not there.
    libraries |= {beside for one in libraries if (beside := one.with_name("libgcc_s.so.1")).is_file()}
    for library in sorted(libraries):
        inside = "usr/local/lib" if str(library).startswith(str(source)) else str(library.parent).lstrip("/")
        (root / inside).mkdir(parents=True, exist_ok=True)
        shutil.copy2(library.resolve(), root / inside / library.name)
    (root / "tmp").mkdir()
    (root / "root").mkdir()
    (root / "etc").mkdir()
    (root / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")


def _libraries(files: Sequence[Path]) -> set[Path]:
    found: set[Path] = set()
    for file in files:
        told = subprocess.run(["ldd", file], capture_output=True, text=True, check=False).stdout
        found.update(Path(path) for path in _LIBRARY.findall(told))
    return found
