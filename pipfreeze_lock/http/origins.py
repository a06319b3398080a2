"""Questions about where a URL leads: its origin, its proxy, whether its host is trusted. Pure functions, no network."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pipfreeze_lock.http.settings import HttpSettings

__all__ = ["Origin", "TrustedHosts", "proxy_for"]

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a URL (RFC 6454); lower case, the port always a number."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """Read it from a URL.

        :raises ValueError: when the port is no number, or a bracket is missing.
        """
        parts = urlsplit(url)
        scheme = parts.scheme.lower()
        return cls(scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS.get(scheme, 0))

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine, which pip takes for secure without TLS."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


class TrustedHosts:
    """The hosts of ``--trusted-host``: ``HOST`` for all its ports, or ``HOST:PORT``, as pip mounts them."""

    def __init__(self, hosts: tuple[str, ...]) -> None:
        self._hosts = frozenset(_host_and_port(host) for host in hosts)

    def __contains__(self, origin: Origin) -> bool:
        return bool(self._hosts) and not self._hosts.isdisjoint({(origin.host, None), (origin.host, origin.port)})


def _host_and_port(text: str) -> tuple[str, int | None]:
    """Read ``host``, ``host:port``, ``[::1]:port`` or a bare IPv6 address, as ``parse_netloc`` does in pip."""
    if text.count(":") >= 2 and not text.startswith("["):
        text = f"[{text}]"
    parts = urlsplit(f"//{text.partition('//')[2] or text}")
    return parts.hostname or "", parts.port


def proxy_for(url: str, settings: HttpSettings) -> str | None:
    """Give the proxy to reach a URL through, or None for a direct connection.

    The rules are those of ``requests.utils.should_bypass_proxies``: in ``NO_PROXY`` stand host names, which stand for
    their subdomains too, with or without a leading dot, IP addresses, networks (``10.0.0.0/8``), each with an optional
    port, or ``*``. A proxy given without scheme is an HTTP proxy.
    """
    origin = Origin.of(url)
    proxy = settings.proxy
    if proxy is None:
        proxy = settings.proxies.get(origin.scheme) or settings.proxies.get("all")
        if proxy and _is_direct(origin, settings.no_proxy):
            return None
    if not proxy:
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_direct(origin: Origin, no_proxy: str) -> bool:
    return any(_covers(entry.strip().lower(), origin) for entry in no_proxy.replace(" ", ",").split(",") if entry)


def _covers(entry: str, origin: Origin) -> bool:
    if entry == "*":
        return True
    try:
        address = ipaddress.ip_address(origin.host)
    except ValueError:
        host, colon, port = entry.partition(":")
        host = host.removeprefix("*").removeprefix(".")
        is_below = origin.host == host or origin.host.endswith(f".{host}")
        return bool(host) and is_below and (not colon or port == str(origin.port))
    try:
        return address in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return entry in (f"{origin.host}:{origin.port}", f"[{origin.host}]:{origin.port}")
