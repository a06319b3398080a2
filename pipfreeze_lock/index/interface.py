"""What the resolver may know of indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.artifact import ProjectPage

__all__ = ["FileIndex"]


class FileIndex(Protocol):
    """All places where files are looked for, as one; may be called from any thread."""

    def pages(self, name: NormalizedName) -> Sequence[ProjectPage]:
        """Give what each place has of a project, in pip's order of places; places that lack it are left out.

        Blocks until known. A second call for the same name costs nothing; calls for different names from different
        threads run concurrently.

        :raises NetworkError: when a place could not answer (a 404 is an answer: it lacks the project).
        """
        ...  # pragma: no cover

    def prefetch(self, name: NormalizedName) -> None:
        """Say that `pages` will be called soon. Returns at once; an error is kept for `pages`."""
        ...  # pragma: no cover

    def filenames_shown_to(self, pip: str, page: ProjectPage) -> Sequence[str] | None:
        """Give the file names of a page in the order in which this pip is shown them; None where nobody can say.

        pips below 22.2 read HTML, and some indexes answer pip 22.2 and 22.3 in HTML too. The public index lists both
        forms alike; not every mirror does.

        :param pip: Its version.
        :raises NetworkError: when the place could not answer.
        """
        ...  # pragma: no cover
