"""The one door to the network while a build runs: named hosts, public addresses, small files.

In: a URL and the hosts that the site's settings name. Out: the bytes. Content writes URLs, so
each is an attempt to reach what only this machine can: a host that is not named, an address that
is not public, a redirect to either are refused before a byte is sent to them.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Collection
from typing import Any
from urllib.parse import urljoin, urlsplit

_SECONDS = 10
_REDIRECTS = 3
_PORTS = {"http": 80, "https": 443}
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")
_TUNNELS = tuple(map(ipaddress.ip_network, ("2001::/32", "2002::/16")))
"""Teredo and 6to4: IPv6 addresses that hold an IPv4 one, which may be anything."""


def fetch(url: str, hosts: Collection[str], most: int) -> tuple[bytes, str]:
    """What a URL of a named host leads to, up to so many bytes, and its media type.

    Raises ValueError for what is refused or amiss, OSError where the network fails. A redirect is
    judged like the first URL, and the address that was judged is the one that is connected to, so
    that a name cannot lead elsewhere a moment later.
    """
    for _step in range(_REDIRECTS + 1):
        response = _ask(url, hosts)
        with response:
            location = response.getheader("Location")
            if 300 <= response.status < 400 and location:
                url = urljoin(url, location)
                continue
            if response.status != 200:
                raise ValueError(f"the host answers {response.status} {response.reason}")
            data = response.read(most + 1)
            if len(data) > most:
                raise ValueError(f"more than {most:,} bytes")
            return data, response.getheader("Content-Type") or "application/octet-stream"
    raise ValueError("too many redirects")


def judge(url: str, hosts: Collection[str]) -> tuple[str, int]:
    """The host and the port that a URL leads to. Raises ValueError where it may not be asked."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in _PORTS or not host or parts.username is not None:
        raise ValueError("only plain http and https URLs are fetched")
    name = host if parts.port is None else f"{host}:{parts.port}"
    if name not in hosts:
        raise ValueError(f"{name} is not among the hosts that `pdf: hosts` names")
    return host, parts.port or _PORTS[parts.scheme]


def _ask(url: str, hosts: Collection[str]) -> http.client.HTTPResponse:
    host, port = judge(url, hosts)
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    connection.sock = _connected(host, port, is_secret=parts.scheme == "https")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", path, headers={"Host": parts.netloc, "Accept": "image/*"})
        return connection.getresponse()
    except (http.client.HTTPException, UnicodeError) as error:
        connection.close()
        raise ValueError(f"no answer that can be read: {error}") from None


def _connected(host: str, port: int, *, is_secret: bool) -> Any:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    private = next((address for address in addresses if not is_public(address)), None)
    if private is not None:
        raise ValueError(f"{host} leads to {private}, which is no public address")
    connection = socket.create_connection((addresses[0], port), timeout=_SECONDS)
    if not is_secret:
        return connection
    return ssl.create_default_context().wrap_socket(connection, server_hostname=host)


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet (IANA's registries of special addresses)."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        is_real = found in _GLOBAL_V6 and not any(found in tunnel for tunnel in _TUNNELS)
        return is_real and found.is_global
    return found.is_global and not found.is_multicast
