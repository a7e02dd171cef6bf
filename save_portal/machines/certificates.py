"""Client certificates, as the proxy that ends TLS hands them on in a header of the request.

The proxy checks the certificate and sets the header itself, so that nobody else can. The header is
believed only from the addresses in `TRUSTED_PROXIES`; from elsewhere a request that has it is
refused. Three forms are read: a certificate in PEM, percent-encoded (nginx, HAProxy, AWS); as RFC
9440 has it (`:base64:`); or its SHA-256, alone or as `Hash=` in a list (Envoy).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from django.conf import settings

from save_portal.web.client_address import is_proxy

HASH = re.compile(r"(?:\A|[;,])\s*(?:Hash=)?\"?([0-9A-Fa-f]{64})\"?\s*(?=[;,]|\Z)")
BEGIN = "-----BEGIN CERTIFICATE-----"


class NotBelieved(Exception):
    """A header that cannot be taken, with a sentence."""


def presented(meta: Mapping[str, Any]) -> str:
    """The SHA-256 of the certificate that the request came with, in hex; empty without one."""
    name = settings.CLIENT_CERTIFICATE_HEADER
    if not name:
        return ""
    value = str(meta.get(f"HTTP_{name.upper().replace('-', '_')}", "")).strip()
    if not value:
        return ""
    if not is_proxy(str(meta.get("REMOTE_ADDR", ""))):
        raise NotBelieved(
            f"The field {name} is set by the portal's own proxy alone. Do not send it."
        )
    try:
        return fingerprint(unquote(value))
    except ValueError:
        raise NotBelieved(f"The field {name} holds no certificate.") from None


def fingerprint(text: str) -> str:
    """The SHA-256 of a certificate in any of the forms, in lower-case hex; else ValueError."""
    text = text.strip()
    if BEGIN in text:
        # Where a header cannot hold a line break, proxies put a space or a tab in its place.
        inner = text.partition(BEGIN)[2].partition("-----END")[0]
        return _digest("".join(inner.split()))
    if len(text) > 2 and text[0] == text[-1] == ":":
        return _digest(text[1:-1])
    if found := HASH.search(text.replace(":", "") if text.count(":") == 31 else text):
        return found[1].lower()
    raise ValueError("No certificate")


def is_bound_elsewhere(certificate: str, meta: Mapping[str, Any]) -> bool:
    """Whether a client bound to this certificate comes without it. Raises `NotBelieved`."""
    came_with = presented(meta)
    return bool(certificate) and came_with != certificate


def _digest(encoded: str) -> str:
    try:
        der = base64.b64decode(encoded, validate=True)
        ssl.DER_cert_to_PEM_cert(der)
    except (binascii.Error, ValueError):
        raise ValueError("No certificate") from None
    if not der.startswith(b"\x30"):
        raise ValueError("No certificate")
    return hashlib.sha256(der).hexdigest()
