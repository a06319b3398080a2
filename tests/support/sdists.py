"""Sdists in the shapes that are met in the wild, each installable."""

from __future__ import annotations

import bz2
import gzip
import io
import random
import tarfile
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from support.distribution import Artifact, core_metadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.distribution import Distribution

__all__ = ["SdistStyle", "build_sdist"]

SdistStyle = Literal["setuptools", "setup.cfg", "dynamic", "pyproject", "backend", "pkg-info", "bare"]
"""Where the dependencies stand.

setuptools
    ``setup.py`` with literal arguments, ``egg-info/requires.txt``, a PKG-INFO without Requires-Dist.
setup.cfg
    declared in ``setup.cfg``; ``setup.py`` only calls ``setup()``.
dynamic
    computed by ``setup.py`` from ``sys.version_info``: no requirements below Python 3.0. The egg-info says what a
    run on Python 3 gives.
pyproject
    ``[project]`` of ``pyproject.toml`` (PEP 621), built by setuptools.
backend
    known to a build backend inside the sdist alone (``backend-path``, pip >= 20.0); nothing is needed to build it.
pkg-info
    PKG-INFO of Metadata-Version 2.2 (PEP 643), nothing dynamic; the same backend builds it.
bare
    ``setup.py`` without PKG-INFO or egg-info, as GitHub's archives are.
"""


def build_sdist(
    distribution: Distribution,
    *,
    style: SdistStyle = "setuptools",
    suffix: str = ".tar.gz",
    filename: str | None = None,
    setup_py: str | None = None,
    pyproject: str | None = None,
    **listed: object,
) -> Artifact:
    """Build an sdist.

    :param suffix: ``.tar.gz``, ``.tar.bz2``, ``.tar`` or ``.zip``.
    :param filename: Instead of ``NAME-VERSION.SUFFIX``.
    :param setup_py: Its text, instead of the style's.
    :param pyproject: Text of ``pyproject.toml``, instead of the style's.
    :param listed: What the index says of it: fields of `Artifact`.
    """
    folder = f"{distribution.name}-{distribution.version}"
    contents = _STYLES[style](distribution)
    contents[f"{distribution.module}.py"] = f"version = {distribution.version!r}\n"
    if setup_py is not None:
        contents["setup.py"] = setup_py
    if pyproject is not None:
        contents["pyproject.toml"] = pyproject
    contents.update(distribution.inside)
    encoded = {f"{folder}/{path}": text.encode() for path, text in sorted(contents.items())}
    if distribution.padding:
        encoded[f"{folder}/data.bin"] = random.Random(distribution.padding).randbytes(distribution.padding)
    return Artifact.of(
        distribution.name, distribution.version, filename or folder + suffix, _archive(encoded, suffix), **listed
    )


def _setuptools(distribution: Distribution) -> dict[str, str]:
    return {"setup.py": _setup_py(distribution), "setup.cfg": _EGG_INFO_CFG} | _egg_info(distribution)


def _setup_cfg(distribution: Distribution) -> dict[str, str]:
    lines = ["[metadata]", f"name = {distribution.name}", f"version = {distribution.version}", "", "[options]"]
    lines += [f"py_modules = {distribution.module}"]
    if distribution.requires_python is not None:
        lines += [f"python_requires = {distribution.requires_python}"]
    lines += ["install_requires =", *(f"    {line}" for line in distribution.requires)]
    if distribution.extras:
        lines += ["", "[options.extras_require]"]
        for extra, requirements in distribution.extras.items():
            lines += [f"{extra} =", *(f"    {line}" for line in requirements)]
    text = "\n".join([*lines, "", _EGG_INFO_CFG])
    return {"setup.py": _BARE_SETUP_PY, "setup.cfg": text} | _egg_info(distribution)


def _dynamic(distribution: Distribution) -> dict[str, str]:
    text = _setup_py(distribution, requires="requires")
    condition = f"import sys\nrequires = {list(distribution.requires)!r} if sys.version_info >= (3, 0) else []\n"
    return {"setup.py": condition + text, "setup.cfg": _EGG_INFO_CFG} | _egg_info(distribution)


def _pyproject(distribution: Distribution) -> dict[str, str]:
    lines = ["[build-system]", 'requires = ["setuptools>=61"]', 'build-backend = "setuptools.build_meta"', ""]
    lines += ["[project]", f'name = "{distribution.name}"', f'version = "{distribution.version}"']
    if distribution.requires_python is not None:
        lines += [f"requires-python = {_toml(distribution.requires_python)}"]
    lines += [f"dependencies = [{', '.join(map(_toml, distribution.requires))}]"]
    if distribution.extras:
        lines += ["", "[project.optional-dependencies]"]
        lines += [f"{_toml(extra)} = [{', '.join(map(_toml, more))}]" for extra, more in distribution.extras.items()]
    lines += ["", "[tool.setuptools]", f'py-modules = ["{distribution.module}"]', ""]
    return {"pyproject.toml": "\n".join(lines), "PKG-INFO": core_metadata(distribution, with_requirements=False)}


def _backend(distribution: Distribution) -> dict[str, str]:
    return {
        "pyproject.toml": _BACKEND_PYPROJECT,
        "backend.py": _BACKEND.format(
            name=distribution.name,
            version=distribution.version,
            module=distribution.module,
            metadata=core_metadata(distribution),
        ),
        "PKG-INFO": core_metadata(distribution, with_requirements=False),
    }


def _pkg_info(distribution: Distribution) -> dict[str, str]:
    at_least = distribution if distribution.metadata_version > "2.1" else replace(distribution, metadata_version="2.2")
    return _backend(at_least) | {"PKG-INFO": core_metadata(at_least)}


def _bare(distribution: Distribution) -> dict[str, str]:
    return {"setup.py": _setup_py(distribution)}


_STYLES = {
    "setuptools": _setuptools,
    "setup.cfg": _setup_cfg,
    "dynamic": _dynamic,
    "pyproject": _pyproject,
    "backend": _backend,
    "pkg-info": _pkg_info,
    "bare": _bare,
}

_EGG_INFO_CFG = "[egg_info]\ntag_build = \ntag_date = 0\n"
_BARE_SETUP_PY = "from setuptools import setup\n\nsetup()\n"


def _setup_py(distribution: Distribution, *, requires: str | None = None) -> str:
    lines = [
        "from setuptools import setup",
        "",
        "setup(",
        f"    name={distribution.name!r},",
        f"    version={distribution.version!r},",
        f"    py_modules=[{distribution.module!r}],",
        f"    install_requires={requires or repr(list(distribution.requires))},",
    ]
    if distribution.extras:
        extras = {extra: list(requirements) for extra, requirements in distribution.extras.items()}
        lines += [f"    extras_require={extras!r},"]
    if distribution.requires_python is not None:
        lines += [f"    python_requires={distribution.requires_python!r},"]
    return "\n".join([*lines, ")", ""])


def _egg_info(distribution: Distribution) -> dict[str, str]:
    folder = f"{distribution.module}.egg-info"
    pkg_info = core_metadata(distribution, with_requirements=False)
    return {
        "PKG-INFO": pkg_info,
        f"{folder}/PKG-INFO": pkg_info,
        f"{folder}/requires.txt": _requires_txt(distribution),
        f"{folder}/top_level.txt": f"{distribution.module}\n",
        f"{folder}/dependency_links.txt": "\n",
        f"{folder}/SOURCES.txt": "",
    }


def _requires_txt(distribution: Distribution) -> str:
    """Write the sections of setuptools' ``requires.txt``: ``[extra:marker]``."""
    sections: dict[str, list[str]] = {"": []}
    for extra, requirements in (("", distribution.requires), *distribution.extras.items()):
        for requirement in requirements:
            head, _, marker = (part.strip() for part in requirement.partition(";"))
            sections.setdefault(f"{extra}:{marker}" if marker else extra, []).append(head)
    lines = sections.pop("")
    for section, members in sections.items():
        lines += ["", f"[{section}]", *members]
    return "\n".join([*lines, ""])


def _toml(text: str) -> str:
    return "'" + text + "'" if "'" not in text else '"' + text.replace('"', '\\"') + '"'


_BACKEND_PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'

_BACKEND = '''\
import io
import os
import zipfile

STEM = "{name}-{version}".replace("-", "_", "{name}".count("-"))
METADATA = """{metadata}"""
WHEEL = "Wheel-Version: 1.0\\nGenerator: backend\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"


def get_requires_for_build_wheel(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = os.path.join(metadata_directory, STEM + ".dist-info")
    os.mkdir(folder)
    for name, text in (("METADATA", METADATA), ("WHEEL", WHEEL)):
        with io.open(os.path.join(folder, name), "w", encoding="utf-8") as stream:
            stream.write(text)
    return STEM + ".dist-info"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    filename = STEM + "-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, filename), "w") as archive:
        with io.open("{module}.py", encoding="utf-8") as stream:  # its time stamp is older than zip knows
            archive.writestr("{module}.py", stream.read())
        archive.writestr(STEM + ".dist-info/METADATA", METADATA)
        archive.writestr(STEM + ".dist-info/WHEEL", WHEEL)
        archive.writestr(STEM + ".dist-info/RECORD", "")
    return filename
'''


def _archive(contents: dict[str, bytes], suffix: str) -> bytes:
    if suffix == ".zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in contents.items():
                entry = zipfile.ZipInfo(path)
                entry.external_attr = 0o100644 << 16
                archive.writestr(entry, content)
        return buffer.getvalue()
    return _COMPRESSIONS[suffix](_tar(contents))


def _tar(contents: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, content in contents.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            entry.mode = 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


_COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    ".tar.gz": lambda raw: gzip.compress(raw, 1, mtime=0),
    ".tgz": lambda raw: gzip.compress(raw, 1, mtime=0),
    ".tar.bz2": lambda raw: bz2.compress(raw, 1),
    ".tar": lambda raw: raw,
}
