"""The portal behind its production server, and a person's browser before it, over real HTTP."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Server:
    """A gunicorn that answers."""

    port: int
    pid: int

    def processes(self) -> list[int]:
        """It and what it started."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [self.pid, *map(int, children.split())]


@contextmanager
def served(*, processes: int = 1, **environment: str) -> Iterator[Server]:
    """The portal on the loopback; it ends with the block."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "save_portal.wsgi:application"]
    command += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "4"]
    command += ["--workers", str(processes)]
    command += ["--keep-alive", "75", "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and server.poll() is None:
            try:
                if Browser(port).get("/healthz").status == 200:
                    break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError("The portal did not come up.")
        yield Server(port, server.pid)
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


class Answer:
    """What came back: status, where it leads, the page."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.location = response.headers.get("Location", "")
        self.page = response.read().decode()


class Browser:
    """One person's browser: one connection kept open, cookies, the token of the last form."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies: dict[str, str] = {}
        self._token = ""

    def get(self, address: str) -> Answer:
        return self._send("GET", address, None)

    def post(self, address: str, typed: dict[str, object]) -> Answer:
        """Send a form that was got before, with its token; lists send a name several times."""
        data = {"csrfmiddlewaretoken": self._token, **typed}
        return self._send("POST", address, urlencode(data, doseq=True))

    def lines(self, address: str) -> int:
        """How many lines a file has that is read as it comes, and not kept."""
        self._connection.request("GET", address, headers=self._headers())
        response = self._connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"{address} answered {response.status}.")
        return sum(block.count(b"\n") for block in iter(lambda: response.read(1 << 16), b""))

    def sign_in(self, email: str, password: str) -> None:
        """By password, and with the terms of use accepted, as everybody does each time."""
        self.get("/accounts/login/")
        self._leads_on(self.post("/accounts/login/", {"login": email, "password": password}))
        self.get("/terms/")
        self._leads_on(self.post("/terms/", {"accept": "yes"}))

    def _leads_on(self, answer: Answer) -> None:
        if answer.status != 302:
            raise RuntimeError(f"Signing in answered {answer.status}.")

    def _send(self, method: str, address: str, body: str | None) -> Answer:
        headers = self._headers()
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, address, body=body, headers=headers)
        response = self._connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        answer = Answer(response)
        if found := TOKEN.search(answer.page):
            self._token = found[1]
        return answer

    def _headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
