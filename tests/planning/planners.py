"""Our planner, wired as the command line wires it, for what a venv has."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.lock_options import LockOptions
from pipfreeze_lock.cli.progress import Progress
from pipfreeze_lock.cli.rendering import Talk
from pipfreeze_lock.cli.targeting import TargetOptions
from pipfreeze_lock.cli.wiring import Wiring, read_inputs
from pipfreeze_lock.memo import Memo
from pipfreeze_lock.metadata.installed import installed_metadata
from pipfreeze_lock.model.installed import InstalledDistribution
from pipfreeze_lock.resolve.planning.interface import InstalledState, PlanRequest
from pipfreeze_lock.target.from_flags import target_from_flags
from pipfreeze_lock.target.pip_capabilities import capabilities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName
    from support.pip_sites import PipSite

    from pipfreeze_lock.model.plan import Plan
    from pipfreeze_lock.model.target import Target

__all__ = ["plan_of"]

_FLAGS = ("--upgrade", "--force-reinstall", "--no-deps", "--require-hashes")


def plan_of(words: list[str], site: PipSite) -> Plan:
    """Plan a ``pip install`` in a venv, as it is now.

    :param words: Of its command line; files are looked for in the present folder.
    :raises PipfreezeLockError: as `Planner.plan` does.
    """
    installed = _installed(site)
    target = _target(site, installed)
    given = _given(words)
    known = capabilities(target.pip)
    requirements = read_inputs(given, Memo([]), legacy_specifiers=known.legacy_specifiers)
    progress = Progress(Talk(quiet=2))
    wiring = Wiring.of(given, requirements, target, None, progress)
    try:
        strategy = words[words.index("--upgrade-strategy") + 1] if "--upgrade-strategy" in words else None
        flags = {flag.removeprefix("--").replace("-", "_"): flag in words for flag in _FLAGS}
        request = PlanRequest(
            requirements=requirements,
            target=target,
            installed=installed,
            upgrade_strategy=strategy,  # type: ignore[arg-type]  # as a scenario writes it
            **flags,
        )
        return wiring.planner(progress).plan(request)
    finally:
        progress.stop()
        wiring.close()


def _given(words: list[str]) -> LockOptions:
    return LockOptions(
        inputs=(words[words.index("-r") + 1],),
        constraints=(words[words.index("-c") + 1],) if "-c" in words else (),
        index_url=words[words.index("--index-url") + 1],
        pre="--pre" in words,
        target=TargetOptions(),
        no_cache=True,
        timeout=15.0,
        retries=0,
    )


def _installed(site: PipSite) -> Mapping[NormalizedName, InstalledState]:
    states = {}
    for name, one in site.installed().items():
        path = f"{site.site_packages}/{one.folder}"
        distribution = InstalledDistribution(name=name, version=one.version, path=path)
        metadata = installed_metadata(distribution, _read)
        states[name] = InstalledState(distribution=distribution, metadata=metadata)
    return states


def _read(path: str) -> bytes | None:
    file = Path(path)
    return file.read_bytes() if file.is_file() else None


def _target(site: PipSite, installed: Mapping[NormalizedName, InstalledState]) -> Target:
    return target_from_flags(
        python_version=site.python,
        pip_version=site.pip.version,
        libc="-".join(platform.libc_ver()),
        preinstalled=[f"{name}=={one.distribution.version}" for name, one in installed.items() if name != "pip"],
    )
