"""The web server's worker: gunicorn's threads, that no sender can hold by sending slowly.

A sender has `WAITS` seconds for its next bytes. From `GRACE` seconds into a request on it must have
kept `LEAST` bytes a second; one that has not is cut off, where the program can still answer it
with 408. The time that the program itself takes counts for nothing.
"""

from __future__ import annotations

import errno
import os
import socket
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

WAITS = float(os.environ.get("SLOWEST_PAUSE_SECONDS", "10"))
GRACE = 2 * WAITS
LEAST = 1_000  # bytes a second


class TooSlow(ConnectionResetError):
    """The sender of a request was cut off; gunicorn takes it for a connection that is gone."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "The sender was too slow.")


class PacedSocket(socket.socket):
    """A connection that was accepted, whose sender has to keep a pace."""

    def __init__(
        self, accepted: socket.socket, *, waits: float = WAITS, grace: float = GRACE
    ) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        self.waits, self.grace = waits, grace
        self.begin()

    def begin(self) -> None:
        """Another request."""
        self.waited, self.received = 0.0, 0

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As of any socket; raises `TooSlow`."""
        allowed = self.gettimeout()
        if allowed == 0:
            return super().recv(size, flags)
        began = monotonic()
        self.settimeout(self.waits if allowed is None else min(allowed, self.waits))
        try:
            data = super().recv(size, flags)
        except TimeoutError:
            if allowed is not None and allowed < self.waits:
                raise
            raise TooSlow from None
        finally:
            self.settimeout(allowed)
        self.waited += monotonic() - began
        self.received += len(data)
        if self.waited > self.grace and self.received < LEAST * self.waited:
            raise TooSlow
        return data


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn says nothing of its types
    """`gunicorn --worker-class save_portal.web.server.Worker`."""

    def enqueue_req(self, conn: TConn) -> None:
        if not isinstance(conn.sock, PacedSocket) and not self.cfg.is_ssl:
            conn.sock = PacedSocket(conn.sock)
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        if isinstance(conn.sock, PacedSocket):
            conn.sock.begin()
        return super().handle(conn)
