"""What the base image has, as candidates whose dependencies are those that the index says this very release has.

pip reads them from what is installed (``AlreadyInstalledCandidate.iter_dependencies`` in its resolvelib/candidates.py,
and the resolver of pips before 20.3 likewise), so that keeping a distribution brings what it needs. We cannot look
inside the image here; a release has the same core metadata wherever it is installed, as a rule.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import MetadataError
from pipfreeze_lock.index.rank import Candidate as IndexCandidate
from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.resolve.needs import BaseCandidate, FileCandidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from pipfreeze_lock.model.target import BaseDistribution
    from pipfreeze_lock.resolve.catalogue import Catalogue

__all__ = ["base_candidates", "needs_nothing"]


def base_candidates(base: Iterable[BaseDistribution], catalogue: Catalogue) -> dict[NormalizedName, BaseCandidate]:
    """Give the base set by name; nothing is asked of the index before the search wants to know."""
    candidates = {}
    for one in base:
        version = read_version(one.version)
        find = partial(_release, one.name, version, catalogue)
        candidates[one.name] = BaseCandidate(one, version, find, needs_nothing=needs_nothing(one.name, version))
    return candidates


def needs_nothing(name: NormalizedName, version: Version) -> bool:
    """Whether it is known without asking that a release needs nothing unless an extra is asked for.

    Of what most images have, which spares a page of thousands of files: pip never had a dependency, setuptools had some
    from 34.0 to 35.0.2 (then it carried them inside again), wheel has them since 0.46 (which no longer does).
    """
    match name:
        case "pip":
            return True
        case "setuptools":
            return not (34,) <= version.release < (36,)
        case "wheel":
            return version.release < (0, 46)
    return False


def _release(name: NormalizedName, version: Version, catalogue: Catalogue) -> FileCandidate | None:
    """Give the release with its metadata, from a file that need not be built; None where there is none."""
    for found in _files(name, version, catalogue):
        try:
            metadata = catalogue.static_metadata(found)
        except MetadataError:
            continue  # a file that is broken says nothing of what is installed
        if metadata is not None:
            return FileCandidate(
                found,
                name,
                metadata,
                legacy_specifiers=catalogue.legacy_specifiers,
                extra_names=catalogue.extra_names,
            )
    return None


def _files(name: NormalizedName, version: Version, catalogue: Catalogue) -> Iterator[IndexCandidate]:
    """Give those that this pip would take, best first, then the other wheels: what is there came from somewhere."""
    project = catalogue.project(name)
    yield from project.candidates(version)
    for rejected in project.rejections(version):
        if rejected.file.filename.endswith(".whl"):
            text = rejected.version_text or str(version)
            yield IndexCandidate(
                rejected.file, rejected.page, version, text, is_wheel=True, spelling=name, preference=()
            )
