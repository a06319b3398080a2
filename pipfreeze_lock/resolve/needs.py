"""What the resolver works on: needs, and the candidates that may meet them.

pip calls these requirements and candidates (``_internal/resolution/resolvelib/requirements.py`` and
``candidates.py``). Here a *requirement* is what a person wrote; a *need* is one step of the search, made from a
requirement or from a candidate's ``Requires-Dist``.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, cast

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from pipfreeze_lock.model.url import Url
from pipfreeze_lock.target.extra_names import NORMALISED, ExtraNames, spelled_in_marker
from pipfreeze_lock.target.legacy_specifiers import check_old_grammar, parse_legacy_requirement

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.markers import Marker
    from packaging.version import Version

    from pipfreeze_lock.index.rank import Candidate as IndexCandidate
    from pipfreeze_lock.model.core_metadata import CoreMetadata
    from pipfreeze_lock.model.requirement import Requirement
    from pipfreeze_lock.model.target import BaseDistribution

__all__ = [
    "PYTHON",
    "BaseCandidate",
    "Candidate",
    "Dependency",
    "Described",
    "ExtrasCandidate",
    "FileCandidate",
    "Need",
    "identifier_of",
    "name_and_extras",
    "needs_of",
    "parse_dependency",
]

PYTHON = "<Python from Requires-Python>"
"""Identifier of the target's interpreter among the needs, as in pip."""


class Dependency:
    """A parsed ``Requires-Dist``; one object for each distinct text of a run."""

    __slots__ = ("_needs", "extras", "extras_in_marker", "marker", "name", "specifier", "text", "url")

    def __init__(self, text: str, parsed: Pep508Requirement, specifier: SpecifierSet, extra_names: ExtraNames) -> None:
        self.text = text
        self.name: NormalizedName = canonicalize_name(parsed.name)
        self.extras = extra_names.asked(parsed.extras, by_a_distribution=True)
        self.extras_in_marker = spelled_in_marker(text)
        self.specifier = specifier
        self.marker: Marker | None = parsed.marker
        self.url: Url | None = Url(parsed.url) if parsed.url else None
        self._needs: dict[bool, tuple[Need, ...]] = {}

    def needs(self, *, bound_base: bool) -> tuple[Need, ...]:
        """Give the steps of the search that it makes: always the same objects; see `needs_of`."""
        if bound_base not in self._needs:
            self._needs[bound_base] = tuple(needs_of(self, bound_base=bound_base))
        return self._needs[bound_base]


@cache
def parse_dependency(text: str, *, legacy_specifiers: bool = False, extra_names: ExtraNames = NORMALISED) -> Dependency:
    """Parse a ``Requires-Dist`` value.

    :param legacy_specifiers: Whether this pip reads ``pytz (>dev)``.
    :param extra_names: How it spells extras.
    :raises packaging.requirements.InvalidRequirement: when it is none.
    """
    try:
        parsed = Pep508Requirement(text)
    except InvalidRequirement:
        if not legacy_specifiers:
            raise
        return Dependency(text, *parse_legacy_requirement(text), extra_names)
    if legacy_specifiers:
        check_old_grammar(text, parsed)
    return Dependency(text, parsed, parsed.specifier, extra_names)


def identifier_of(name: NormalizedName, extras: frozenset[NormalizedName]) -> str:
    """Give the node of the search: ``name`` or ``name[extra,other]``, as ``format_name`` in pip's ``base.py``."""
    return f"{name}[{','.join(sorted(extras))}]" if extras else name


def name_and_extras(identifier: str) -> tuple[NormalizedName, frozenset[NormalizedName]]:
    """Take an identifier apart: what `identifier_of` put together."""
    name, _, extras = identifier.removesuffix("]").partition("[")
    return cast("NormalizedName", name), frozenset(cast("list[NormalizedName]", extras.split(",") if extras else []))


class Need:
    """One thing that must hold of a node: a specifier, a direct URL, or exactly one candidate."""

    __slots__ = ("exact", "extras", "identifier", "is_pinned", "is_upper_bounded", "name", "origin", "specifier", "url")

    def __init__(
        self,
        *,
        name: NormalizedName,
        extras: frozenset[NormalizedName],
        specifier: SpecifierSet,
        origin: Requirement | Dependency | None,
        url: Url | None = None,
        exact: FileCandidate | BaseCandidate | None = None,
    ) -> None:
        self.name = name
        self.extras = extras
        self.identifier = identifier_of(name, extras)
        self.specifier = specifier
        self.origin = origin
        self.url = url
        self.exact = exact
        operators = [(one.operator, one.version) for one in specifier]
        self.is_pinned = any(operator in ("==", "===") and "*" not in version for operator, version in operators)
        self.is_upper_bounded = any(
            operator in ("<", "<=", "~=") or (operator == "==" and "*" in version) for operator, version in operators
        )

    @property
    def is_direct(self) -> bool:
        """Whether it names one candidate, by URL or as the base of an extra."""
        return self.url is not None or self.exact is not None

    def __repr__(self) -> str:
        return f"Need({self.identifier}{self.specifier})"


_ANY = SpecifierSet()


def needs_of(origin: Requirement | Dependency, *, bound_base: bool = True) -> list[Need]:
    """Split a requirement as pip does: extras and a specifier make two needs, the specifier on the bare name too.

    Source: ``_make_requirements_from_install_req`` in pip's ``resolvelib/factory.py``.

    :param bound_base: pips before 23.3 make one need, of the name with its extras alone.
    """
    bare: frozenset[NormalizedName] = frozenset()
    if origin.url is not None:
        base = Need(name=origin.name, extras=bare, specifier=_ANY, origin=origin, url=origin.url)
        if not origin.extras:
            return [base]
        full = Need(name=origin.name, extras=origin.extras, specifier=_ANY, origin=origin, url=origin.url)
        return [base, full] if bound_base else [full]
    need = Need(name=origin.name, extras=origin.extras, specifier=origin.specifier, origin=origin)
    if bound_base and origin.extras and origin.specifier:
        return [Need(name=origin.name, extras=bare, specifier=origin.specifier, origin=origin), need]
    return [need]


class Described:
    """What core metadata says of a distribution, as one pip reads it."""

    def __init__(
        self, metadata: CoreMetadata, *, legacy_specifiers: bool = False, extra_names: ExtraNames = NORMALISED
    ) -> None:
        self._legacy_specifiers = legacy_specifiers
        self._extra_names = extra_names
        self.metadata = metadata

    @cached_property
    def dependencies(self) -> tuple[Dependency, ...]:
        """All ``Requires-Dist``, parsed, whether they hold on the target or not."""
        legacy, names = self._legacy_specifiers, self._extra_names
        return tuple(
            parse_dependency(text, legacy_specifiers=legacy, extra_names=names) for text in self.metadata.requires_dist
        )

    def provided(self, extras: frozenset[NormalizedName]) -> frozenset[NormalizedName]:
        """Give those extras that it provides."""
        return self._extra_names.provided(extras, self.metadata.provides_extra) if extras else extras

    def extras_for(self, dependency: Dependency, extras: frozenset[NormalizedName]) -> frozenset[NormalizedName]:
        """Give extras as the marker of one of its dependencies is to be asked for them."""
        declared = self.metadata.provides_extra
        return self._extra_names.as_in_marker(extras, dependency.extras_in_marker, declared) if extras else extras


class FileCandidate(Described):
    """A file of an index with its core metadata: what pip calls a ``LinkCandidate``."""

    extras: frozenset[NormalizedName] = frozenset()

    def __init__(
        self,
        found: IndexCandidate,
        name: NormalizedName,
        metadata: CoreMetadata,
        *,
        direct_url: Url | None = None,
        legacy_specifiers: bool = False,
        extra_names: ExtraNames = NORMALISED,
    ) -> None:
        super().__init__(metadata, legacy_specifiers=legacy_specifiers, extra_names=extra_names)
        self.found = found
        self.direct_url = direct_url
        self.name = name
        self.identifier: str = name
        self.version: Version = found.version

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    __repr__ = __str__


class BaseCandidate:
    """A distribution that the base image has: what pip calls an ``AlreadyInstalledCandidate``.

    :param find: Gives the same release as the index has it, or what its own metadata says; called once, where its
        dependencies are asked for.
    :param needs_nothing: Whether it is known without asking that it has none as long as no extra is asked for.
    """

    extras: frozenset[NormalizedName] = frozenset()

    def __init__(
        self,
        distribution: BaseDistribution,
        version: Version,
        find: Callable[[], Described | None],
        *,
        needs_nothing: bool = False,
    ) -> None:
        self.distribution = distribution
        self.name = distribution.name
        self.identifier: str = distribution.name
        self.version = version
        self._find = find
        self._needs_nothing = needs_nothing

    @cached_property
    def release(self) -> Described | None:
        """What says what it needs: the same release on the index, mostly; None where no index has it."""
        return self._find()

    @property
    def is_unknown(self) -> bool:
        """Whether somebody asked what it needs, in vain."""
        return "release" in self.__dict__ and self.release is None

    @property
    def dependencies(self) -> tuple[Dependency, ...]:
        """All ``Requires-Dist``, parsed, whether they hold on the target or not."""
        if self._needs_nothing and "release" not in self.__dict__:
            return ()
        return self.release.dependencies if self.release is not None else ()

    def provided(self, extras: frozenset[NormalizedName]) -> frozenset[NormalizedName]:
        """Give those extras that it provides."""
        return self.release.provided(extras) if extras and self.release is not None else frozenset()

    def extras_for(self, dependency: Dependency, extras: frozenset[NormalizedName]) -> frozenset[NormalizedName]:
        """Give extras as the marker of one of its dependencies is to be asked for them."""
        return self.release.extras_for(dependency, extras) if extras and self.release is not None else extras

    def __str__(self) -> str:
        return f"{self.name} {self.version} of the base image"

    __repr__ = __str__


class ExtrasCandidate:
    """A candidate seen through extras, a node of its own that needs exactly its base."""

    def __init__(self, base: FileCandidate | BaseCandidate, extras: frozenset[NormalizedName]) -> None:
        self.base = base
        self.extras = extras
        self.name = base.name
        self.identifier = identifier_of(base.name, extras)
        self.version = base.version

    def __str__(self) -> str:
        return f"{self.identifier} {self.version}"

    __repr__ = __str__


Candidate = FileCandidate | BaseCandidate | ExtrasCandidate
