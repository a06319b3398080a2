"""The metadata file beside a wheel: ``URL.metadata`` (PEP 658, renamed by PEP 714).

A page may say that the file exists, with its hash. Many mirrors copy pages without saying so while the files are
served all the same. So where a page is silent we ask once and learn, host by host: a host that answers is asked for
every further wheel, one that says "not found" twice before it ever answered is not asked again in this run.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipfreeze_lock.metadata.core_metadata import read_fields
from pipfreeze_lock.metadata.download import check_hash, local_path

if TYPE_CHECKING:
    from pipfreeze_lock.http.interface import HttpClient
    from pipfreeze_lock.model.artifact import IndexFile

__all__ = ["SidecarReader"]

_REFUSALS = 2
"""How often a host may lack an unannounced sidecar before it is taken to have none. Not one: a single old wheel may
lack it on a host that serves the rest. Requests already under way are not called back, so a burst may cost more."""


class SidecarReader:
    """Reads metadata sidecars; may be called from any thread."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._refusals: dict[str, int] = {}
        self._serving: set[str] = set()

    def read(self, file: IndexFile, url: str) -> bytes | memoryview | None:
        """Give the bytes of the sidecar, or None where there is none to be had.

        :raises MetadataError: when its hash is not the one of the page. pip fails on this too.
        :raises NetworkError: when the host cannot be reached.
        """
        announced = bool(file.core_metadata)
        if local_path(url) is not None:
            return None
        host = urlsplit(url).netloc
        if not announced and not self._worth_asking(host):
            return None
        response = self._client.get(f"{url}.metadata")
        found = response.status == 200 and _is_metadata(response.body)
        if not announced:
            self._learn(host, found=found)
        if not found:
            return None
        if isinstance(file.core_metadata, dict):
            check_hash(response.body, file.core_metadata, f"{url}.metadata")
        return response.body

    def _worth_asking(self, host: str) -> bool:
        return host in self._serving or self._refusals.get(host, 0) < _REFUSALS

    def _learn(self, host: str, *, found: bool) -> None:
        with self._lock:
            if found:
                self._serving.add(host)
            else:
                self._refusals[host] = self._refusals.get(host, 0) + 1


def _is_metadata(body: bytes | memoryview) -> bool:
    """Whether it is a metadata file and not a page that a server gives for any address."""
    fields = read_fields(body)
    return fields.metadata_version is not None and fields.name is not None and fields.version is not None
