"""Names of extras as one pip compares them; PEP 685 has them normalised, pips did so in two steps.

Until pip 23.2 what is asked for is spelled as setuptools spells it (``safe_extra``: ``Foo_Bar`` is ``foo_bar``), while
a marker keeps its own spelling: ``extra == "Foo"`` holds for nobody. pip 23.3 takes the extra as written, too, and
normalised; since 24.1 both sides are normalised. Sources: ``pip/_vendor/pkg_resources``, ``metadata/pkg_resources.py``
and ``metadata/importlib/_dists.py``, ``match_markers`` in ``req/req_install.py``; put to real pips in
``tests/fidelity/test_extras_of_real_pips.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from packaging.utils import NormalizedName, canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pipfreeze_lock.target.pip_capabilities import ExtraSpelling, PipCapabilities

__all__ = ["NORMALISED", "ExtraNames", "spelled_in_marker"]

_EXTRA = re.compile(r"""\bextra\s*(?:==|!=)\s*(?:'([^']*)'|"([^"]*)")|(?:'([^']*)'|"([^"]*)")\s*(?:==|!=)\s*extra\b""")
_NOBODYS = cast("NormalizedName", "no-extra-has-this-name")
"""Stands for an extra that a marker spells otherwise: no comparison with a name that occurs can hold."""


@dataclass(frozen=True, slots=True)
class ExtraNames:
    """How one pip compares them."""

    spelling: ExtraSpelling
    must_be_declared_alike: bool
    """pkg_resources, which pips use on every Python before 3.11, wants the marker's spelling in Provides-Extra, too."""

    @classmethod
    def of(cls, capabilities: PipCapabilities, python_release: tuple[int, ...]) -> ExtraNames:
        """Make it for a pip on a Python."""
        spelling = capabilities.extra_spelling
        return cls(spelling, spelling != "normalised" and python_release < (3, 11))

    def asked(
        self, extras: Iterable[str], *, by_a_distribution: bool = False, is_bounded: bool = False
    ) -> frozenset[NormalizedName]:
        """Give the extras of a requirement, spelled as this pip passes them on; not normalised for older ones.

        :param is_bounded: Whether a specifier follows in an input's line: extras at its end are put in lower case first
            (``_strip_extras`` and ``convert_extras`` in ``req/constructors.py``).
        """
        match self.spelling:
            case "normalised":
                return frozenset(map(canonicalize_name, extras))
            case "as written or normalised":
                if not by_a_distribution and not is_bounded:
                    return frozenset(cast("NormalizedName", extra.lower()) for extra in extras)
                if not by_a_distribution or not self.must_be_declared_alike:
                    return frozenset(cast("Iterable[NormalizedName]", extras))
        return frozenset(cast("NormalizedName", _safe(extra)) for extra in extras)

    def provided(self, extras: frozenset[NormalizedName], declared: Collection[str]) -> frozenset[NormalizedName]:
        """Give those extras that are among the values of Provides-Extra."""
        key = _safe if self.spelling == "as setuptools" else canonicalize_name
        known = frozenset(map(key, declared))
        return frozenset(extra for extra in extras if key(extra) in known)

    def as_in_marker(
        self, extras: frozenset[NormalizedName], spelled: frozenset[str], declared: Collection[str]
    ) -> frozenset[NormalizedName]:
        """Give the extras as a marker must be asked for them; one that it spells otherwise under nobody's name.

        :param spelled: The names of extras that stand in the marker: `spelled_in_marker`.
        :param declared: The values of Provides-Extra.
        """
        if self.spelling == "normalised" or not spelled:
            return extras
        return frozenset(self._in_marker(extra, spelled, declared) for extra in extras)

    def _in_marker(self, extra: NormalizedName, spelled: frozenset[str], declared: Collection[str]) -> NormalizedName:
        normalised = canonicalize_name(extra)
        accepted = {extra} if self.spelling == "as setuptools" else {extra, normalised}
        for name in spelled:
            is_readable = name in accepted and (not self.must_be_declared_alike or name in declared)
            if not is_readable and canonicalize_name(name) == normalised:
                return _NOBODYS
        return normalised


NORMALISED = ExtraNames("normalised", must_be_declared_alike=False)


def spelled_in_marker(requirement: str) -> frozenset[str]:
    """Give the names of extras that a ``Requires-Dist`` compares with, as written: packaging normalises them."""
    if "extra" not in requirement:
        return frozenset()
    marker = requirement.partition(";")[2]
    return frozenset(next(filter(None, match.groups()), "") for match in _EXTRA.finditer(marker))


def _safe(extra: str) -> str:
    """``safe_extra`` of pkg_resources."""
    return re.sub("[^A-Za-z0-9.-]+", "_", extra).lower()
