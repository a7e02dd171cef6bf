"""A body that comes slowly is cut off with a problem, and holds no thread of the real server."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection

from save_portal.web import server
from tests.conftest import load_three_people, make_agency
from tests.verification.api.conftest import asked, make_machine, token_of

PAUSE = 0.5


@pytest.fixture
def port(transactional_db):
    """gunicorn with one thread, on the database of this test."""
    known = connection.get_connection_params()
    where = urlencode({name: known[name] for name in ("host", "port") if known.get(name)})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "save_portal.wsgi:application"),
            *("--worker-class", "save_portal.web.server.Worker", "--threads", "1"),
            *("--bind", f"127.0.0.1:{number}", "--no-control-socket", "--log-level", "error"),
        ],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DATABASE_URL": f"postgresql://{known['user']}@/{known['dbname']}?{where}",
            "DJANGO_SETTINGS_MODULE": "save_portal.settings",
            "SLOWEST_PAUSE_SECONDS": str(PAUSE),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while True:
            assert process.poll() is None
            assert time.monotonic() < until
            with contextlib.suppress(OSError):
                if got(number, "/healthz").status == 200:
                    break
            time.sleep(0.1)
        yield number
    finally:
        process.terminate()
        process.wait(30)


def got(port, path, headers=None):
    connected = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connected.request("GET", path, headers=headers or {})
    answer = connected.getresponse()
    answer.read()
    return answer


def begin(port, token, length):
    """A POST whose body has not come yet."""
    connected = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connected.putrequest("POST", "/api/v1/cases")
    for name, value in (
        ("Authorization", f"Bearer {token}"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(length)),
        ("Idempotency-Key", "slow"),
    ):
        connected.putheader(name, value)
    connected.endheaders()
    return connected


def test_a_body_that_stops_or_drips_is_answered_408_and_the_next_request_at_once(tmp_path, port):
    load_three_people(tmp_path)
    client, secret = make_machine(make_agency("CALHOUN"))
    token = token_of(client.client_id, secret)
    body = json.dumps(asked()).encode()

    stopped = begin(port, token, len(body))
    stopped.send(body[:20])
    waiting = threading.Thread(target=got, args=(port, "/healthz"))
    waiting.start()
    answer = stopped.getresponse()
    problem = json.loads(answer.read())
    assert (answer.status, problem["type"]) == (408, "/api/problems/too-slow/")
    assert "Traceback" not in str(problem)
    waiting.join(60)

    dripping, sent = begin(port, token, 100_000), 0
    with contextlib.suppress(OSError):
        while sent < 100 and not _answered(dripping.sock):
            dripping.send(b" ")
            sent += 1
            time.sleep(PAUSE / 5)
    assert dripping.getresponse().status == 408
    assert sent < 100

    # The same request, sent as it should be, finds nothing done before.
    whole = begin(port, token, len(body))
    whole.send(body)
    assert whole.getresponse().status == 201


def _answered(sock):
    sock.setblocking(False)
    try:
        return bool(sock.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        sock.setblocking(True)


def test_silence_and_a_drip_are_cut_off_whatever_is_being_read():
    ours, theirs = socket.socketpair()
    paced = server.PacedSocket(theirs, waits=0.05)
    with ours, paced:
        with pytest.raises(server.TooSlow):
            paced.recv(100)
        paced.begin()
        ours.send(b"G")
        assert paced.recv(100) == b"G"
        paced.waited = server.GRACE + 1  # it took so long
        ours.send(b"E")
        with pytest.raises(server.TooSlow):
            paced.recv(100)


def test_who_keeps_the_pace_may_take_as_long_as_it_takes():
    ours, theirs = socket.socketpair()
    paced = server.PacedSocket(theirs, waits=5, grace=0)
    with ours, paced:
        for _ in range(50):
            ours.send(b"x" * 10_000)
            assert len(paced.recv(10_000)) == 10_000
        paced.setblocking(False)
        with pytest.raises(BlockingIOError):
            paced.recv(1)
