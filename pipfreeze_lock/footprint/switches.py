"""Whether pip compiles and keeps a cache, by how it is called and by what the image sets.

As pip has it: the command line, then ``PIP_…``, then configuration files (``_internal/cli/parser.py``,
``_internal/configuration.py``). Two things surprise: ``PIP_NO_COMPILE=1`` leaves compiling on, since the value of a
switch is taken for that of the setting behind it (``compile``), and ``PIP_NO_CACHE_DIR=0`` switches the cache off.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.footprint.interface import PipCache
from pipfreeze_lock.footprint.pip_calls import last_install
from pipfreeze_lock.footprint.pip_rules import install_rules
from pipfreeze_lock.footprint.pip_settings import pip_settings
from pipfreeze_lock.image.search_path import home_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipfreeze_lock.footprint.pip_calls import PipCall
    from pipfreeze_lock.footprint.pip_settings import Setting
    from pipfreeze_lock.image.interface import ImageConfig
    from pipfreeze_lock.image.layers import FileTree

__all__ = ["PipSwitches", "pip_switches"]

_TRUE = frozenset({"y", "yes", "t", "true", "on", "1"})
_FALSE = frozenset({"n", "no", "f", "false", "off", "0"})
_ROOT = frozenset({"", "0", "root"})
_HOME_OF_ROOT = "/root"


@dataclass(frozen=True, kw_only=True, slots=True)
class PipSwitches:
    """What is on, and why."""

    is_compiled: bool
    compile_reason: str
    """A clause: ``pip compiles what it installs``, `` `--no-compile` is given``."""
    cache: PipCache | None
    cache_reason: str
    """A clause: `` `--no-cache-dir` is given``, ``pip keeps what it fetches in `/home/app/.cache/pip` ``."""
    is_bytecode_written: bool
    """Whether what pip itself imports leaves ``.pyc``."""


def pip_switches(
    config: ImageConfig,
    tree: FileTree | None,
    *,
    pip: str,
    prefix: str = "/usr/local",
    instructions: Sequence[str] = (),
    words: Sequence[str] = (),
) -> PipSwitches:
    """Tell by the command line, then by the environment of the image, then by its configuration files.

    :param tree: Read with `image.interest.with_growth`; None where it is not known.
    :param pip: Its version.
    :param prefix: Of the environment: ``sys.prefix``.
    :param instructions: Of the image's history or of a Dockerfile: the last one that runs ``pip install`` counts.
    :param words: Further ones of the ``pip install`` that is meant: ``--no-cache-dir``, ``--no-compile``.
    :raises UsageError: when `pip` is no version.
    """
    call = last_install(instructions, words)
    environment = {**config.environment, **call.environment}
    home = home_folder(tree, config)
    caller = _Caller(
        call=call,
        environment=environment,
        settings=pip_settings(environment, tree, home=home, prefix=prefix),
        config=config,
        home=home,
    )
    is_compiled, compile_reason = caller.compiling()
    why_not = caller.without_cache(pip)
    cache = None if why_not else caller.cache()
    return PipSwitches(
        is_compiled=is_compiled,
        compile_reason=compile_reason,
        cache=cache,
        cache_reason=f"pip keeps what it fetches in `{cache.folder}`" if cache else why_not,
        is_bytecode_written=not environment.get("PYTHONDONTWRITEBYTECODE"),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Caller:
    """All that decides."""

    call: PipCall
    environment: Mapping[str, str]
    settings: Mapping[str, Setting]
    config: ImageConfig
    home: str

    def compiling(self) -> tuple[bool, str]:
        given = [word for word in self.call.options if word in ("--compile", "--no-compile")]
        if given:
            return given[-1] == "--compile", f"`{given[-1]}` is given"
        for name in ("no-compile", "compile"):
            setting = self.settings.get(name)
            if setting is not None and setting.value.lower() in _TRUE | _FALSE:
                is_on = setting.value.lower() in _TRUE
                surprise = ", which pip reads as the value of `compile`" if name == "no-compile" else ""
                return is_on, f"{setting.place} sets `{name}` to `{setting.value}`{surprise}"
        return True, "pip compiles what it installs"

    def without_cache(self, pip: str) -> str:
        """Say why the layer has no cache; empty where it has one."""
        if "--no-cache-dir" in self.call.options:
            return "`--no-cache-dir` is given"
        if self.call.cache_fate:
            return self.call.cache_fate
        off = self.settings.get("no-cache-dir")
        if off is not None:
            fails = install_rules(pip).cache_flag_is_switch and off.value.lower() in _TRUE
            return f"{off.place} sets `no-cache-dir`{f', on which pip {pip} fails' if fails else ''}"
        folder = self._folder()
        if self.config.user.partition(":")[0] not in _ROOT and f"{folder}/".startswith(f"{_HOME_OF_ROOT}/"):
            return f"`{folder}` is not the user's own, so that pip switches its cache off"
        return ""

    def cache(self) -> PipCache:
        hosts = [*self.call.values_of("--trusted-host"), *self._setting("trusted-host").split()]
        return PipCache(
            folder=self._folder(),
            is_version_checked=not self._is_on("disable-pip-version-check"),
            is_hash_mode=self._is_on("require-hashes"),
            trusted_hosts=frozenset(hosts),
        )

    def _folder(self) -> str:
        caches = self.environment.get("XDG_CACHE_HOME") or posixpath.join(self.home or "/", ".cache")
        chosen = self.call.value_of("--cache-dir") or self._setting("cache-dir") or posixpath.join(caches, "pip")
        return posixpath.normpath(posixpath.join(self.config.working_directory or "/", chosen))

    def _is_on(self, name: str) -> bool:
        return f"--{name}" in self.call.options or self._setting(name).lower() in _TRUE

    def _setting(self, name: str) -> str:
        return self.settings[name].value if name in self.settings else ""
