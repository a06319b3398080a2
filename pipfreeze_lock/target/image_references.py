"""References to container images, as far as needed to tell the official Python images from others."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipfreeze_lock.errors import UsageError

__all__ = ["ImageReference", "is_python_image", "parse_image_reference", "shown_reference"]

_DOCKER_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})
_REFERENCE = re.compile(
    # github.com/distribution/reference, regexp.go
    r"(?:(?P<registry>(?:[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+|localhost|[a-zA-Z0-9-]+(?=:\d))(?::\d+)?)/)?"
    r"(?P<repository>[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?"
)
_LOGIN = re.compile(r"^(?P<scheme>(?:[a-z-]+://)?)\S+@(?!sha\d+:)")


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageReference:
    """The parts of ``registry/repository:tag@digest``; what is not written is None."""

    registry: str | None
    repository: str
    tag: str | None
    digest: str | None

    @property
    def is_official_python(self) -> bool:
        """Whether it names Docker Hub's ``library/python``, in any of its spellings."""
        on_docker_hub = self.registry is None or self.registry.lower() in _DOCKER_HUB
        return on_docker_hub and self.repository in ("python", "library/python")


def parse_image_reference(text: str) -> ImageReference:
    """Take a reference apart; a leading ``docker://`` is dropped.

    :raises UsageError: for text that is no reference.
    """
    match = _REFERENCE.fullmatch(text.strip().removeprefix("docker://"))
    if match is None:
        message = f"`{shown_reference(text)}` is not an image reference"
        raise UsageError(message, hints=["Write it as `python:3.6.8` or `registry.example/team/app:1.0`."])
    return ImageReference(**match.groupdict())


def shown_reference(text: str) -> str:
    """Hide what stands before an ``@`` that begins no digest: somebody wrote a login there."""
    return _LOGIN.sub(r"\g<scheme>****@", text)


def is_python_image(text: str) -> bool:
    """Whether it names an official Python image; what is no reference names none."""
    match = _REFERENCE.fullmatch(text.strip().removeprefix("docker://"))
    return match is not None and ImageReference(**match.groupdict()).is_official_python
