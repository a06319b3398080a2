"""What distributions could do without: bytecode, tests, what only compilers read."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pipfreeze_lock.model.weight import Saving
from pipfreeze_lock.weigh.kinds import is_compiled, source_of, suite_of
from pipfreeze_lock.weigh.overlaps import hidden_share, largest, sentences, share, total

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.weigh.evidence import Evidence
    from pipfreeze_lock.weigh.weighed_file import WeighedFile

__all__ = ["bytecode", "development_files", "test_suites"]

_OF_COMPILERS = frozenset({"a", "cuh", "h", "hh", "hpp", "hxx", "la", "o"})
_MOST_SUITES = 6
"""Test suites of a name of their own that fit into one line."""


def bytecode(evidence: Evidence) -> Iterator[Saving]:
    """Give what pip compiles as it installs, and what Python writes as it runs in a RUN.

    The first lies in the layer of its source, the second in one above.
    """
    by_pip: list[WeighedFile] = []
    by_runs: list[WeighedFile] = []
    for one in evidence.notable:
        if not is_compiled(one.path):
            continue
        layer = _layer_of_source(evidence, one)
        installed = evidence.owners.distributions.get(one.owner)
        if layer == one.layer and installed is not None and installed.installer != "conda":
            by_pip.append(one)
        elif layer is not None and layer < one.layer and one.owner.category in {"distribution", "interpreter"}:
            by_runs.append(one)
    yield _without(
        by_pip,
        evidence,
        id="no-compile",
        what="bytecode that pip compiles",
        how="RUN pip install --no-compile …",
        cost="modules are compiled when they are first imported, at each start where that cannot be written",
    )
    yield _without(
        by_runs,
        evidence,
        id="no-bytecode",
        what="bytecode that Python writes when a RUN runs it",
        how="ENV PYTHONDONTWRITEBYTECODE=1",
        cost="Python's own modules and pip's are compiled at each start then",
    )


def test_suites(evidence: Evidence) -> Iterator[Saving]:
    """Give what removing the tests of distributions would spare, by the line that does."""
    sites = _sites(evidence)
    files: dict[str, list[WeighedFile]] = {}
    for one in evidence.files(lambda file: file.kind == "tests" and file.owner.category == "distribution"):
        suite = suite_of(one.path, evidence.suites)
        if _site_of(suite, sites):
            files.setdefault(suite, []).append(one)
    sizes = {suite: total(found) for suite, found in files.items()}
    usual = [suite for suite in sizes if suite.endswith("/tests")]
    others = sorted(sizes.keys() - set(usual), key=lambda suite: (-sizes[suite], suite))[:_MOST_SUITES]
    removed = [one for suite in (*usual, *others) for one in files[suite]]
    commands = []
    if usual:
        places = " ".join(sorted({f"/{_site_of(suite, sites)}" for suite in usual}))
        commands.append(f"find {places} -type d -name tests -prune -exec rm -rf {{}} +")
    if others:
        commands.append(f"rm -rf {' '.join(f'/{suite}' for suite in others)}")
    yield Saving(
        id="tests",
        what="test suites of distributions",
        size=total(removed),
        how=f"RUN pip install … && {' && '.join(commands)}",
        note=sentences(
            "at most: some import their tests when they run, so run yours after it; in the RUN that installs them, "
            "since a later one only hides them; `verify --integrity` will miss them",
            share(total(one for one in removed if is_compiled(one.path)), "is bytecode, too"),
            hidden_share(removed),
        ),
        paths=largest((f"/{suite}", sizes[suite]) for suite in (*usual, *others)),
        layers=evidence.layers_of(removed),
    )


def development_files(evidence: Evidence) -> Iterator[Saving]:
    """Give headers and static libraries that distributions bring."""
    sites = _sites(evidence)
    files = [
        one
        for one in evidence.files(lambda file: file.owner.category == "distribution" and file.kind != "pyc")
        if _suffix(one.path) in _OF_COMPILERS and _site_of(one.path, sites)
    ]
    places = " ".join(sorted({f"/{_site_of(one.path, sites)}" for one in files}))
    names = " -o ".join(f"-name '*.{suffix}'" for suffix in sorted({_suffix(one.path) for one in files}))
    yield _without(
        files,
        evidence,
        id="development-files",
        what="headers and static libraries of distributions",
        how=f"RUN pip install … && find {places} -type f \\( {names} \\) -delete",
        cost="who compiles against them in the image needs them; `verify --integrity` will miss them",
    )


def _without(
    files: list[WeighedFile],
    evidence: Evidence,
    *,
    id: str,  # noqa: A002  as `Saving` has it
    what: str,
    how: str,
    cost: str,
) -> Saving:
    """Give what an image without these files spares, and where they are."""
    in_suites = share(total(one for one in files if one.kind == "tests"), "is of test suites, too")
    return Saving(
        id=id,
        what=what,
        size=total(files),
        how=how,
        note=sentences(cost, in_suites, hidden_share(files)),
        paths=_packages(evidence, files),
        layers=evidence.layers_of(files),
    )


def _suffix(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2]


def _sites(evidence: Evidence) -> list[str]:
    """Give the folders that distributions are installed in, those within others first."""
    return sorted({one.site for one in evidence.owners.distributions.values()}, key=len, reverse=True)


def _site_of(path: str, sites: list[str]) -> str:
    """Give the one that a file lies in; ``""`` where that is none."""
    return next((site for site in sites if path.startswith(f"{site}/")), "")


def _layer_of_source(evidence: Evidence, file: WeighedFile) -> int | None:
    """Give the topmost layer, no higher than that of bytecode, that has its source."""
    parent, _, name = file.path.rpartition("/")
    source = source_of(parent, name)
    layers = range(file.layer, -1, -1)
    return next((layer for layer in layers if source in evidence.scanned[layer].contents.files), None)


def _packages(evidence: Evidence, files: list[WeighedFile]) -> tuple[str, ...]:
    """Give where the most of it is: folders in ``site-packages``, elsewhere those of the files."""
    sites = _sites(evidence)

    def place(path: str) -> str:
        site = _site_of(path, sites)
        return f"/{site}/{path[len(site) + 1 :].partition('/')[0]}" if site else f"/{posixpath.dirname(path)}"

    return largest((place(one.path), one.size) for one in files)
