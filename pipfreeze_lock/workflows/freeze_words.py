"""What a person is told of a frozen image: sentences, gathered while it is frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.verify.sentences import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.installed import InstalledDistribution
    from pipfreeze_lock.model.requirement import UnnamedRequirement
    from pipfreeze_lock.resolve.installed_edges import InstalledEdges
    from pipfreeze_lock.workflows.release_files import FoundFiles, NotFound

__all__ = ["FrozenWords"]


class FrozenWords:
    """All of one run.

    :param pip: Of the target.
    """

    def __init__(self, pip: str) -> None:
        self._pip = pip
        self.warnings: list[str] = []
        self.hints: list[str] = []
        self.details: list[str] = []
        self._unpinned: dict[str, list[str]] = {}
        """Why they are no pins, and which."""

    def of_pin(self, pinned: str, found: FoundFiles) -> None:
        """Say what makes it so; and aloud what could not be proven."""
        self.details.append(f"`{pinned}` is `{found.files[0][1].filename}`: {found.proof}")
        self.warnings += (f"`{pinned}`: {doubt}" for doubt in found.doubts)

    def of_other_choice(self, name: NormalizedName, version: str, filename: str | None) -> str:
        """Say that pip will not install the same again; give the same as a note."""
        what = f"takes `{filename}`, and refuses its hash" if filename is not None else "takes no file of it"
        note = f"pip {self._pip} {what}"
        self.warnings.append(f"`{name}=={version}` cannot be installed again from this lock: {note}")
        return note

    def of_unpinned(self, one: InstalledDistribution, outcome: NotFound) -> None:
        """Say what is no pin."""
        if one.direct_url is not None:
            origin = f"{outcome.words}; it is from `{one.direct_url}`"
            self.warnings.append(f"`{one.name} {one.version}` is no pin: {origin}")
        else:
            self._unpinned.setdefault(outcome.words, []).append(f"{one.name} {one.version}".rstrip())

    def all_unpinned(self) -> None:
        """Say what is no pin for the same reason in one sentence; all have been told by `of_unpinned` then."""
        for words, names in self._unpinned.items():
            verb = "is no pin" if len(names) == 1 else "are no pins"
            self.warnings.append(f"{listed(names)} {verb}: {words}")

    def of_hidden(self, one: InstalledDistribution, taken: InstalledDistribution) -> None:
        """Say what is installed twice."""
        self.warnings.append(
            f"`{one.name}` is installed twice: {taken.version} is imported, and {one.version} lies in `{one.path}`"
        )

    def of_edges(self, edges: InstalledEdges, *, roots: Sequence[NormalizedName], has_inputs: bool) -> None:
        """Say where the image contradicts itself, and the inputs."""
        self.warnings += map(str, edges.inconsistent)
        if edges.inconsistent:
            self.hints.append("`pip check` fails in this image, and the lock is what is there: `check` notes the same.")
        for one in edges.unmet:
            verb = "constrains it" if one.is_constraint else "is asked for"
            self.warnings.append(f"{one.source}: `{one.text}` {verb}, and that is not what is installed")
        if has_inputs and roots:
            verb = "is" if len(roots) == 1 else "are"
            self.warnings.append(f"{listed(roots)} {verb} installed, and nothing that was read asks for it")
        self.warnings += edges.unreadable

    def of_places(self, elsewhere: Iterable[str], unmatched: Iterable[UnnamedRequirement]) -> None:
        """Say which lines name a place that nothing is from, and of which that cannot be told."""
        self.warnings += elsewhere
        lines = [f"{one.source}: `{one.text}` does not say its name" for one in unmatched]
        self.warnings += (f"{line}, and nothing tells what is installed from there" for line in lines)
        if lines:
            self.hints.append("Say it, by `NAME @ URL` or `#egg=NAME`: then `check` can hold the line to the lock.")
