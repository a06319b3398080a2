"""How to reach the network: what the command line, the environment and pip's configuration say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HttpSettings"]

_CI_VARIABLES = ("BUILD_BUILDID", "BUILD_ID", "CI", "PIP_IS_CI")
"""As ``looks_like_ci`` has them in pip's ``_internal/network/session.py``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpSettings:
    """All that one client needs to know; the defaults are pip's."""

    proxy: str | None = field(default=None, repr=False)
    """``--proxy``: for every URL, instead of what the environment says. May hold credentials."""
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The environment's: scheme (``http``, ``https``, ``all``) to URL. May hold credentials."""
    no_proxy: str = ""
    """Hosts reached directly, comma-separated, as ``NO_PROXY`` has them."""
    ca_bundle: Path | None = None
    """``--cert``: a PEM file, or a folder of them, trusted beside the system's; None: the system's alone."""
    authorities: tuple[Path, ...] = ()
    """Further PEM files of authorities that are trusted."""
    client_certificate: Path | None = None
    """``--client-cert``: a PEM file with the private key and the certificate."""
    client_key: Path | None = None
    """A PEM file with the private key, where that is in a file of its own."""
    trusted_hosts: tuple[str, ...] = ()
    """``HOST`` or ``HOST:PORT`` whose TLS certificate is not verified, and that may be reached without TLS."""
    timeout: float = 15.0
    """Seconds for connecting, and seconds without a byte."""
    retries: int = 5
    """How often a request is sent again."""
    stream_window: int = 8 << 20
    """Bytes under way of one HTTP/2 stream. With the protocol's 64 KB a page of 5 MB is waited for 80 times."""
    is_raw: bool = False
    """Whether bodies are given as they are sent, whatever their ``Content-Encoding``."""
    netrc: Path | None = None
    keyring: str | None = None
    """The ``keyring`` program to ask where a host refuses; None: nobody is asked."""
    is_ci: bool = False
    """Said in the user agent, as pip does, so that an index can count people."""
    user_agent_data: str | None = None
    """``PIP_USER_AGENT_USER_DATA``."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **given: Any) -> HttpSettings:
        """Read what the environment says; ``given``, by the names of the fields, goes before it.

        Proxies by the rules of ``urllib.request.getproxies_environment``: a name in lower case wins, and
        ``HTTP_PROXY`` is not read in a CGI program, where a request's ``Proxy:`` header would set it (httpoxy). The
        CA bundle by requests' and OpenSSL's names, after pip's own. A value of None in ``given`` stands for "not said".
        """
        found: dict[str, Any] = {
            "proxies": _proxies(environment),
            "no_proxy": environment.get("no_proxy", environment.get("NO_PROXY", "")),
            "ca_bundle": _ca_bundle(environment),
            "netrc": _netrc(environment),
            "is_ci": any(name in environment for name in _CI_VARIABLES),
            "user_agent_data": environment.get("PIP_USER_AGENT_USER_DATA"),
        }
        return cls(**found | {name: value for name, value in given.items() if value is not None})


def _proxies(environment: Mapping[str, str]) -> dict[str, str]:
    proxies = {}
    for scheme in ("http", "https", "all"):
        lower, upper = f"{scheme}_proxy", f"{scheme}_proxy".upper()
        is_spoofable = upper == "HTTP_PROXY" and "REQUEST_METHOD" in environment
        url = environment.get(lower) if lower in environment or is_spoofable else environment.get(upper)
        if url:
            proxies[scheme] = url
    return proxies


def _ca_bundle(environment: Mapping[str, str]) -> Path | None:
    """Give the first that is named. The SSL_* names are OpenSSL's, read by the system's verifier too."""
    for name in ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        if value := environment.get(name):
            return Path(value)
    # SSL_CERT_DIR may name several folders; the system's verifier reads them, so nothing is lost by leaving it alone.
    return None


def _netrc(environment: Mapping[str, str]) -> Path | None:
    """Where requests looks: ``NETRC``, else ``~/.netrc`` or ``~/_netrc``."""
    if named := environment.get("NETRC"):
        return Path(named)
    home = environment.get("HOME") or environment.get("USERPROFILE")
    candidates = [Path(home, ".netrc"), Path(home, "_netrc")] if home else []
    return next((path for path in candidates if path.is_file()), None)
