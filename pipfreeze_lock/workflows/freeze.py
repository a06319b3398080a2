"""Freeze: write down what is installed in an image that was never locked, as a lock with hashes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from packaging.utils import canonicalize_name

from pipfreeze_lock.image.environment_target import first_of_each_name
from pipfreeze_lock.index.filenames import sdist_name, split_suffix
from pipfreeze_lock.lockfile.options import hidden_options
from pipfreeze_lock.metadata.installed import installed_metadata
from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.model.lock import NO_DEPENDENCIES, LockedSet, Pin, Satisfied, Unpinned
from pipfreeze_lock.requirements.index_options import changed_format_control
from pipfreeze_lock.requirements.naming import with_names
from pipfreeze_lock.resolve.installed_edges import installed_edges
from pipfreeze_lock.target.pip_capabilities import capabilities
from pipfreeze_lock.verify.compare import is_same_twice
from pipfreeze_lock.workflows.freeze_files import FileFinder
from pipfreeze_lock.workflows.freeze_origins import copied_files, elsewhere, known_origins, unmatched_remarks
from pipfreeze_lock.workflows.freeze_roots import needs_what_is_no_pin, roots_of
from pipfreeze_lock.workflows.freeze_words import FrozenWords
from pipfreeze_lock.workflows.installed_files import InstalledFiles
from pipfreeze_lock.workflows.lock import check_hash_mode, locked_file, relocated
from pipfreeze_lock.workflows.release_files import FoundFiles, NotFound, ReleaseFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.model.artifact import IndexFile
    from pipfreeze_lock.model.installed import InstalledDistribution, InstalledSet
    from pipfreeze_lock.model.lock import Via
    from pipfreeze_lock.model.requirement import IndexOptions, Requirement, RequirementSet, UnnamedRequirement
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.workflows.lock import FileHasher

__all__ = ["FreezeRequest", "Releases", "freeze"]

_WORKERS = 16


class Releases(ReleaseFiles, Protocol):
    """Knows, too, what the target's pip would make of a pin."""

    def first_choice(self, name: NormalizedName, version: str, hashes: Collection[str]) -> IndexFile | None:
        """Give the file that the target's pip takes first for a pin with these hashes; None where it takes none.

        :param hashes: ``sha256:…``.
        """
        ...  # pragma: no cover


@dataclass(frozen=True, kw_only=True, slots=True)
class FreezeRequest:
    """One environment."""

    installed: InstalledSet
    tree: FileTree
    """Read by `pipfreeze_lock.image.interest.with_module_digests`."""
    target: Target
    """Its base set is what the base image had."""
    requirements: RequirementSet
    """What the image was made from, as far as that was said; its options say where files are looked for."""
    command: str
    has_hashes: bool = True
    path_in_lock: Callable[[str], str] = str
    """Writes the path of an input as seen from the lock's folder."""
    remarks: tuple[tuple[str, str], ...] = ()


def freeze(
    request: FreezeRequest,
    *,
    releases: Releases,
    hasher: FileHasher,
    holds: Callable[[Marker, Collection[str]], bool],
) -> LockedSet:
    """Find the file of each distribution, and who asks for it, and write it down as a value.

    :param holds: Whether a marker holds on the target, for any of some extras.
    :raises ResolutionError: when this pip cannot check hashes, or a marker of the inputs has no meaning.
    :raises NetworkError: when an index could not be asked.
    """
    check_hash_mode(request.target.pip, has_hashes=request.has_hashes)
    return _Freezing(request, releases, hasher, holds).lock()


class _Freezing:
    """What is known of one environment."""

    def __init__(
        self,
        request: FreezeRequest,
        releases: Releases,
        hasher: FileHasher,
        holds: Callable[[Marker, Collection[str]], bool],
    ) -> None:
        self._first = {one.name: one for one in first_of_each_name(request.installed)}
        self._origins = known_origins(self._first.values(), request.tree.read)
        self._holds = holds
        self._request = request = replace(request, requirements=self._named(request.requirements))
        lines = filter(self._applies, request.requirements.requirements)
        self._copied = copied_files(lines, self._first.values(), pip=request.target.pip)
        self._releases = releases
        self._hasher = hasher
        self._base = {one.name for one in request.target.base}
        self._edges = installed_edges(
            {name: installed_metadata(one, request.tree.read) for name, one in self._first.items()},
            request.requirements.requirements,
            request.requirements.constraints,
            target=request.target,
            holds=holds,
        )
        self._words = FrozenWords(request.target.pip)
        self._built_from_source: list[str] = []

    def _named(self, requirements: RequirementSet) -> RequirementSet:
        """Give the lines that name a place alone the names of what is from there."""
        that_hold = tuple(one for one in requirements.unnamed if self._applies(one))
        return with_names(replace(requirements, unnamed=that_hold), self._origins)

    def _applies(self, line: Requirement | UnnamedRequirement) -> bool:
        return line.marker is None or self._holds(line.marker, ())

    def lock(self) -> LockedSet:
        """Put it together."""
        request = self._request
        outcomes = self._outcomes()
        found = {name: one for name, one in outcomes.items() if isinstance(one, FoundFiles)}
        spellings = self._spellings(found)
        pins = tuple(self._pin(self._first[name], files, spellings.get(name)) for name, files in found.items())
        unpinned = (*self._unpinned(outcomes), *self._hidden())
        self._words.all_unpinned()
        roots = self._roots(outcomes.keys())
        self._words.of_edges(self._edges, roots=roots, has_inputs=bool(request.requirements.inputs))
        self._words.of_places(self._elsewhere(found.keys()), request.requirements.unnamed)
        return LockedSet(
            command=request.command,
            target=str(request.target),
            base=request.target.base,
            satisfied=tuple(self._satisfied(self._base | (outcomes.keys() - found.keys()))),
            unpinned=unpinned,
            inconsistent=tuple(self._edges.inconsistent),
            roots=tuple(roots),
            inputs=tuple(replace(one, path=request.path_in_lock(one.path)) for one in request.requirements.inputs),
            remarks=tuple(self._remarks(found.keys())),
            options=self._options(),
            pins=pins,
            warnings=(*request.requirements.notes, *self._words.warnings),
            hints=tuple(self._words.hints),
            details=tuple(self._words.details),
        )

    def _outcomes(self) -> dict[NormalizedName, FoundFiles | NotFound]:
        """Say of each distribution, the base set aside, where it came from."""
        finder = FileFinder(self._releases)
        tree = self._request.tree
        wanted = sorted(self._first.keys() - self._base)
        with ThreadPoolExecutor(_WORKERS, "freeze") as workers:
            found = workers.map(
                lambda name: finder.find(self._first[name], InstalledFiles.of(self._first[name], tree)), wanted
            )
            return dict(zip(wanted, found, strict=True))

    def _pin(self, one: InstalledDistribution, found: FoundFiles, spelling: str | None) -> Pin:
        files = tuple(locked_file(page, file, self._hasher) for page, file in found.files)
        hashes = tuple(sorted({value for file in files for value in file.hashes}))
        version = str(read_version(one.version))
        url = self._url_as_asked(found.url)
        notes = [*found.notes]
        if url is None:
            notes += self._choice(one.name, version, found, hashes)
        self._words.of_pin(f"{one.name}=={version}", found)
        return Pin(
            name=one.name,
            version=version,
            spelling=spelling if spelling != one.name else None,
            extras=tuple(sorted(set(map(canonicalize_name, self._edges.extras.get(one.name, ()))))),
            url=url,
            hashes=hashes if self._request.has_hashes else (),
            via=self._vias(one.name),
            notes=tuple(notes),
            origin=self._origin(one) if url is None else None,
            filename=found.files[0][1].filename,
            files=files,
        )

    def _origin(self, one: InstalledDistribution) -> str | None:
        copied = (of.reference for of in self._copied if of.name == one.name)
        return one.direct_url or next(copied, None)

    def _choice(self, name: NormalizedName, version: str, found: FoundFiles, hashes: Collection[str]) -> Iterator[str]:
        """See to it that this pip takes the file again: it might take another one first, and refuse its hash."""
        choice = self._releases.first_choice(name, version, hashes)
        names = {file.filename for _, file in found.files}
        if choice is not None and choice.filename in names:
            if choice.is_yanked:
                yield f"yanked: {choice.yanked_reason}"
        elif choice is not None and choice.filename.endswith(".whl") and found.is_built:
            self._built_from_source.append(name)
        else:
            yield self._words.of_other_choice(name, version, choice.filename if choice is not None else None)

    def _url_as_asked(self, url: str | None) -> str | None:
        """Give a direct reference in the words of the line that asks for it."""
        asked = [one.url.without_credentials for one in self._request.requirements.requirements if one.url is not None]
        same = (text for text in asked if url is not None and text.partition("#")[0] == url)
        return next(same, url)

    def _spellings(self, found: Mapping[NormalizedName, FoundFiles]) -> dict[NormalizedName, str]:
        """Give names that must not stand normalised: `pipfreeze_lock.resolve.spelling` says why."""
        known = capabilities(self._request.target.pip)
        spellings = self._edges.spellings() if known.names_keep_dots else {}
        if known.sdist_names == "as asked":
            for name, files in found.items():
                parsed = sdist_name(split_suffix(files.files[0][1].filename)[0], name) if files.is_built else None
                if parsed is not None:
                    spellings[name] = parsed.spelling
        return spellings

    def _vias(self, name: NormalizedName) -> tuple[Via, ...]:
        return relocated(tuple(self._edges.vias.get(name, ())), self._request.path_in_lock)

    def _satisfied(self, names: Iterable[NormalizedName]) -> Iterator[Satisfied]:
        """Give who asks for what is no pin; what the base set needs of itself is not this lock's to say."""
        for name in sorted(names):
            vias = tuple(via for via in self._vias(name) if via.kind != "distribution" or via.parent not in self._base)
            if any(via.kind != "-c" for via in vias):
                yield Satisfied(name=name, via=vias)

    def _unpinned(self, outcomes: Mapping[NormalizedName, FoundFiles | NotFound]) -> Iterator[Unpinned]:
        for name, outcome in outcomes.items():
            if isinstance(outcome, NotFound):
                one = self._first[name]
                self._words.of_unpinned(one, outcome)
                yield _unpinned(one, outcome, next((of.reference for of in self._origins if of.name == name), None))

    def _hidden(self) -> Iterator[Unpinned]:
        """Give what another one of the same name hides, as two installations into one environment leave it."""
        for one in self._request.installed.distributions:
            taken = self._first.get(one.name)
            if taken is not None and one is not taken and not is_same_twice(one, taken):
                self._words.of_hidden(one, taken)
                yield _unpinned(one, NotFound(reason="hidden", words=""), one.direct_url)

    def _roots(self, names: Collection[NormalizedName]) -> list[NormalizedName]:
        asked = [(name, via) for name, vias in self._edges.vias.items() for via in vias if via.kind == "-r"]
        return roots_of(names, asked, self._edges.children())

    def _elsewhere(self, pins: Collection[NormalizedName]) -> Iterator[str]:
        asked = filter(self._applies, self._request.requirements.requirements)
        pip = self._request.target.pip
        origins = [*self._origins, *self._copied]
        return elsewhere(asked, self._first.values(), origins, pip=pip, pins=pins)

    def _remarks(self, pins: Collection[NormalizedName]) -> Iterator[tuple[str, str]]:
        if self._edges.inconsistent or needs_what_is_no_pin(self._edges.vias, pins, self._base):
            yield "install", NO_DEPENDENCIES
        hidden = hidden_options(self._request.requirements.options)
        if hidden:
            yield "options", " ".join(hidden)
        yield from unmatched_remarks(self._request.requirements.unnamed, self._request.path_in_lock)
        yield from self._request.remarks

    def _options(self) -> IndexOptions:
        """Give the options that pip must see: those of the inputs, and what makes it build from source again."""
        options = self._request.requirements.options
        control = options.format_control
        for name in self._built_from_source:
            control = changed_format_control(control, "--no-binary", name)
        links = tuple(map(self._request.path_in_lock, options.find_links))
        return replace(options, format_control=control, find_links=links)


def _unpinned(one: InstalledDistribution, outcome: NotFound, origin: str | None) -> Unpinned:
    layer = one.layer
    return Unpinned(
        name=one.name,
        version=one.version,
        reason=outcome.reason,
        path=one.path,
        origin=origin,
        layer=(layer.digest or layer.diff_id) if layer is not None else None,
    )
