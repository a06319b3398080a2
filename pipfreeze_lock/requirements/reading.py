"""The real reader of requirements files: paths, URLs and standard input, as bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.http.interface import HttpClient
    from pipfreeze_lock.model.url import Url

__all__ = ["read_location"]


def read_location(location: str, *, client: HttpClient | None, stdin: Callable[[], bytes]) -> bytes:
    """Read a requirements file.

    :param location: A path, an ``http:``, ``https:`` or ``file:`` URL, or ``-``. A URL may hold credentials.
    :param client: None where nothing may be fetched; a URL is then an error.
    :param stdin: Gives all of standard input; called for ``-`` alone.
    :raises InputError: for what is not there or may not be read.
    :raises NetworkError: as the client does.
    """
    scheme = location.partition(":")[0].lower()
    if location == "-":
        return stdin()
    if scheme in ("http", "https"):
        from pipfreeze_lock.model.url import Url  # noqa: PLC0415  such files are rare

        return _fetched(Url(location), client)
    return _contents(_path_of_url(location) if scheme == "file" else Path(location))


def _path_of_url(location: str) -> Path:
    from urllib.parse import urlsplit  # noqa: PLC0415  file: URLs are rare
    from urllib.request import url2pathname  # noqa: PLC0415  likewise

    parts = urlsplit(location)
    if parts.netloc not in ("", "localhost"):
        from pipfreeze_lock.model.url import Url  # noqa: PLC0415  for this message

        msg = f"`{Url(location)}` is a file of another machine"
        raise InputError(msg, context=str(Url(location)), hints=["Write it as `file:///PATH`."])
    return Path(url2pathname(parts.path))


def _fetched(url: Url, client: HttpClient | None) -> bytes:
    shown = str(url)
    if client is None:
        msg = "a requirements file at a URL is not fetched without network"
        raise InputError(msg, context=shown, hints=["Download it, and give the path."])
    headers = {}
    if credentials := url.credentials:
        from base64 import b64encode  # noqa: PLC0415  such URLs are rare

        secret = f"{credentials.username}:{credentials.password}".encode()
        headers["Authorization"] = f"Basic {b64encode(secret).decode('ascii')}"
    response = client.get(url.without_credentials.partition("#")[0], headers)
    if response.status != 200:
        msg = f"the server answered {response.status} for this requirements file"
        raise InputError(msg, context=shown, hints=_http_hints(response.status))
    return bytes(response.body)


def _http_hints(status: int) -> list[str]:
    if status in (401, 403):
        return ["Give credentials for the host: in the URL, in `.netrc` or in a keyring."]
    return ["Open the URL in a browser: it must give the plain text of the file."]


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        msg = f"there is no file `{path}`"
        raise InputError(msg, context=str(path), hints=_nearest(path)) from error
    except IsADirectoryError as error:
        msg = f"`{path}` is a directory"
        raise InputError(msg, context=str(path), hints=_inside(path)) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        msg = f"`{path}` cannot be read: {reason.lower()}"
        raise InputError(msg, context=str(path)) from error


def _nearest(path: Path) -> list[str]:
    from difflib import get_close_matches  # noqa: PLC0415  for errors only

    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return [f"There is no directory `{path.parent}`."]
    return [f"Did you mean `{path.parent / name}`?" for name in get_close_matches(path.name, names, n=1, cutoff=0.6)]


def _inside(path: Path) -> list[str]:
    candidates = sorted([*path.glob("*requirements*.txt"), *path.glob("pyproject.toml")])
    return [f"Did you mean `{candidates[0]}`?"] if candidates else ["Give a file in it."]
