"""A distribution in a few words, and its core metadata as text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Artifact", "Distribution", "core_metadata", "requires_dist"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """What a built file says of itself. Nothing is validated: broken metadata is asked for by writing it."""

    name: str
    version: str
    requires: tuple[str, ...] = ()
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Extra to the requirements that it adds."""
    requires_python: str | None = None
    metadata_version: str = "2.1"
    metadata_fields: Mapping[str, str] = field(default_factory=dict)
    """Replaces or adds single fields: ``{"Version": "9"}`` makes metadata that contradicts the file name."""
    metadata: str | None = None
    """The whole metadata file, as it is."""
    inside: Mapping[str, str] = field(default_factory=dict)
    """Further files with their content, relative to the root of the wheel or of the sdist's folder."""
    padding: int = 0
    """Bytes that do not compress, to make a file as large as a real one."""

    @property
    def module(self) -> str:
        """Name of the one module that it installs."""
        return canonicalize_name(self.name).replace("-", "_").replace(".", "_")


@dataclass(frozen=True, kw_only=True, slots=True)
class Artifact:
    """A built file and what an index says of it."""

    project: str
    """Normalised."""
    version: str
    filename: str
    content: bytes = field(repr=False)
    sha256: str
    metadata: bytes | None = field(default=None, repr=False)
    """What ``URL.metadata`` serves: a wheel's METADATA; None where the file has none."""
    requires_python: str | None = None
    """As the index lists it."""
    upload_time: str | None = None
    """RFC 3339, UTC."""
    yanked: bool | str = False

    @classmethod
    def of(cls, project: str, version: str, filename: str, content: bytes, **listed: object) -> Artifact:
        """Make one, its hash computed."""
        return cls(
            project=canonicalize_name(project),
            version=version,
            filename=filename,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            **listed,  # type: ignore[arg-type]
        )


def requires_dist(distribution: Distribution) -> list[str]:
    """Give the values of Requires-Dist, those of the extras with their marker."""
    lines = list(distribution.requires)
    for extra, requirements in distribution.extras.items():
        for requirement in requirements:
            head, _, marker = (part.strip() for part in requirement.partition(";"))
            # A space before the semicolon: without it, it would belong to the URL of a direct reference.
            lines.append(f'{head} ; ({marker}) and extra == "{extra}"' if marker else f'{head} ; extra == "{extra}"')
    return lines


def core_metadata(distribution: Distribution, *, with_requirements: bool = True) -> str:
    """Write METADATA or PKG-INFO.

    :param with_requirements: False leaves Requires-Dist and Provides-Extra out, as setuptools did for sdists for years.
    """
    if distribution.metadata is not None:
        return distribution.metadata
    fields = {
        "Metadata-Version": distribution.metadata_version,
        "Name": distribution.name,
        "Version": distribution.version,
        "Summary": f"{distribution.name} made for a test",
    }
    if distribution.requires_python is not None:
        fields["Requires-Python"] = distribution.requires_python
    fields.update(distribution.metadata_fields)
    lines = [f"{key}: {value}" for key, value in fields.items()]
    if with_requirements:
        lines += [f"Provides-Extra: {extra}" for extra in distribution.extras]
        lines += [f"Requires-Dist: {line}" for line in requires_dist(distribution)]
    return "\n".join(lines) + "\n"
