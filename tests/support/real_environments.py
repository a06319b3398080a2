"""Real environments: made by real interpreters, asked by them, and read from their files at their own paths."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.image.interest import environment_interest
from pipfreeze_lock.image.interface import ImageConfig, ImageReporter, LayerContents, ScannedLayer
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.image.rootfs import read_folder
from pipfreeze_lock.model.image import LayerInfo
from support import needs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["VERSIONS", "asked_search_path", "clean", "interpreters", "make_venv", "make_virtualenv", "tree_of"]

VERSIONS = ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")

_ASK = """
import json, os, sys
found = []
for folder in sys.path[1:]:
    real = os.path.realpath(folder)
    is_library = os.path.isfile(os.path.join(real, "os.py")) or os.path.basename(real) == "lib-dynload"
    is_part = os.path.basename(real).startswith(("plat-", "lib-"))
    if os.path.exists(real) and not is_library and not is_part and real not in found:
        found.append(real)
print(json.dumps(found))
"""


def clean(home: Path, **variables: str) -> dict[str, str]:
    """Give an environment with nothing of this machine's configuration in it."""
    kept = {key: os.environ[key] for key in ("PATH", "PIP_CERT", "SSL_CERT_FILE") if key in os.environ}
    return kept | {"HOME": str(home), "PIP_CONFIG_FILE": os.devnull, "LC_ALL": "C.UTF-8"} | variables


def make_venv(interpreter: Path, folder: Path, *options: str) -> Path:
    """Make one without pip; give its interpreter."""
    command = [interpreter, "-m", "venv", "--without-pip", *options, folder]
    subprocess.run(command, check=True, capture_output=True, env=clean(folder.parent))
    return folder / "bin" / "python"


def make_virtualenv(interpreter: Path, folder: Path, release: str, *options: str) -> Path:
    """Make one by a virtualenv of before 20, which runs under the interpreter that it is made for."""
    wheel = needs.wheel_file("virtualenv", release)
    unpacked = needs.test_cache() / f"virtualenv-{release}"
    if not unpacked.is_dir():
        import shutil  # noqa: PLC0415  once a machine

        shutil.unpack_archive(wheel, unpacked, "zip")
    bare = ["--no-download", "--no-pip", "--no-setuptools", "--no-wheel"]
    command = [interpreter, unpacked / "virtualenv.py", *bare, *options, folder]
    subprocess.run(command, check=True, capture_output=True, env=clean(folder.parent))
    return folder / "bin" / "python"


def asked_search_path(interpreter: Path, environment: Mapping[str, str], folder: Path) -> list[str]:
    """Ask an interpreter for its ``sys.path``, as far as it may have distributions, links resolved, each once."""
    ran = subprocess.run(
        [interpreter, "-c", _ASK], check=True, capture_output=True, text=True, env=dict(environment), cwd=folder
    )
    return json.loads(ran.stdout)


def tree_of(*folders: Path) -> FileTree:
    """Read folders at their own paths, with the prefixes of the interpreters of this machine that links lead to."""
    layers = [_contents(str(folder)) for folder in (*interpreters(), *folders)]
    info = LayerInfo(index=0, digest=None, diff_id=None, instruction=None)
    return FileTree(ScannedLayer(info=info, contents=one) for one in layers)


@functools.cache
def interpreters() -> tuple[Path, ...]:
    """Give the prefixes of those that are there."""
    found = (needs.find_interpreter(version) for version in VERSIONS)
    return tuple(dict.fromkeys(one.parents[1] for one in found if one is not None and "versions" in one.parts))


def _contents(folder: str) -> LayerContents:
    is_interpreter = Path(folder) in interpreters()
    return _kept(folder) if is_interpreter else read_folder(folder, folder.strip("/"), environment_interest, REPORTER)


@functools.cache
def _kept(folder: str) -> LayerContents:
    return read_folder(folder, folder.strip("/"), environment_interest, REPORTER)


REPORTER = ImageReporter()
CONFIG = ImageConfig()
