"""The public index as of a day, on loopback, with all that it served kept: a second run fetches nothing."""

from __future__ import annotations

import concurrent.futures
import ssl
from contextlib import ExitStack
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING, Self

import msgspec
import trustme
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version
from recording import Recording, Upstream, default_index
from support.loopback import LoopbackServer, Request, Response

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

__all__ = ["DatedIndex", "Fetched"]

_PORT = 8421
"""Always the same, since it stands in the URLs by which pip's cache finds what it has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """A distribution file that was sent."""

    name: NormalizedName
    version: Version
    bytes: int
    uploaded: str
    """The day, UTC: ``2020-12-19``."""


class DatedIndex:
    """Serves while it is entered, as the public index does, but for files of that day and later; tells what it sent.

    A page is fetched from the index once: one from an earlier year lacks the files that were uploaded since, which the
    days that are asked for do not see anyway.

    :param folder: Where everything is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._recording = Recording(folder, Upstream(), default_index())
        self._sent: list[tuple[str, int]] = []
        self._days: dict[NormalizedName, dict[str, str]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        executor = self._stack.enter_context(concurrent.futures.ThreadPoolExecutor(8))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority().issue_cert("127.0.0.1").configure_cert(context)
        server = LoopbackServer(self._answer, port=_PORT, tls=context, executor=executor)
        self._server = self._stack.enter_context(server)
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    @property
    def authority(self) -> Path:
        """The certificate of who vouches for it; without TLS, pip's cache keeps nothing."""
        return self._folder / "authority.pem"

    def url(self, day: str) -> str:
        """Give the URL of the index as it was before that day began (UTC)."""
        return f"{self._server.url}/asof/{day}/simple/"

    def forget(self) -> None:
        """Let what was sent so far not count."""
        self._sent.clear()

    def fetched(self) -> tuple[Fetched, ...]:
        """Give the distribution files that were sent, in their order."""
        files = (one for one in self._sent if one[0].startswith("/files/") and not one[0].endswith(".metadata"))
        return tuple(self._fetched(path.rpartition("/")[2], sent) for path, sent in files)

    def page_bytes(self) -> int:
        """Give the bytes of the pages that were sent."""
        return sum(sent for path, sent in self._sent if "/simple/" in path)

    def _authority(self) -> trustme.CA:
        """Give the one that images of an earlier run know, else another."""
        key = self.authority.with_suffix(".key")
        if key.exists():
            return trustme.CA.from_pem(self.authority.read_bytes(), key.read_bytes())
        made = trustme.CA()
        self._folder.mkdir(parents=True, exist_ok=True)
        made.cert_pem.write_to_path(self.authority)
        made.private_key_pem.write_to_path(key)
        return made

    def _fetched(self, filename: str, sent: int) -> Fetched:
        release = _release_of(filename)
        if release is None:
            message = f"{filename} is no name of a distribution file"
            raise ValueError(message)
        day = self._uploads(release[0])[filename]
        return Fetched(name=release[0], version=release[1], bytes=sent, uploaded=day)

    def _uploads(self, name: NormalizedName) -> dict[str, str]:
        """Give the day of each file of a project."""
        if name not in self._days:
            page = msgspec.json.decode((self._folder / "pages" / f"{name}.json").read_bytes())
            self._days[name] = {file["filename"]: file["upload-time"][:10] for file in page["files"]}
        return self._days[name]

    def _answer(self, request: Request) -> Response:
        response = self._recording(request)
        if response.status == 200:
            self._sent.append((request.path, len(response.body)))
            # pip's cache keeps nothing that is not dated, and the public index dates all its answers.
            response.headers["Date"] = formatdate(usegmt=True)
        return response


def _release_of(filename: str) -> tuple[NormalizedName, Version] | None:
    """Give name and version of a distribution file; None where it is no name that today's rules read."""
    try:
        return parse_wheel_filename(filename)[:2] if filename.endswith(".whl") else parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None
