"""What a frozen image was made from, beside where its distributions are from: names for places, and what differs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from pipfreeze_lock.index.filenames import sdist_version, split_suffix
from pipfreeze_lock.model.lock import UNMATCHED
from pipfreeze_lock.requirements.naming import KnownOrigin, is_from
from pipfreeze_lock.requirements.recorded import via_of_input
from pipfreeze_lock.verify.compare import same_version
from pipfreeze_lock.verify.origin import tells_origin

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.installed import InstalledDistribution
    from pipfreeze_lock.model.requirement import Requirement, UnnamedRequirement

__all__ = ["copied_files", "elsewhere", "known_origins", "unmatched_remarks"]


def _origin_of(one: InstalledDistribution, read: Callable[[str], bytes | None]) -> str | None:
    """Give the reference to where it was installed from: by direct_url.json, else by its ``.egg-link``."""
    if one.direct_url is not None or not one.path.endswith(".egg-link"):
        return one.direct_url
    folder, _, _ = (read(one.path) or b"").decode(errors="replace").partition("\n")
    return f"file://{quote(folder.strip())}" if folder.startswith("/") else None


def known_origins(installed: Iterable[InstalledDistribution], read: Callable[[str], bytes | None]) -> list[KnownOrigin]:
    """Give those of which something tells where they are from."""
    told = ((one, _origin_of(one, read)) for one in installed)
    return [
        KnownOrigin(name=one.name, reference=origin, is_editable=one.is_editable)
        for one, origin in told
        if origin is not None
    ]


def copied_files(
    lines: Iterable[Requirement], installed: Iterable[InstalledDistribution], *, pip: str
) -> list[KnownOrigin]:
    """Give what was installed from archives beside the requirements, by their lines alone: this pip does not write it.

    Their names say which release they are, and that is what is there.
    """
    there = {one.name: one for one in installed if one.direct_url is None and not tells_origin(pip, one)}
    found = []
    for line in lines:
        url = line.url.without_credentials if line.url is not None else ""
        one = there.get(line.name)
        if one is not None and url.startswith("file:") and same_version(_version_of_file(url, one.name), one.version):
            found.append(KnownOrigin(name=one.name, reference=url, is_editable=False))
    return found


def _version_of_file(url: str, name: NormalizedName) -> str:
    stem, suffix = split_suffix(unquote(urlsplit(url).path).rpartition("/")[2])
    return stem.split("-")[1] if suffix == ".whl" else sdist_version(stem, name) or ""


def elsewhere(
    requirements: Iterable[Requirement],
    installed: Collection[InstalledDistribution],
    origins: Iterable[KnownOrigin],
    *,
    pip: str,
    pins: Collection[NormalizedName],
) -> Iterator[str]:
    """Say of lines that name a place which distributions are installed from another one.

    :param pip: Of the target, which writes direct_url.json or not.
    :param pins: Those that are files of an index; of others, nothing may tell it.
    """
    there = {one.name: one for one in installed}
    known = {one.name: one for one in origins}
    for line in requirements:
        one, origin = there.get(line.name), known.get(line.name)
        if line.url is None or one is None:
            continue
        if origin is not None:
            if is_from(line, origin) is False:
                kind = "as a source tree from" if origin.is_editable else "from"
                yield f"{_asked(line)}, and `{one.name}` {one.version} was installed {kind} `{origin.reference}`"
        elif tells_origin(pip, one) or one.name in pins:
            yield f"{_asked(line)}, and `{one.name}` {one.version} is that of an index"
        elif one.is_editable != line.is_editable:
            kind = "a source tree" if one.is_editable else "no source tree"
            yield f"{_asked(line)}, and `{one.name}` {one.version} is {kind}"


def _asked(line: Requirement) -> str:
    return f"{line.source}: `{line.text}` is asked for"


def unmatched_remarks(
    lines: Iterable[UnnamedRequirement], path_in_lock: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """Give the header lines on places of which nothing tells what is installed from there, so that ``check`` knows."""
    for line in lines:
        via = via_of_input("-r", line)
        yield UNMATCHED, str(replace(via, parent=path_in_lock(via.parent)))
