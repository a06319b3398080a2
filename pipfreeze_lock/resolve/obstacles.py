"""Why a release that every requirement allows was not taken: what it needs itself does not fit the rest of the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement

from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.requirements.recorded import canonical_specifier
from pipfreeze_lock.resolve.needs import parse_dependency

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from pipfreeze_lock.index.evaluate import SelectionRules
    from pipfreeze_lock.model.core_metadata import CoreMetadata

__all__ = ["obstacles"]


def obstacles(
    metadata: CoreMetadata,
    locked: Mapping[str, str],
    *,
    extras: Collection[NormalizedName],
    rules: SelectionRules,
    holds: Callable[[Marker, Collection[NormalizedName]], bool],
) -> list[str]:
    """Give what keeps a release out of a lock, a clause each; none where it would fit in.

    :param locked: Version of each distribution that the lock or the base image has.
    :param extras: Those of the release that are asked for.
    :param holds: Whether a marker holds on the target, with these extras asked for.
    """
    return list(_obstacles(metadata, locked, extras, rules, holds))


def _obstacles(
    metadata: CoreMetadata,
    locked: Mapping[str, str],
    extras: Collection[NormalizedName],
    rules: SelectionRules,
    holds: Callable[[Marker, Collection[NormalizedName]], bool],
) -> Iterator[str]:
    wanted = metadata.requires_python
    if wanted and rules.specifiers.allows_python(wanted, rules.python) is False:
        yield f"its metadata needs Python {wanted}"
    for text in metadata.requires_dist:
        try:
            dependency = parse_dependency(text, legacy_specifiers=rules.capabilities.legacy_specifiers)
            version = read_version(locked[dependency.name]) if dependency.name in locked else None
        except InvalidRequirement:
            yield f"its metadata is invalid: `{text}`"
            continue
        if version is None or rules.specifiers.contains(dependency.specifier, version):
            continue
        if dependency.marker is None or holds(dependency.marker, extras):
            needed = f"{dependency.name}{canonical_specifier(dependency.specifier)}"
            yield f"it needs `{needed}`, and the lock has {version}"
