"""The growth of a layer: what is written, what is taken away, what is kept in pip's cache."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pipfreeze_lock.footprint.compiled_sizes import CompileJob, compiled_files
from pipfreeze_lock.footprint.first_run import first_run
from pipfreeze_lock.footprint.installing import read_wheel
from pipfreeze_lock.footprint.layer_state import LayerState, ancestors
from pipfreeze_lock.footprint.layer_tar import END_OF_ARCHIVE, entry_size
from pipfreeze_lock.footprint.pip_cache import cached_files
from pipfreeze_lock.footprint.pip_rules import install_rules
from pipfreeze_lock.footprint.removals import uninstall
from pipfreeze_lock.index.cache import Cache
from pipfreeze_lock.model.layer_growth import DistributionGrowth, LayerGrowth

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from pipfreeze_lock.footprint.first_run import FirstRun
    from pipfreeze_lock.footprint.installing import WheelToInstall, Written
    from pipfreeze_lock.footprint.interface import Compiler, GrowthRequest, WheelFiles
    from pipfreeze_lock.footprint.pip_rules import InstallRules
    from pipfreeze_lock.model.plan import Action

__all__ = ["growth", "layer_entries"]

_WORKERS = 16
_CACHE = "pip's cache"
_INTERPRETER = "the interpreter"
_TEMPORARY = "tmp"
"""pip makes folders in it and takes them away again, so that it counts as changed."""


def growth(
    request: GrowthRequest, *, wheels: WheelFiles, compiler: Compiler | None, cache: Cache | None = None
) -> LayerGrowth:
    """Give by how many bytes the layer of a ``RUN pip install`` that carries out a plan grows.

    :param compiler: None where there is no such Python here: sizes of ``.pyc`` are estimated then.
    :param cache: That keeps sizes of ``.pyc`` for later runs.
    :raises MetadataError: when pip could not install a wheel of the plan.
    :raises NetworkError: when one cannot be read.
    """
    return _Layer(request).grown(wheels, compiler, cache or Cache(None))


def layer_entries(
    request: GrowthRequest, *, wheels: WheelFiles, compiler: Compiler | None, cache: Cache | None = None
) -> dict[str, int]:
    """Give the entries of that layer: by path from the root, of a folder with ``/`` at its end, their content's size.

    Raises what `growth` raises.
    """
    layer = _Layer(request)
    layer.grown(wheels, compiler, cache or Cache(None))
    return layer.entries()


class _Layer:
    """One layer being made."""

    def __init__(self, request: GrowthRequest) -> None:
        places = request.places
        self._request = request
        self._rules: InstallRules = install_rules(request.target.pip)
        there = (places.purelib, places.platlib, places.scripts, places.headers, places.data)
        self._state = LayerState(request.tree, (*(one.lstrip("/") for one in there), _TEMPORARY))
        self._state.touched.add(_TEMPORARY)
        self._owners: dict[str, str] = {}
        """Of the folders that are new: the name of a distribution, or one of those that no distribution has."""

    def grown(self, wheels: WheelFiles, compiler: Compiler | None, cache: Cache) -> LayerGrowth:
        """Carry the plan out."""
        actions = [one for one in self._request.plan.actions if one.kind != "keep"]
        with ThreadPoolExecutor(_WORKERS, "wheels") as workers:
            read = list(
                workers.map(
                    lambda one: read_wheel(one, self._request, self._rules, wheels),
                    [one for one in actions if not one.is_compiled],
                )
            )
        written = self._written(read, wheels, compiler, cache)
        first = first_run(self._request, compiler)
        self._write(first.files, _INTERPRETER)
        for action in actions:
            self._carry_out(action, written.get(action.name))
        kept = cached_files(self._request, self._rules, wheels)
        self._write(kept, _CACHE)
        return self._summed_up(actions, written, kept, first)

    def entries(self) -> dict[str, int]:
        """Give all entries of the tar."""
        folders = dict.fromkeys((f"{one}/" for one in self._state.folders()), 0)
        return {**folders, **dict.fromkeys(self._state.whiteouts(), 0), **self._state.written}

    def _written(
        self, read: list[WheelToInstall], wheels: WheelFiles, compiler: Compiler | None, cache: Cache
    ) -> dict[NormalizedName, Written]:
        jobs = [CompileJob(one.page, one.file, one.sources) for one in read]
        python = self._request.target.python_release
        compiled = compiled_files(jobs, wheels=wheels, compiler=compiler, cache=cache, python=python)
        pairs = zip(read, compiled, strict=True)
        return {one.action.name: one.written(files, self._request, self._rules) for one, files in pairs}

    def _carry_out(self, action: Action, written: Written | None) -> None:
        """Uninstall what is there, then install."""
        if action.old is not None:
            uninstall(action.old, self._state, self._request, self._rules)
        if written is not None:
            self._write({**written.files, **written.compiled}, action.name)

    def _write(self, files: Mapping[str, int], owner: str) -> None:
        for path, size in files.items():
            inside = path.lstrip("/")
            for folder in ancestors(inside):
                if folder in self._owners or self._state.is_folder(folder):
                    break
                self._owners[folder] = owner
            self._state.write(inside, size)

    def _summed_up(
        self,
        actions: Iterable[Action],
        written: Mapping[NormalizedName, Written],
        kept: Mapping[str, int],
        first: FirstRun,
    ) -> LayerGrowth:
        entries = self.entries()
        sizes = {path: entry_size(path, size, self._request.writer) for path, size in entries.items()}
        marks = self._state.whiteouts()
        new = {f"{one}/" for one in self._owners}
        old_folders = [one for one in entries if one.endswith("/") and one not in new]
        distributions = tuple(self._of_distribution(name, one, sizes) for name, one in sorted(written.items()))
        return LayerGrowth(
            distributions=distributions,
            unknown=tuple(sorted(one.name for one in actions if one.is_compiled)),
            removed=self._state.hidden_size(),
            removals_tar=sum(sizes[one] for one in marks),
            folders_tar=sum(sizes[one] for one in old_folders),
            cache=sum(kept.values()),
            cache_tar=self._tar_of(kept, _CACHE, sizes),
            interpreter=sum(first.files.values()),
            interpreter_tar=self._tar_of(first.files, _INTERPRETER, sizes),
            tar=sum(sizes.values()) + END_OF_ARCHIVE,
            is_estimated=first.is_estimated or any(one.is_estimated for one in written.values()),
        )

    def _tar_of(self, paths: Iterable[str], owner: str, sizes: Mapping[str, int]) -> int:
        """Give the bytes of the entries of files, and of the folders that were made for them."""
        folders = (f"{folder}/" for folder, of in self._owners.items() if of == owner)
        return sum(sizes.get(path.lstrip("/"), 0) for path in (*paths, *folders))

    def _of_distribution(self, name: NormalizedName, one: Written, sizes: Mapping[str, int]) -> DistributionGrowth:
        return DistributionGrowth(
            name=name,
            files=sum(one.files.values()),
            compiled=sum(one.compiled.values()),
            is_estimated=one.is_estimated,
            tar=self._tar_of((*one.files, *one.compiled), name, sizes),
        )
