"""Where a request comes from, when a proxy stands in between.

Behind a proxy every connection comes from the proxy. What it says of the client in
`CLIENT_ADDRESS_HEADER` is believed as far as those in `TRUSTED_PROXIES` vouch for it: from the
right, the first address that is none of theirs. What stands left of it anybody may have written.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

UNIX_SOCKET = "unix"
MOST_PROXIES = 10  # one behind the other
SAME_SUBSCRIBER = 64  # bits of an IPv6 address that a subscriber is given, at the least


def client_address(meta: Mapping[str, Any]) -> str:
    """The client's address, or "" of one over a socket of the machine that nobody vouches for."""
    peer = str(meta.get("REMOTE_ADDR", ""))
    address = _plain(peer)
    name = settings.CLIENT_ADDRESS_HEADER
    if not name or not is_proxy(peer):
        return address
    given = str(meta.get(f"HTTP_{name.upper().replace('-', '_')}", ""))
    # No address has a comma, so quotes that somebody opened further left cannot hide a part.
    for part in reversed(given.rsplit(",", MOST_PROXIES)[-MOST_PROXIES:]):
        before = _plain(_node(part) if name.lower() == "forwarded" else part)
        if not before:
            return address
        address = before
        if not is_proxy(address):
            return address
    return address


def is_proxy(address: str) -> bool:
    """Whether this is one of `TRUSTED_PROXIES`; over a socket of the machine there is no name."""
    if not address:
        return UNIX_SOCKET in settings.TRUSTED_PROXIES
    try:
        came_from = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(came_from in network for network in _networks(tuple(settings.TRUSTED_PROXIES)))


def counted_as(address: str) -> str:
    """What limits count: an IPv4 address, or the network of an IPv6 address.

    Whoever has one IPv6 address has all of its /64, and would have as many tries as there are.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found), SAME_SUBSCRIBER), strict=False).network_address)


def of_limits(request: HttpRequest) -> str | None:
    """What limits on a client count by, such as those of django-axes; None where it has no name."""
    return counted_as(client_address(request.META)) or None


def _node(element: str) -> str:
    """Who is named by an element of `Forwarded` (RFC 7239, section 4)."""
    for pair in element.split(";"):
        name, _, value = pair.partition("=")
        if name.strip().lower() == "for":
            return value.strip().strip('"')
    return ""


def _plain(text: str) -> str:
    """The address in its standard form, without a port; "" for whatever is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.scope_id is not None:
            return ""
        return str(found.ipv4_mapped or found)
    return str(found)


@lru_cache(maxsize=8)
def _networks(
    names: tuple[str, ...],
) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(name) for name in names if name != UNIX_SOCKET)
