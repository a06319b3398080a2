"""Environment markers as one pip evaluates them.

pip carries its own `packaging`, and what a marker compares as versions and what as text changed there; the packaging
that we run with is only one of them. So the comparison is written out here, as `pipfreeze_lock.target.specifiers` does
for specifiers. Source: ``_eval_op`` in packaging's ``markers.py``, of every release that a pip carries; compared with
each in ``tests/fidelity/test_markers_of_real_pips.py``.
"""

from __future__ import annotations

import operator
from functools import cache
from typing import TYPE_CHECKING, Any

from packaging.markers import UndefinedComparison
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from pipfreeze_lock.target.specifiers import SpecifierRules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packaging.markers import Marker

    from pipfreeze_lock.target.pip_capabilities import PipCapabilities

__all__ = ["MarkerRules"]

_VERSIONS = frozenset({"implementation_version", "platform_release", "python_full_version", "python_version"})
"""``MARKERS_REQUIRING_VERSION`` of packaging 26.0: all else is text there."""

_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
    "==": operator.eq,
    "!=": operator.ne,
}
_ORDERED_TEXTS = _TEXTS | {"<": operator.lt, "<=": operator.le, ">=": operator.ge, ">": operator.gt}
_UNORDERED_TEXTS = _TEXTS | {
    "<": lambda left, right: False,  # noqa: ARG005  as packaging has it since 26.0
    "<=": operator.eq,
    ">=": operator.eq,
    ">": lambda left, right: False,  # noqa: ARG005  the same
}


class MarkerRules:
    """Evaluates markers as one pip does; remembers nothing but what a specifier contains."""

    def __init__(self, capabilities: PipCapabilities) -> None:
        self._known = capabilities
        self._specifiers = SpecifierRules(capabilities)
        self._texts = _ORDERED_TEXTS if capabilities.markers_order_text else _UNORDERED_TEXTS

    def holds(self, marker: Marker, environment: Mapping[str, str]) -> bool:
        """Whether a marker holds; ``extra`` is one of the names of the environment, compared normalised (PEP 685).

        :raises UndefinedComparison: for a comparison that has no meaning, where this pip ends with a traceback.
        """
        return self._any(marker._markers, environment)  # noqa: SLF001  packaging offers the parsed marker in no other way

    def _any(self, parts: list[Any], environment: Mapping[str, str]) -> bool:
        """Answer for ``[atom, "and", [nested], "or", atom]``; every part is worked out, as in packaging."""
        groups: list[list[bool]] = [[]]
        for part in parts:
            if isinstance(part, list):
                groups[-1].append(self._any(part, environment))
            elif isinstance(part, tuple):
                groups[-1].append(self._atom(part, environment))
            elif part == "or":
                groups.append([])
        return any(all(group) for group in groups)

    def _atom(self, atom: tuple[Any, Any, Any], environment: Mapping[str, str]) -> bool:
        left, comparison, right = atom
        is_quoted = left.serialize().startswith('"')
        name = right.value if is_quoted else left.value
        if name not in environment:  # `extras` and `dependency_groups` of PEP 751 belong into lock files alone
            message = f"`{name}` has no value"
            raise UndefinedComparison(message)
        texts = (left.value, environment[name]) if is_quoted else (environment[name], right.value)
        if name == "extra":
            texts = canonicalize_name(texts[0]), canonicalize_name(texts[1])
        return self._compare(name, texts[0], comparison.value, texts[1])

    def _compare(self, name: str, left: str, comparison: str, right: str) -> bool:
        if name in _VERSIONS or self._known.markers_order_text:
            specifier = _specifier(f"{comparison}{right}")
            if specifier is not None:
                return self._is_within(name, left, specifier)
        compare = self._texts.get(comparison)
        if compare is None:
            message = f"`{left}` and `{right}` cannot be compared by `{comparison}`"
            raise UndefinedComparison(message)
        return bool(compare(left, right))

    def _is_within(self, name: str, text: str, specifier: Specifier) -> bool:
        version = _version(f"{text}local" if text.endswith("+") else text)
        if version is None:
            return self._is_text_within(name, text, specifier)
        if self._known.legacy_versions and version.is_prerelease:
            # `Specifier.contains` was asked without `prereleases=True` below packaging 22.
            return self._specifiers.admits_prereleases(SpecifierSet([specifier])) and self._contains(specifier, version)
        return self._contains(specifier, version)

    def _contains(self, specifier: Specifier, version: Version) -> bool:
        return self._specifiers.predicate(specifier)(version)

    def _is_text_within(self, name: str, text: str, specifier: Specifier) -> bool:
        """Whether ``5.10.0-8-amd64`` is: only ``===`` knows what to do with what is no version."""
        if not self._known.legacy_versions and self._known.markers_order_text:
            message = f"`{text}`, the value of `{name}`, is no version to compare with `{specifier}`"
            raise UndefinedComparison(message)
        return specifier.operator == "===" and text.lower() == str(specifier.version).lower()


@cache
def _specifier(text: str) -> Specifier | None:
    try:
        return Specifier(text)
    except InvalidSpecifier:
        return None


@cache
def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
