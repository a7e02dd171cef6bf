"""Posting to an address that somebody else chose: checked, pinned, without redirects.

The name is resolved once. Every address behind it must be one of the open internet, and the
connection goes to the address that was checked, so that the name cannot lead elsewhere in between.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

TIMEOUT = 10  # seconds
PORTS = (443, 8443)


class NotAllowed(Exception):
    """An address to which nothing is sent, with a sentence."""


def check(url: str) -> SplitResult:
    """The address in parts, if it may be one at all; names are resolved when something is sent."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAllowed("This is no address. Write it as https://host/path.") from None
    if not parts.hostname or parts.username or parts.password or parts.fragment:
        raise NotAllowed("Write the address as https://host/path, without a name or a password.")
    if settings.WEBHOOKS_TO_PRIVATE_ADDRESSES:
        if parts.scheme not in ("http", "https"):
            raise NotAllowed("The address begins with https://.")
        return parts
    if parts.scheme != "https":
        raise NotAllowed("The address begins with https://.")
    if port is not None and port not in PORTS:
        raise NotAllowed("The port is 443 or 8443.")
    if is_literal(parts.hostname) and not is_open(parts.hostname):
        raise NotAllowed("The address lies inside a network; only the open internet is called.")
    return parts


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer. Raises `NotAllowed`, or OSError where nobody answers."""
    parts = check(url)
    assert parts.hostname is not None
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = resolve(parts.hostname, port)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = _PinnedTLS(parts.hostname, address, port)
    else:
        connection = _Pinned(parts.hostname, address, port)
    try:
        path = parts.path or "/"
        connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body, headers)
        return connection.getresponse().status
    except http.client.HTTPException as error:
        raise OSError(f"No HTTP answer: {type(error).__name__}") from error
    finally:
        connection.close()


def resolve(host: str, port: int) -> str:
    """The address to connect to, if all that the name stands for are open ones."""
    found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    addresses = [str(address) for address in found]
    if not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES and not all(map(is_open, addresses)):
        raise NotAllowed("The name leads inside a network; only the open internet is called.")
    return addresses[0]


def is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_open(address: str) -> bool:
    """Whether it is an address of the open internet; one in IPv6's clothes is looked at itself."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is not None:
            return is_open(str(inner))
    return found.is_global and not found.is_multicast


class _Pinned(http.client.HTTPConnection):
    """Speaks to the address that was checked, in the name that was given."""

    def __init__(self, host: str, address: str, port: int) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self.address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)


class _PinnedTLS(_Pinned):
    """The same over TLS, with the certificate of the name."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
