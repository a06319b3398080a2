"""An answer that is not the one hoped for, as an error a person can act upon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.errors import NetworkError

if TYPE_CHECKING:
    from pipfreeze_lock.http.interface import HttpResponse

__all__ = ["status_error"]

_CREDENTIAL_HINTS = (
    "Put a user and password (or token) into the index URL or a netrc file, or use `--keyring-provider subprocess`.",
)


def status_error(response: HttpResponse, what: str, *, had_credentials: bool | None = None) -> NetworkError:
    """Say that a status is not what was expected.

    :param what: What was asked, for the message: ``the index `https://…```.
    :param had_credentials: Whether the request was sent with any; None where that is not known.
    """
    match response.status:
        case 401 | 403 if had_credentials:
            msg, hints = f"{what} refuses the credentials it was given ({response.status})", _WRONG_HINTS
        case 401:
            msg, hints = f"{what} asks for credentials (401)", _CREDENTIAL_HINTS
        case 403:
            msg, hints = f"{what} refuses to answer (403)", _CREDENTIAL_HINTS
        case 407:
            msg, hints = "the proxy asks for a user and password (407)", _PROXY_HINTS
        case _:
            msg, hints = f"{what} answers with status {response.status}", _OTHER_HINTS
    return NetworkError(msg, context=response.url, hints=hints)


_WRONG_HINTS = (
    "Are user and password right, and may they see this? They come from the URL, a netrc file or a keyring.",
)
_PROXY_HINTS = ("Put them into the proxy's URL: `--proxy http://USER:PASSWORD@HOST:PORT`.",)
_OTHER_HINTS = ("Is this URL right?",)
