"""Text messages: one function in front of a gateway that `SMS_URL` names.

`file:///folder` writes each message into a file, as a demonstration does. `https://name:password@
host/path` posts {"to", "text"} as JSON with that name and password, over a connection whose
certificate the machine trusts; any answer but a success is tried again by the outbox. As that can
bring a message twice, each carries its `Idempotency-Key`.
"""

from __future__ import annotations

import base64
import json
import uuid
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from save_portal.outbox.queue import CannotBeDelivered

SECONDS = 15


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def send_text(*, to: str, text: str, key: str) -> None:
    """Hand one message to the gateway, under its `key`. Raises when it did not take it."""
    address = urlsplit(settings.SMS_URL)
    if address.scheme == "file":
        folder = Path(unquote(address.path))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{uuid.uuid4().hex}.txt").write_text(f"To: {to}\n\n{text}\n", encoding="utf-8")
        return
    if address.scheme != "https":
        raise CannotBeDelivered("No gateway for text messages is set (SMS_URL)")
    host = address.hostname or ""
    port = f":{address.port}" if address.port else ""
    request = Request(
        f"https://{host}{port}{address.path}",
        data=json.dumps({"to": to, "text": text}).encode(),
        headers={
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            **_authorization(address.username or "", address.password or ""),
        },
    )
    with build_opener(_NoRedirect).open(request, timeout=SECONDS):
        pass


def _authorization(name: str, password: str) -> dict[str, str]:
    if not name:
        return {}
    pair = base64.b64encode(f"{unquote(name)}:{unquote(password)}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}
