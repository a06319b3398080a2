"""What ``verify --deep`` needs of the network: pages of the index, and records of wheels."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pipfreeze_lock.cli.index_options import index_options
from pipfreeze_lock.cli.lock_options import LockOptions, with_settings
from pipfreeze_lock.cli.settings import cache_folder
from pipfreeze_lock.cli.targeting import TargetOptions
from pipfreeze_lock.cli.wiring import http_settings, keyring_program
from pipfreeze_lock.http.client import Client
from pipfreeze_lock.http.credentials import CredentialStore
from pipfreeze_lock.index.cache import Cache
from pipfreeze_lock.index.client import SimpleIndexes
from pipfreeze_lock.index.places import Places, credential_urls
from pipfreeze_lock.metadata.download import local_path
from pipfreeze_lock.metadata.file_contents import FileContents
from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
from pipfreeze_lock.model.url import Url
from pipfreeze_lock.verify.compare import same_version
from pipfreeze_lock.workflows.verify_deep import DeepRequest, DeepResult, verify_deep

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pipfreeze_lock.check.places import LockPlaces
    from pipfreeze_lock.cli.looking_at_images import LookedAt
    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.index.interface import FileIndex
    from pipfreeze_lock.model.lock import LockedSet, Pin
    from pipfreeze_lock.model.requirement import IndexOptions
    from pipfreeze_lock.verify.deep import LockedRecord

__all__ = ["look_deep"]

_PLACES = ("index_url", "extra_index_urls", "find_links", "no_index")


def look_deep(
    lock: LockedSet,
    path: Path,
    looked: LookedAt,
    network: Mapping[str, Any],
    settings: Settings,
    places: LockPlaces,
    talk: Talk,
) -> DeepResult:
    """Compare what is installed with the locked wheels.

    :param path: Of the lock; the find-links folders that it names are relative to it.
    :param network: Fields of `LockOptions` that were given.
    :raises NetworkError: when an index could not be asked.
    """
    given = LockOptions(inputs=("-",), target=TargetOptions(), **network)
    options = with_settings(given, settings)
    in_force = _in_force(lock, path, options, is_placed=any(network.get(one) for one in _PLACES))
    http = http_settings(options, in_force)
    credentials = CredentialStore(credential_urls(in_force), netrc=http.netrc, keyring=keyring_program(options))
    cache = None if options.no_cache else Cache(cache_folder(options.cache_dir))
    with Client(http, credentials=credentials) as client:
        found = Places.of(in_force)
        index = SimpleIndexes(found, http=client, cache=cache, credentials=credentials, refresh=options.refresh)
        try:
            result = verify_deep(
                DeepRequest(
                    lock=lock,
                    installed=looked.installed,
                    read=looked.tree.read,
                    layer_of=looked.tree.layer_of,
                    place=places.pin,
                    records=_Records(index, FileContents(client, cache)),
                    no_binary=in_force.format_control.no_binary,
                )
            )
        finally:
            index.close()
    for note in [*index.notes, *(cache.notes if cache else ())]:
        talk.warn(note)
    return result


def _in_force(lock: LockedSet, path: Path, options: LockOptions, *, is_placed: bool) -> IndexOptions:
    """Give where files are looked for: where the command line says, else where the lock and the configuration say."""
    given = index_options(options)
    recorded = lock.options
    if is_placed:
        return replace(given, format_control=recorded.format_control)
    links = tuple(_from_lock(one, path) for one in recorded.find_links)
    return replace(
        recorded,
        # A lock never holds a credential: the configuration's URL of the same index may.
        index_url=given.index_url or recorded.index_url,
        extra_index_urls=given.extra_index_urls or recorded.extra_index_urls,
        find_links=tuple(dict.fromkeys((*links, *given.find_links))),
        no_index=recorded.no_index or given.no_index,
        trusted_hosts=(*recorded.trusted_hosts, *given.trusted_hosts),
    )


def _from_lock(location: str, path: Path) -> str:
    """Resolve a find-links folder of the lock against where that lies."""
    if "://" in location or location.startswith("file:"):
        return location
    return str(path.parent / location)


class _Records:
    """Where the locked files are."""

    def __init__(self, index: FileIndex, contents: FileContents) -> None:
        self._index = index
        self._contents = contents

    def files(self, pin: Pin) -> list[tuple[ProjectPage, IndexFile]]:
        """Give those with one of the pin's hashes; a direct reference is its own file."""
        return [(page, file) for page, file in self._offered(pin) if self._is_allowed(page, file, pin)]

    def _offered(self, pin: Pin) -> Iterator[tuple[ProjectPage, IndexFile]]:
        if pin.url is not None:
            filename = unquote(urlsplit(pin.url).path.rpartition("/")[2])
            file = IndexFile(filename=filename, url=pin.url.partition("#")[0])
            yield ProjectPage(name=pin.name, url=pin.url, index=Url(pin.url), files=[file]), file
            return
        for page in self._index.pages(pin.name):
            yield from ((page, file) for file in page.files)

    def _is_allowed(self, page: ProjectPage, file: IndexFile, pin: Pin) -> bool:
        known = {f"{algorithm}:{digest}" for algorithm, digest in file.hashes.items()}
        if known & set(pin.hashes):
            return True
        if "sha256" in file.hashes:
            return False
        local = local_path(page.url_of(file))
        if local is not None:
            return _may_be(file.filename, pin) and f"sha256:{_sha256(local)}" in pin.hashes
        return pin.url is not None  # its hash is not known before all of it is read; its place is what the lock says

    def record(self, page: ProjectPage, file: IndexFile) -> LockedRecord:
        """Read a wheel's record, from the cache where it was read before."""
        return self._contents.record(page, file)


def _may_be(filename: str, pin: Pin) -> bool:
    """Whether a file's name may be that of the pinned version, so that its hash is worth to be computed."""
    if filename.endswith(".whl"):
        return same_version(filename.split("-")[1], pin.version)
    return True


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
