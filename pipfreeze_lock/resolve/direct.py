"""Files named by a direct URL, and files for which an index gives no sha256: both have to be fetched whole."""

from __future__ import annotations

import hashlib
import re
from posixpath import basename
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from pipfreeze_lock.errors import InputError, MetadataError, NetworkError, ResolutionError
from pipfreeze_lock.index.filenames import parse_wheel_name
from pipfreeze_lock.index.rank import Candidate
from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
from pipfreeze_lock.model.legacy_version import LegacyVersion, read_version
from pipfreeze_lock.model.url import Url
from pipfreeze_lock.resolve.needs import FileCandidate
from pipfreeze_lock.target.extra_names import NORMALISED, ExtraNames

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.version import Version

    from pipfreeze_lock.http.interface import HttpClient
    from pipfreeze_lock.index.rank import SelectionRules
    from pipfreeze_lock.metadata.interface import MetadataSource
    from pipfreeze_lock.model.core_metadata import CoreMetadata
    from pipfreeze_lock.resolve.needs import Need

__all__ = ["DirectFiles", "supported"]


class DirectFiles:
    """Makes candidates of direct URLs, and hashes files; each file is fetched once."""

    def __init__(
        self,
        *,
        client: HttpClient,
        metadata: MetadataSource,
        legacy_specifiers: bool = False,
        extra_names: ExtraNames = NORMALISED,
    ) -> None:
        self._legacy_specifiers = legacy_specifiers
        self._extra_names = extra_names
        self._client = client
        self._metadata = metadata
        self._lock = Lock()
        self._candidates: dict[tuple[str, str], FileCandidate] = {}
        self._digests: dict[tuple[str, str], str] = {}

    def candidate(self, need: Need) -> FileCandidate:
        """Give the one candidate of a direct URL, its version read from its file name, else from its metadata.

        :raises NetworkError: when it cannot be fetched.
        :raises MetadataError: when it is no distribution, or not what the hash in the URL says.
        """
        url = need.url
        if url is None:  # pragma: no cover  the provider asks for needs with a URL alone
            message = "a need without URL has no direct candidate"
            raise ValueError(message)
        key = need.name, url.reveal()
        with self._lock:
            candidate = self._candidates.get(key)
        if candidate is None:
            candidate = self._make(need, url)
            with self._lock:
                candidate = self._candidates.setdefault(key, candidate)
        return candidate

    def sha256(self, page: ProjectPage, file: IndexFile) -> str:
        """Fetch a file and give its hex digest.

        :raises NetworkError: when it cannot be fetched.
        """
        return self.digest(page, file, "sha256")

    def digest(self, page: ProjectPage, file: IndexFile, algorithm: str) -> str:
        """Fetch a file and give its hex digest by an algorithm of `hashlib`.

        :raises NetworkError: when it cannot be fetched.
        """
        return self._digest(page.url_of(file), algorithm)

    def _make(self, need: Need, url: Url) -> FileCandidate:
        location = url.without_credentials.partition("#")[0]
        filename = unquote(basename(urlsplit(location).path))
        source = str(getattr(need.origin, "source", url))
        file = IndexFile(filename=filename, url=location, hashes={"sha256": self._digest(location, "sha256", source)})
        self._check_fragment(url, location)
        page = ProjectPage(name=need.name, url=location, index=url, files=[file])
        metadata = self._metadata.metadata(page, file)
        if canonicalize_name(metadata.name) != need.name:
            message = f"the file is a distribution of `{metadata.name}`, not of `{need.name}`"
            raise MetadataError(message, context=str(url), hints=["Mend the name before the URL, or the URL."])
        version = _version_of(filename) or self._version_in(metadata, url)
        found = Candidate(file, page, version, str(version), filename.endswith(".whl"), need.name, ())
        return FileCandidate(
            found,
            need.name,
            metadata,
            direct_url=url,
            legacy_specifiers=self._legacy_specifiers,
            extra_names=self._extra_names,
        )

    def _version_in(self, metadata: CoreMetadata, url: Url) -> Version:
        version = read_version(metadata.version)
        if isinstance(version, LegacyVersion) and not self._legacy_specifiers:
            message = f"the file's metadata says that it is version `{version}`, which is none by PEP 440"
            raise MetadataError(message, context=str(url), hints=["A pip below 24.1 in the image takes it."])
        return version

    def _check_fragment(self, url: Url, location: str) -> None:
        """Hold the file against ``#sha256=…``, as pip does: ``Link`` in its ``models/link.py``."""
        stated = _HASH_IN_FRAGMENT.search(url.without_credentials.partition("#")[2])
        if stated is None:
            return
        algorithm, wanted = stated.groups()
        found = self._digest(location, algorithm)
        if found != wanted:
            message = f"the file is not the one that the URL means: its {algorithm} is {found}"
            hints = ["Find out why the file differs from the one that was hashed, before you change the hash."]
            raise MetadataError(message, context=str(url), hints=hints)

    def _digest(self, url: str, algorithm: str, source: str | None = None) -> str:
        """Fetch and hash a file.

        :param source: Who names it, for messages.
        """
        with self._lock:
            digest = self._digests.get((url, algorithm))
        if digest is None:
            response = self._client.get(url)
            if response.status == 404 and url.startswith("file:"):
                message = f"there is no file `{unquote(urlsplit(url).path)}`"
                raise InputError(message, context=source, hints=["Mend the path, or the folder you are in."])
            if response.status != 200:
                message = f"the server answered {response.status} for a file that must be hashed"
                raise NetworkError(message, context=str(Url(url)))
            digest = hashlib.new(algorithm, response.body, usedforsecurity=False).hexdigest()
            with self._lock:
                self._digests[url, algorithm] = digest
        return digest


def supported(explicit: Callable[[Need], FileCandidate], rules: SelectionRules) -> Callable[[Need], FileCandidate]:
    """Give what makes candidates of direct URLs, and refuses a wheel that is for others.

    Source: ``_fail_if_link_is_unsupported_wheel`` in pip's ``resolvelib/factory.py``.
    """

    def checked(need: Need) -> FileCandidate:
        candidate = explicit(need)
        filename = candidate.found.file.filename
        wheel = parse_wheel_name(filename, rules.capabilities.wheel_names) if candidate.found.is_wheel else None
        if wheel is not None and rules.tag_place(wheel.tags) is None:
            from pipfreeze_lock.index.wheel_support import why_unsupported  # noqa: PLC0415  for error messages alone

            message = f"this pip does not take `{filename}`: {why_unsupported(wheel.tags, rules.target)}"
            hints = ["Name a wheel for the target, or the sdist."]
            raise ResolutionError(message, context=str(getattr(need.origin, "source", need.url)), hints=hints)
        return candidate

    return checked


_HASH_IN_FRAGMENT = re.compile(r"(?:^|&)(sha1|sha224|sha256|sha384|sha512|md5)=([a-f0-9]+)")


def _version_of(filename: str) -> Version | None:
    try:
        return parse_wheel_filename(filename)[1] if filename.endswith(".whl") else parse_sdist_filename(filename)[1]
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
