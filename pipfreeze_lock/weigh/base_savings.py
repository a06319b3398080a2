"""What the base could do without: build tools of the system, tests of the interpreter."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipfreeze_lock.model.weight import Saving
from pipfreeze_lock.weigh.kinds import suite_of
from pipfreeze_lock.weigh.overlaps import by_layer, hidden_share, largest, sentences, share, total

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.weight import Owner
    from pipfreeze_lock.weigh.evidence import Evidence

__all__ = ["build_tools", "interpreter_tests"]

_SECTIONS_OF_BUILD_TOOLS = frozenset({"devel", "libdevel", "vcs", "debug"})
"""Of Debian's archive: compilers, headers, version control. None of it is in ``python:*-slim``."""
_APK_BUILD_TOOLS = frozenset({"binutils", "build-base", "cmake", "g++", "gcc", "git", "make"})


def build_tools(evidence: Evidence) -> Iterator[Saving]:
    """Give the packages that only compile: what a slim base has not, or a stage for building would keep for itself."""
    parts = [(layer, part) for layer in evidence.layers for part in layer.parts if _is_build_tool(part.owner, evidence)]
    sizes: Counter[str] = Counter()
    for _, part in parts:
        sizes[f"{part.owner.name} {part.owner.version}".rstrip()] += part.total
    names = [name for name, _ in sizes.most_common(3)]
    version = evidence.config.environment.get("PYTHON_VERSION", "")
    slim = f"FROM python:{version}-slim" if version and any(evidence.owners.sections.values()) else ""
    yield Saving(
        id="build-tools",
        what="compilers, headers and version control of the system",
        size=sum(part.total for _, part in parts),
        how=slim or "COPY --from=build …",
        note=sentences(
            f"an estimate: the packages that are for building, {', '.join(names)} the largest of them",
            "nothing can be compiled there" if slim else "compile in a stage of its own, and copy what came of it",
            "programs that run git or a compiler need them",
            share(sum(part.hidden for _, part in parts), "is hidden bytes, too"),
        )
        if parts
        else "",
        is_estimated=True,
        layers=by_layer((layer.info, part.total) for layer, part in parts),
    )


def interpreter_tests(evidence: Evidence) -> Iterator[Saving]:
    """Give the standard library's own tests."""
    files = evidence.files(lambda file: file.kind == "tests" and file.owner.category == "interpreter")
    suites = largest((f"/{suite_of(one.path, evidence.suites)}", one.size) for one in files)
    removed = [one for one in files if f"/{suite_of(one.path, evidence.suites)}" in suites]
    yield Saving(
        id="interpreter-tests",
        what="tests of Python's own",
        size=total(removed),
        how=f"RUN … && rm -rf {' '.join(suites)}",
        note=sentences("in the RUN that installs Python, since a later one only hides them", hidden_share(removed)),
        paths=suites,
        layers=evidence.layers_of(removed),
    )


def _is_build_tool(owner: Owner, evidence: Evidence) -> bool:
    if owner.category != "system" or owner not in evidence.owners.sections:
        return False
    section = evidence.owners.sections[owner]
    return section in _SECTIONS_OF_BUILD_TOOLS or (
        not section and (owner.name.endswith("-dev") or owner.name in _APK_BUILD_TOOLS)
    )
