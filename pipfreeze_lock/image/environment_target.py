"""The target that an environment of an image is: what its own pip is, and what it would count as installed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import ImageError, UsageError
from pipfreeze_lock.model.target import BaseDistribution
from pipfreeze_lock.target.from_flags import target_from_flags

if TYPE_CHECKING:
    from pipfreeze_lock.image.environments import Environment
    from pipfreeze_lock.image.interface import ImageConfig
    from pipfreeze_lock.model.installed import InstalledDistribution, InstalledSet
    from pipfreeze_lock.model.target import Target

__all__ = ["first_of_each_name", "target_of_environment"]

_FREE_THREADED = re.compile(r"/python3\.\d+t/")
"""Of ``lib/python3.13t/site-packages``."""


def target_of_environment(environment: Environment, installed: InstalledSet, config: ImageConfig) -> Target:
    """Give the target; its base set is all that is installed, the first of each name on ``sys.path``.

    :raises ImageError: where there is no pip in the environment, or nothing tells its C library.
    """
    first = first_of_each_name(installed)
    pip = next((one for one in first if one.name == "pip"), None)
    if pip is None or not pip.version:
        message = f"there is no pip in `{environment.prefix}`, so that nothing could be installed there by it"
        raise ImageError(message, context=installed.subject, hints=["Choose another one by `--environment`."])
    if installed.libc is None and config.operating_system == "linux":
        message = "nothing tells which C library is in it, and so which wheels its pip takes"
        hints = ["It needs glibc's `libc.so.6`, or musl's `ld-musl-….so.1`, in `/lib` or `/usr/lib`."]
        raise ImageError(message, context=installed.subject, hints=hints)
    release = environment.python.split(".")
    is_free_threaded = any(map(_FREE_THREADED.search, environment.search_path))
    variant = f"/{config.variant}" if config.variant else ""
    try:
        found = target_from_flags(
            python_version=environment.python,
            implementation="pypy" if environment.implementation == "pypy" else "cpython",
            abi=f"cp{release[0]}{release[1]}t" if is_free_threaded else None,
            platform=f"{config.operating_system}/{config.architecture}{variant}",
            libc=installed.libc,
            pip_version=pip.version,
            no_base=True,
        )
    except UsageError as error:
        raise ImageError(error.message, context=installed.subject, hints=error.hints) from None
    sources = dict.fromkeys(("python", "implementation", "abi", "platform", "libc", "pip", "base"), installed.subject)
    sources["python"] = f"{environment.version_source} in {installed.subject}"
    base = tuple(sorted(BaseDistribution(one.name, one.version) for one in first if one.version))
    return replace(found, base=base, sources=tuple(sources.items()))


def first_of_each_name(installed: InstalledSet) -> list[InstalledDistribution]:
    """Give the distributions that an import, and pip, would find."""
    return [one for one in installed.distributions if not one.is_shadowed]
