"""Version specifiers as one pip reads them: what they contain, and whether they admit pre-releases.

pip carries its own `packaging`, and what ``<=``, ``<``, ``>`` and ``~=`` contain changed there; the packaging that we
run with is only one of them. So the operators are written out here (PEP 440), with the differences taken from
`PipCapabilities`. Compared with every packaging that pip ever carried in ``tests/target/test_specifiers.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from pipfreeze_lock.model.legacy_version import LegacyVersion
from pipfreeze_lock.target.legacy_specifiers import LegacySpecifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.target.pip_capabilities import PipCapabilities

__all__ = ["SpecifierRules", "may_contain_legacy_versions"]

_IMPLYING = frozenset({"==", ">=", "<=", "~=", "==="})
_IMPLYING_SINCE_PACKAGING_24_2 = _IMPLYING | {"<", ">"}


class SpecifierRules:
    """Reads specifiers as one pip does; each distinct one is worked out once."""

    def __init__(self, capabilities: PipCapabilities) -> None:
        self._capabilities = capabilities
        self._implying = _IMPLYING_SINCE_PACKAGING_24_2 if capabilities.exclusive_bound_means_prerelease else _IMPLYING
        self._predicates: dict[tuple[str, str], Callable[[Version], bool]] = {}
        self._python_verdicts: dict[tuple[str, str], bool | None] = {}

    def contains(self, specifier: SpecifierSet, version: Version) -> bool:
        """Whether all specifiers contain the version, pre-releases allowed.

        Of versions that PEP 440 does not know, ``===`` and legacy specifiers alone contain any.
        """
        if isinstance(version, LegacyVersion) and specifier and not may_contain_legacy_versions(specifier):
            return False
        return all(self.predicate(part)(version) for part in specifier)

    def predicate(self, part: Specifier) -> Callable[[Version], bool]:
        """Give what tells whether one part of a set contains a version by PEP 440, to be asked of many."""
        key = (part.operator, part.version)
        predicate = self._predicates.get(key)
        if predicate is None:
            built = _legacy(part) if isinstance(part, LegacySpecifier) else self._build(*key)
            predicate = self._predicates[key] = built
        return predicate

    def admits_prereleases(self, specifier: SpecifierSet) -> bool:
        """Whether a part names a pre-release in a way that lets pre-releases in by itself.

        Legacy specifiers know of no pre-releases, and where they are alone nobody keeps them out.
        """
        return any(map(self._implies_prereleases, specifier)) or (
            bool(specifier) and all(isinstance(part, LegacySpecifier) for part in specifier)
        )

    def allows_python(self, requires_python: str, python: str) -> bool | None:
        """Whether a Requires-Python lets in a Python (``3.6.8``); None where it is invalid, and pip overlooks it."""
        key = (requires_python, python)
        if key not in self._python_verdicts:
            self._python_verdicts[key] = self._python_verdict(requires_python, python)
        return self._python_verdicts[key]

    def _python_verdict(self, requires_python: str, python: str) -> bool | None:
        version = Version(python)
        verdicts: list[bool] = []
        for part in filter(None, (part.strip() for part in requires_python.split(","))):
            try:
                verdicts.append(self.predicate(self.read(part))(version))
            except InvalidSpecifier:
                return None
        return all(verdicts)

    def read(self, part: str) -> Specifier:
        """Read one part of a specifier, a legacy one where this pip knows those.

        :raises InvalidSpecifier: for anything else.
        """
        try:
            return Specifier(part)
        except InvalidSpecifier:
            if not self._capabilities.legacy_specifiers:
                raise
            return LegacySpecifier(part)

    def _implies_prereleases(self, part: Specifier) -> bool:
        if part.operator not in self._implying or isinstance(part, LegacySpecifier):
            return False
        try:
            return Version(part.version.removesuffix(".*")).is_prerelease
        except InvalidVersion:  # only after `===`
            return False

    def _build(self, operator: str, text: str) -> Callable[[Version], bool]:
        if operator == "===":
            wanted = text.lower()
            return lambda version: str(version).lower() == wanted
        if text.endswith(".*"):
            matches = self._prefix(Version(text[:-2]))
            return matches if operator == "==" else lambda version: not matches(version)
        builders: dict[str, Callable[[Version], Callable[[Version], bool]]] = {
            "==": _equal,
            "!=": _not_equal,
            ">=": lambda bound: lambda version: version >= bound,
            "<=": self._less_or_equal,
            "<": self._less,
            ">": self._greater,
            "~=": self._compatible,
        }
        return builders[operator](Version(text))

    def _less_or_equal(self, bound: Version) -> Callable[[Version], bool]:
        if self._capabilities.less_equal_ignores_local:
            return lambda version: version <= bound or _without_local(version) <= bound
        return lambda version: version <= bound

    def _less(self, bound: Version) -> Callable[[Version], bool]:
        if bound.is_prerelease:
            return lambda version: version < bound
        if self._capabilities.exclusive_bounds_by_suffix:
            first_prerelease = Version(f"{bound.public}.dev0")
            return lambda version: version < first_prerelease
        base = _base(bound)
        return lambda version: version < bound and not (version.is_prerelease and _base(version) == base)

    def _greater(self, bound: Version) -> Callable[[Version], bool]:
        base = _base(bound)
        if not self._capabilities.exclusive_bounds_by_suffix:
            return lambda version: (
                version > bound
                and not (version.is_postrelease and not bound.is_postrelease and _base(version) == base)
                and not (version.local is not None and _base(version) == base)
            )
        if bound.dev is not None or bound.post is not None:
            return lambda version: version > bound and _without_local(version) > bound
        return lambda version: version > bound and not (_base(version) == base and version.pre == bound.pre)

    def _compatible(self, bound: Version) -> Callable[[Version], bool]:
        release = bound.release[:-1]
        if bound.pre is not None and not self._capabilities.compatible_ignores_prerelease:
            release = bound.release
        matches = self._prefix(Version(f"{bound.epoch}!{'.'.join(map(str, release))}"))
        return lambda version: version >= bound and matches(version)

    def _prefix(self, prefix: Version) -> Callable[[Version], bool]:
        epoch, release, length = prefix.epoch, prefix.release, len(prefix.release)
        fills = self._capabilities.prefix_fills_short_release

        def matches(version: Version) -> bool:
            if version.epoch != epoch or not (fills or _is_split_well(version, length)):
                return False
            found = version.release
            if len(found) < length:
                found += (0,) * (length - len(found))
            return found[:length] == release

        return matches


def may_contain_legacy_versions(specifier: SpecifierSet) -> bool:
    """Whether it may contain a version that PEP 440 does not know; the empty one does not where pip filters by it."""
    return bool(specifier) and all(part.operator == "===" or isinstance(part, LegacySpecifier) for part in specifier)


def _legacy(part: LegacySpecifier) -> Callable[[Version], bool]:
    return lambda version: part.admits(str(version))


def _equal(bound: Version) -> Callable[[Version], bool]:
    """A specifier without local segment is blind for that of the version."""
    if bound.local is not None:
        return lambda version: version == bound
    return lambda version: version == bound or (version.local is not None and _without_local(version) == bound)


def _not_equal(bound: Version) -> Callable[[Version], bool]:
    equal = _equal(bound)
    return lambda version: not equal(version)


def _is_split_well(version: Version, length: int) -> bool:
    """Whether packaging below 22 finds the release: it splits the text at dots, shortens it, and only then fills it up.

    ``_compare_equal`` and ``_pad_version`` there: a suffix ends up in the shortened text, and ``1!0`` is no number.
    """
    if version.epoch:
        return len(version.release) >= length and not (len(version.release) == 1 and version.pre is not None)
    has_suffix = version.pre is not None or version.post is not None or version.dev is not None
    return len(version.release) >= length or not has_suffix


def _without_local(version: Version) -> Version:
    return version if version.local is None else Version(version.public)


def _base(version: Version) -> tuple[int, tuple[int, ...]]:
    """Epoch and release, without trailing zeros."""
    release = version.release
    end = len(release)
    while end > 1 and not release[end - 1]:
        end -= 1
    return version.epoch, release[:end]
