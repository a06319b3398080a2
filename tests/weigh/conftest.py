"""An empty folder to work in, and a real image with something of everything."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from support import needs
from support.command_line import enter_workplace
from support.distribution import Distribution
from support.good_image import SITE, good_image
from support.real_images import RealImages
from support.sdists import build_sdist
from support.wheels import build_wheel

if TYPE_CHECKING:
    from pathlib import Path

BUILT = Distribution(name="built", version="1.0", inside={"built_data.txt": "x" * 1000})
CLICK = Distribution(
    name="click", version="9.0", inside={"click/__init__.py": "#" * 2000, "click/tests/test_click.py": "#" * 3000}
)
IN_VENV = Distribution(name="in-venv", version="1.0", padding=5000)

_PIP = ("-m", "pip", "install", "--no-index", "--no-deps", "--find-links", "/wheels")
_STEPS: tuple[tuple[tuple[str, ...], ...], ...] = (
    ((*_PIP, "built"),),
    ((*_PIP, "--upgrade", "click"),),
    (
        ("-m", "venv", "--without-pip", "/opt/venv"),
        (*_PIP, "--ignore-installed", "--prefix", "/opt/venv", "in-venv"),
        ("-c", "import os, shutil; shutil.rmtree(os.path.expanduser('~/.cache'))"),
    ),
    (("-c", f"import os; os.chmod('/{SITE}/requests/api.py', 0o600)"),),
)
"""What Python runs for each layer."""


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    return enter_workplace(tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def real_image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A docker archive of an image that a real pip made.

    On a base and a layer of seven wheels: a layer of an sdist, which leaves pip's cache; one in which pip upgrades
    click; one with a virtual environment in which the cache is deleted; one in which a file only changes its mode.
    """
    start = good_image(tmp_path_factory.mktemp).archive
    words = repr((start, _STEPS, BUILT, CLICK, IN_VENV, "1"))
    kept = needs.test_cache() / f"weighed-image-{hashlib.sha256(words.encode()).hexdigest()[:16]}.tar"
    if not kept.is_file():
        made = _make(tmp_path_factory.mktemp("weighed"), start)
        unfinished = kept.with_name(f"{kept.name}.{os.getpid()}")
        shutil.copy(made, unfinished)
        unfinished.rename(kept)
    return kept


def _make(folder: Path, start: Path | str) -> Path:
    images = RealImages(folder / "containers")
    wheels = folder / "wheels"
    wheels.mkdir()
    for artifact in (build_sdist(BUILT), build_wheel(CLICK), build_wheel(IN_VENV)):
        (wheels / artifact.filename).write_bytes(artifact.content)
    for number, commands in enumerate(_STEPS):
        with images.container(start) as made:
            for command in commands:
                made.python(*command, mounts={wheels: "/wheels"})
            made.buildah("config", "--created-by", f"/bin/sh -c step {number}", made.name)
            start = f"localhost/step{number}"
            made.save(start)
    images.run("buildah", "push", "--quiet", start, f"docker-archive:{folder / 'image.tar'}:example.com/weighed:1")
    return folder / "image.tar"
