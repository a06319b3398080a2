"""A target from explicit flags, alone or over the target of a base image."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.model.target import BaseDistribution, Libc, Target
from pipfreeze_lock.target.abi import check_abi, default_abi
from pipfreeze_lock.target.base_images import known_image, newest_of_series, newest_python_of
from pipfreeze_lock.target.platforms import Platform, parse_platform
from pipfreeze_lock.target.pypy_releases import newest_pypy_of
from pipfreeze_lock.target.python_versions import is_full_version, is_series, version_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.target import Implementation
    from pipfreeze_lock.target.base_images import BaseImage

__all__ = ["target_from_flags"]

_PYPY = re.compile(r"(?:pypy|pp)-?(?P<version>\d+\.\d+\.\d+)?", re.IGNORECASE)
_PIP_VERSION = re.compile(r"\d+(?:\.\d+)+(?:(?:a|b|rc|\.dev|\.post)\d+)*")
_DISTRIBUTION = re.compile(r"(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*==\s*(?P<version>[\w.!+-]+)", re.ASCII)
_MARKER_NAMES = (
    "implementation_name",
    "implementation_version",
    "os_name",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_full_version",
    "python_version",
    "sys_platform",
)


def target_from_flags(  # noqa: PLR0913  one argument for each flag of the command line
    *,
    python_version: str | None = None,
    implementation: str | None = None,
    abi: str | None = None,
    platform: str | None = None,
    libc: str | None = None,
    pip_version: str | None = None,
    preinstalled: Sequence[str] = (),
    markers: Sequence[str] = (),
    base: Target | None = None,
    no_base: bool = False,
) -> Target:
    """Lay explicit flags over a base image's target; without one, the flags must say all that cannot be guessed.

    :param python_version: ``3.6.8``, or ``3.6`` for the newest release of it that is known.
    :param implementation: ``cpython``, ``cp``, ``pypy-7.3.17``, ``pp7.3.17``; ``pypy`` or ``pp`` for the newest PyPy of
        that Python that is known.
    :param platform: ``linux/arm64``, or a wheel's platform tag, which may say the libc too; default ``linux/amd64``.
    :param libc: ``glibc-2.24``, ``musl-1.2``.
    :param preinstalled: ``NAME==VERSION`` each, added to the base set.
    :param markers: ``NAME=VALUE`` each.
    :param no_base: The base set holds only what `preinstalled` names; the pip version still rules the tags.
    :raises UsageError: for a flag that cannot be read, for flags that contradict each other, and for what is missing,
        with how to give each.
    """
    draft = _Draft(base)
    draft.take_python(python_version)
    draft.take_implementation(implementation, python_version)
    draft.take_platform(platform)
    draft.take_libc(libc)
    draft.take_pip(pip_version, preinstalled)
    draft.require_all()
    draft.take_abi(abi)
    draft.take_base(preinstalled, no_base=no_base)
    draft.take_markers(markers)
    return draft.target()


class _Draft:
    """The parts while they are gathered: a flag overwrites what the base image says, and where it comes from."""

    def __init__(self, base: Target | None) -> None:
        self.image = base
        self.sources = dict(base.sources) if base else {}
        self.python = base.python if base else None
        self.implementation: Implementation = base.implementation if base else "cpython"
        self.implementation_version = base.implementation_version if base else None
        self.abi = base.abi if base else None
        self.platform = _platform_of(base)
        self.libc = base.libc if base else None
        self.pip = base.pip if base else None
        self.base = {one.name: one for one in base.base} if base else {}
        self.estimated = set(base.estimated) if base else set()
        self.markers = dict(base.markers) if base else {}

    def take_python(self, text: str | None) -> None:
        if text is None:
            return
        if is_full_version(text):
            python, source = text, f"`--python-version {text}`"
        elif is_series(text):
            python, source = self._release_of_series(text)
        else:
            message = f"`--python-version {text}` is not a Python version"
            raise UsageError(message, hints=["Write it as `3.6.8`, or as `3.6` for the newest release of 3.6."])
        if python != self.python:
            self.abi = None
            if self.implementation == "cpython":
                self.implementation_version = python
        self.python = python
        self.sources["python"] = source

    def _release_of_series(self, series: str) -> tuple[str, str]:
        if self.python and self.python.startswith(f"{series}."):
            return self.python, f"`--python-version {series}`, which the image's {self.python} is one of"
        newest = newest_python_of(series)
        if newest is None:
            message = f"no release of Python {series} is known"
            raise UsageError(message, hints=[f"Give all three parts, as in `--python-version {series}.0`."])
        return newest, f"`--python-version {series}`: {newest} is the newest release of it in the table of base images"

    def take_implementation(self, text: str | None, python_version: str | None) -> None:
        if text is None:
            self.sources.setdefault("implementation", "the default")
            return
        self.abi = None
        self.sources["implementation"] = f"`--implementation {text}`"
        if text.lower() in ("cpython", "cp"):
            self.implementation, self.implementation_version = "cpython", self.python
            return
        match = _PYPY.fullmatch(text)
        if match is None:
            message = f"`--implementation {text}` is not known"
            raise UsageError(message, hints=["Write `cpython` (or `cp`), or PyPy with its version: `pypy-7.3.17`."])
        self.implementation = "pypy"
        if match["version"]:
            self.implementation_version = match["version"]
        elif self.python is not None:
            self._take_newest_pypy(text, self.python, python_version)

    def _take_newest_pypy(self, text: str, python: str, python_version: str | None) -> None:
        """Take the newest PyPy of this Python, and its Python where only a series was asked for."""
        newest = newest_pypy_of(version_key(python)[:2])
        if newest is None:
            message = f"no PyPy of Python {python} is known, and its version stands in the tags of its wheels"
            raise UsageError(message, hints=["Write it as `--implementation pypy-7.3.17`."])
        newest_python, self.implementation_version = newest
        source = f"`--implementation {text}`: {self.implementation_version} is the newest PyPy of it that is known"
        self.sources["implementation"] = source
        if python_version is not None and is_series(python_version):
            self.python = newest_python
            self.sources["python"] = (
                f"`--python-version {python_version}`, as PyPy {self.implementation_version} has it"
            )

    def take_platform(self, text: str | None) -> None:
        if text is None:
            self.sources.setdefault("platform", "the default")
            return
        platform = parse_platform(text)
        source = f"`--platform {text}`"
        if platform.operating_system != self.platform.operating_system:
            self.abi = None
            self.libc = None
            self.sources.pop("libc", None)
        if platform.libc:
            self.libc = platform.libc
            self.sources["libc"] = source
        self.platform = platform
        self.sources["platform"] = source

    def take_libc(self, text: str | None) -> None:
        if text is None:
            return
        libc = Libc.parse(text)
        if self.platform.operating_system != "linux":
            message = f"`--libc {text}` says nothing about {self.platform.operating_system}, which has no choice of it"
            raise UsageError(message, hints=["Leave `--libc` out, or give a Linux platform."])
        if self.platform.libc and self.platform.libc != libc:
            message = f"`--libc {text}` contradicts {self.sources['platform']}, which means {self.platform.libc}"
            raise UsageError(message, hints=["Leave one of them out, or give the platform as `linux/amd64`."])
        self.libc = libc
        self.sources["libc"] = f"`--libc {text}`"

    def take_pip(self, text: str | None, preinstalled: Sequence[str]) -> None:
        among_preinstalled = [one.version for one in map(_distribution, preinstalled) if one.name == "pip"]
        if text is not None and not _PIP_VERSION.fullmatch(text):
            message = f"`--pip-version {text}` is not a version of pip"
            raise UsageError(message, hints=["Write it as `19.1.1`."])
        if text and among_preinstalled and among_preinstalled[-1] != text:
            message = f"`--pip-version {text}` contradicts `--preinstalled pip=={among_preinstalled[-1]}`"
            raise UsageError(message, hints=["Leave one of them out."])
        if text:
            self._set_pip(text, f"`--pip-version {text}`")
        elif among_preinstalled:
            self._set_pip(among_preinstalled[-1], f"`--preinstalled pip=={among_preinstalled[-1]}`")

    def _set_pip(self, version: str, source: str) -> None:
        self.pip = version
        self.sources["pip"] = source
        self.estimated.discard("pip")

    def require_all(self) -> None:
        """:raises UsageError: that names everything that is missing, and for each how to give it."""
        missing = {}
        if self.python is None:
            missing["the Python version"] = (
                "Give `--base-image python:3.6.8` or `--dockerfile Dockerfile`, which say the rest too, or "
                "`--python-version 3.6.8`."
            )
        if self.libc is None and self.platform.operating_system == "linux":
            missing["the C library"] = f"Give `--libc`{self._libc_of_official_images()}."
        if self.pip is None:
            missing["the pip version"] = f"Give `--pip-version`{self._pip_of_official_image()}."
        if missing:
            message = (
                f"the target is not known: {_listed(list(missing))} {'is' if len(missing) == 1 else 'are'} missing"
            )
            raise UsageError(message, hints=tuple(missing.values()))

    def _libc_of_official_images(self) -> str:
        images = [image for variant in ("", "-alpine") if (image := self._official_image(variant))]
        if not images:
            return ", as in `--libc glibc-2.36` or `--libc musl-1.2`"
        return ": " + " and ".join(f"the official image `python:{image.tag}` has `{image.libc}`" for image in images)

    def _pip_of_official_image(self) -> str:
        image = self._official_image("")
        return (
            f": the official image `python:{image.tag}` ships {image.pip}" if image else ", as in `--pip-version 24.0`"
        )

    def _official_image(self, variant: str) -> BaseImage | None:
        if self.python is None:
            return None
        series = ".".join(self.python.split(".")[:2])
        return known_image(f"{self.python}{variant}") or newest_of_series(f"{series}{variant}")

    def take_abi(self, text: str | None) -> None:
        """Comes after `require_all`: needs Python, implementation and platform."""
        release = self._python_release()
        implementation_version = self.implementation_version or self.python or ""
        usual = default_abi(release, self.implementation, implementation_version, self.platform.operating_system)
        if text is not None:
            self.abi = text.lower().replace("-", "_")
            self.sources["abi"] = f"`--abi {text}`"
            check_abi(self.abi, python_release=release, implementation=self.implementation, usual=usual)
        elif self.abi is None:
            self.abi = usual
            self.sources["abi"] = f"the usual one of {self.implementation} {self.python}"

    def _python_release(self) -> tuple[int, int]:
        return version_key(self.python or "")[:2]

    def take_base(self, preinstalled: Sequence[str], *, no_base: bool) -> None:
        added = [_distribution(text) for text in preinstalled]
        words = [f"`--preinstalled {text}`" for text in preinstalled]
        if no_base:
            self.base = {}
            words.insert(0, "`--no-base`: empty")
        else:
            pip = cast("NormalizedName", "pip")
            self.base[pip] = BaseDistribution(pip, self.pip or "")
            if self.image is None:
                words.insert(0, "pip alone, since no image is given")
            elif self.image.pip != self.pip:
                words.insert(0, f"{self.sources['base']}; pip from {self.sources['pip']}")
            else:
                words.insert(0, self.sources["base"])
        self.base |= {one.name: one for one in added}
        self.estimated -= {one.name for one in added}
        self.estimated &= {*self.base, "pip"}
        self.sources["base"] = "; ".join(words)

    def take_markers(self, texts: Sequence[str]) -> None:
        for text in texts:
            name, equals, value = text.partition("=")
            if not equals or name.strip() not in _MARKER_NAMES:
                message = f"`--marker {text}` is not a marker and its value"
                raise UsageError(message, hints=[f"Write `NAME=VALUE`, with one of {', '.join(_MARKER_NAMES)}."])
            self.markers[name.strip()] = value.strip()
            self.sources["markers"] = "`--marker`"

    def target(self) -> Target:
        if self.python is None or self.abi is None or self.pip is None:
            message = "a target was asked for before its parts were required"
            raise AssertionError(message)
        return Target(
            python=self.python,
            implementation=self.implementation,
            implementation_version=self.implementation_version or self.python,
            abi=self.abi,
            operating_system=self.platform.operating_system,
            os_version=self._os_version(),
            machine=self.platform.machine,
            libc=self.libc,
            pip=self.pip,
            base=tuple(sorted(self.base.values())),
            markers=tuple(sorted(self.markers.items())),
            sources=tuple(self.sources.items()),
            estimated=tuple(sorted(self.estimated)),
        )

    def _os_version(self) -> str:
        """macOS: as the wheel tag says it; else the oldest that python.org's installer of this Python runs on."""
        if self.platform.operating_system != "macos" or self.platform.os_version:
            return self.platform.os_version
        release = self._python_release()
        oldest = "11.0" if self.platform.machine == "arm64" else "10.9" if release < (3, 13) else "10.13"
        self.sources["platform"] += (
            f": macOS {oldest}, the oldest for it; a wheel tag, `macosx_14_0_arm64`, says another"
        )
        return oldest


def _platform_of(base: Target | None) -> Platform:
    if base is None:
        return Platform(operating_system="linux", machine="x86_64")
    return Platform(operating_system=base.operating_system, machine=base.machine, os_version=base.os_version)


def _distribution(text: str) -> BaseDistribution:
    match = _DISTRIBUTION.fullmatch(text.strip())
    if match is None:
        message = f"`--preinstalled {text}` is not a name and a version"
        raise UsageError(message, hints=["Write it as `setuptools==41.0.1`."])
    if not _is_version(match["version"]):
        message = f"`--preinstalled {text}`: `{match['version']}` is no version by PEP 440"
        raise UsageError(message, hints=["Leave it out, unless a requirement leads to it."])
    name = re.sub(r"[-_.]+", "-", match["name"]).lower()  # PEP 503
    return BaseDistribution(cast("NormalizedName", name), match["version"])


def _is_version(text: str) -> bool:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  few commands are given distributions

    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
