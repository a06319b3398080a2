"""Which distribution a line means that names a place alone, by where distributions are known to be from."""

from __future__ import annotations

import os.path
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from pipfreeze_lock.model.origin import is_same_origin
from pipfreeze_lock.model.requirement import Requirement
from pipfreeze_lock.requirements.archive_names import archive_suffix
from pipfreeze_lock.requirements.direct_references import is_version_control

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.requirement import RequirementSet, UnnamedRequirement

    _NameOf = Callable[[UnnamedRequirement, Sequence["KnownOrigin"]], NormalizedName | None]

__all__ = ["KnownOrigin", "has_no_hash", "is_from", "with_names"]


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownOrigin:
    """Where a distribution was installed from."""

    name: NormalizedName
    reference: str
    """As `pipfreeze_lock.model.installed.InstalledDistribution.direct_url`."""
    is_editable: bool


def has_no_hash(requirement: Requirement) -> bool:
    """Whether it names what pip has no hash of: a checkout, a folder, a source tree."""
    if requirement.is_editable or requirement.url is None:
        return requirement.is_editable
    parts = urlsplit(requirement.url.without_credentials)
    return is_version_control(parts.scheme) or (parts.scheme == "file" and archive_suffix(parts.path) is None)


def is_from(line: Requirement | UnnamedRequirement, origin: KnownOrigin) -> bool | None:
    """Say whether a distribution is from the place that a line names; None where that cannot be told."""
    if line.url is None or line.is_editable != origin.is_editable:
        return False
    return is_same_origin(line.url.without_credentials, origin.reference, is_editable=origin.is_editable)


def with_names(
    requirements: RequirementSet,
    origins: Sequence[KnownOrigin],
    *,
    recorded: Callable[[UnnamedRequirement], NormalizedName | None] = lambda _: None,
) -> RequirementSet:
    """Give each line that names a place alone the name of the one distribution that is from there.

    Where that cannot be told for sure, it is the only one that may be, and that no other line asks for.

    :param recorded: Knows the names of lines of which somebody has told them before; asked first.
    :return: Those of which nothing tells the name are left in `RequirementSet.unnamed`.
    """
    if not requirements.unnamed:
        return requirements
    names: dict[UnnamedRequirement, NormalizedName] = {}
    taken = {one.name for one in requirements.requirements}
    ways: tuple[_NameOf, ...] = (
        lambda line, _: recorded(line),
        lambda line, _: _only(line, origins, _is_surely_from),
        lambda line, _: _only(line, origins, _is_place_of),  # `./x` and a source tree of `./x`: that is to be told
        lambda line, free: _only(line, free, is_from),
    )
    for name_of in ways:
        free = [origin for origin in origins if origin.name not in taken]
        found = ((line, name_of(line, free)) for line in requirements.unnamed if line not in names)
        names |= {line: name for line, name in found if name is not None}
        taken |= set(names.values())
    return replace(
        requirements,
        requirements=(*requirements.requirements, *(_named(one, name) for one, name in names.items())),
        unnamed=tuple(one for one in requirements.unnamed if one not in names),
    )


def _only(
    line: UnnamedRequirement,
    origins: Collection[KnownOrigin],
    judge: Callable[[UnnamedRequirement, KnownOrigin], bool | None],
) -> NormalizedName | None:
    """Give the one that may be from there; None where none is, or more than one."""
    found = {origin.name for origin in origins if judge(line, origin) is not False}
    return found.pop() if len(found) == 1 else None


def _is_surely_from(line: UnnamedRequirement, origin: KnownOrigin) -> bool:
    return line.is_editable == origin.is_editable and _is_place_of(line, origin)


def _is_place_of(line: UnnamedRequirement, origin: KnownOrigin) -> bool:
    """Whether it is the place, however it was installed from there."""
    same = is_same_origin(line.url.without_credentials, origin.reference, is_editable=origin.is_editable)
    return same is True or _is_here(line, origin)


def _is_here(line: UnnamedRequirement, origin: KnownOrigin) -> bool:
    """Whether a relative path leads there from the working folder, as it did where the image is of this machine."""
    parts = urlsplit(line.url.without_credentials)
    if parts.scheme != "file" or parts.path.startswith("/"):
        return False
    here = f"file://{quote(os.path.abspath(parts.path))}"  # noqa: PTH100  lexical, as pip's
    return here == origin.reference.partition("#")[0]


def _named(line: UnnamedRequirement, name: NormalizedName) -> Requirement:
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415  such lines are rare

    return Requirement(
        name=name,
        extras=line.extras,
        specifier=SpecifierSet(),
        marker=line.marker,
        url=line.url,
        hashes=line.hashes,
        source=line.source,
        text=line.text,
        is_editable=line.is_editable,
    )
