"""pip-tools for tests: its wheels, on the index as the public one has them, and environments that outlast a run."""

from __future__ import annotations

import email.parser
import functools
import platform
import sys
import zipfile
from typing import TYPE_CHECKING

from packaging.utils import parse_wheel_filename

from support import needs
from support.distribution import Artifact

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["HERE", "MACHINE", "PLATFORM", "SERIES", "keep_environments", "tool_wheels"]

SERIES = f"{sys.version_info[0]}.{sys.version_info[1]}"
"""Of the running Python, which is always to be had."""
MACHINE = platform.machine()
PLATFORM = f"linux/{ {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(MACHINE, MACHINE) }"
HERE = (
    *("--python-version", platform.python_version(), "--pip-version", "25.3"),
    *("--platform", PLATFORM, "--libc", "glibc-2.36"),
)
"""A target on the running Python."""
_TOOLS = {
    # What pip-tools needs on 3.6 alone is named, since pip reads the markers of the Python that runs it.
    "3.6": (
        *("pip-tools==6.4.0", "pip==21.3.1", "setuptools==59.6.0", "wheel==0.37.1"),
        *("importlib-metadata==4.8.3", "zipp==3.6.0", "typing-extensions==4.1.1", "tomli==1.2.3"),
    ),
    SERIES: ("pip-tools==7.6.2", "pip==25.3", "setuptools==80.9.0", "wheel==0.45.1"),
}


@functools.cache
def tool_wheels(python: str = SERIES) -> tuple[Artifact, ...]:
    """Give the wheels of a pip-tools, of a pip and of what they need, as an index lists them."""
    return tuple(_artifact(path) for path in needs.wheels(*_TOOLS[python], python=python))


def keep_environments(cache: Path) -> None:
    """Have the environments under a cache folder be those of all test runs: each takes some seconds to make.

    They are named by interpreter, pip and pip-tools, so that no run gets what is not its own.
    """
    folder = needs.test_cache() / "pip-tools-environments"
    folder.mkdir(exist_ok=True)
    (cache / "pip-tools").mkdir(parents=True)
    (cache / "pip-tools" / "environments").symlink_to(folder, target_is_directory=True)


def _artifact(path: Path) -> Artifact:
    name, version, _, _ = parse_wheel_filename(path.name)
    with zipfile.ZipFile(path) as wheel:
        metadata = next(
            wheel.read(one) for one in wheel.namelist() if one.count("/") == 1 and one.endswith("/METADATA")
        )
    requires_python = email.parser.BytesParser().parsebytes(metadata)["Requires-Python"]
    listed = {"metadata": metadata, "requires_python": requires_python}
    return Artifact.of(name, str(version), path.name, path.read_bytes(), **listed)
