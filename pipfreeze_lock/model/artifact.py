"""A file of a release, as an index or a folder of files offers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pipfreeze_lock.model.url import Url

__all__ = ["IndexFile", "ProjectPage"]


class IndexFile(msgspec.Struct, frozen=True, rename="kebab", gc=False, omit_defaults=True):
    """One file as the simple repository API lists it (PEP 503, 629, 658, 691, 700, 714).

    A msgspec struct and not a dataclass: a page of one project lists up to some ten thousand of them, decoding is
    most of what a cold lock does, and what is decoded is what is used.
    """

    filename: str
    url: str
    """As the page has it; may be relative: `ProjectPage.url_of` resolves it."""
    hashes: dict[str, str] = {}
    """Algorithm to hex digest; may be empty."""
    requires_python: str | None = None
    yanked: bool | str = False
    """A string, which may be empty, is the reason."""
    upload_time: str | None = None
    """RFC 3339, UTC."""
    size: int | None = None
    """Bytes."""
    core_metadata: bool | dict[str, str] = False
    """True or its hashes where ``URL.metadata`` is served."""

    @property
    def is_yanked(self) -> bool:
        """An empty reason is a yank too (PEP 592)."""
        return self.yanked is not False

    @property
    def yanked_reason(self) -> str:
        """In one line, for a reader; only of a file that is yanked."""
        reason = self.yanked if isinstance(self.yanked, str) else ""
        return " ".join(reason.split()) or "no reason given"


class ProjectPage(msgspec.Struct, frozen=True):
    """What one index or folder has of one project, in the order it lists it."""

    name: str
    """Normalised (PEP 503)."""
    url: str
    """Of the page, after redirects and without credentials: the base of relative file URLs."""
    index: Url
    """The index (``--index-url``) or the ``--find-links`` place that was asked."""
    files: list[IndexFile]

    def url_of(self, file: IndexFile) -> str:
        """Give the absolute URL of a file, without fragment."""
        if file.url.startswith(("https://", "http://")):
            return file.url.partition("#")[0]
        from urllib.parse import urljoin  # noqa: PLC0415  most pages have absolute URLs

        return urljoin(self.url, file.url).partition("#")[0]
