"""A batch in the portal, as a machine sends it: upload, check, run, and its results as a file."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.api import Machine, token
from benchmarks.browser import ROOT, Browser, served
from benchmarks.people import Population
from benchmarks.row import Row
from save_portal.accounts.models import User
from verification.services.batch import INPUT

BLOCK = 1 << 16
PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


def measure(
    user: User,
    reader: User,
    password: str,
    population: Population,
    directory: Path,
    *,
    sizes: Iterable[int],
    workers: int,
    like: Row,
    add: Callable[..., None],
) -> None:
    """Batches of so many rows, each with a web server and workers of its own.

    A machine of the user's agency sends them; `reader`, who sees all of the agency's, reads them.
    """
    for most in sizes:
        file = directory / f"portal-{most}.csv"
        size = population.write_batch(file, most, INPUT, benefit="medicaid")
        add(*_one(user, reader, password, file, size, directory, workers=workers, like=like))
        file.unlink()


def _one(
    user: User,
    reader: User,
    password: str,
    file: Path,
    size: int,
    directory: Path,
    *,
    workers: int,
    like: Row,
) -> list[Row]:
    documents = (directory / "documents").as_uri()
    with served(DOCUMENTS_URL=documents) as server, working(workers, documents) as crew:
        machine = Machine(server.port, token(server.port, user))
        began = time.perf_counter()
        address = _upload(server.port, machine, file)
        uploaded = time.perf_counter()
        _until(machine, address, "checked")
        checked = time.perf_counter()
        status, _ = machine.send("POST", f"{address}/start", {}, key=str(uuid4()))
        if status != 200:
            raise RuntimeError(f"Starting the batch answered {status}")
        ended = _until(machine, address, "finished")["rows"]
        finished = time.perf_counter()
        # What the check found to be wrong is refused, and nothing else.
        if ended["answered"] != size or ended["refused"] != ended["faulty"]:
            raise RuntimeError(f"Of {size:,} rows {ended['answered']:,} were answered.")
        browser = Browser(server.port)
        browser.sign_in(reader.email, password)
        reading = time.perf_counter()
        key = address.rpartition("/")[2]
        lines = browser.lines(f"/batches/{key}/results.csv")
        read = time.perf_counter()
        if lines != size + 1:
            raise RuntimeError(f"The file of results has {lines:,} lines.")
        web = max(peak(pid) for pid in server.processes())
        most = max(peak(pid) for pid in crew)

    def row(name: str, seconds: float, against: str, aim: str = "") -> Row:
        return Row(
            f"portal batch: {name}", like.people, like.cases, size, per_second=size / seconds,
            against=against, aim=aim,
        )  # fmt: skip

    return [
        row("upload", uploaded - began, f"{file.stat().st_size / 1e6:,.0f} MB"),
        row("check", checked - uploaded, "one worker"),
        row("rows asked", finished - checked, f"{workers} worker(s), {most:,.0f} MB at most"),
        row("results as CSV", read - reading, f"web server {web:,.0f} MB at most", "flat"),
    ]


@contextmanager
def working(number: int, documents: str) -> Iterator[list[int]]:
    """So many workers; their processes."""
    command = [sys.executable, "manage.py", "procrastinate", "worker"]
    environment = os.environ | {"DOCUMENTS_URL": documents}
    crew = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        for _ in range(number)
    ]
    try:
        yield [worker.pid for worker in crew]
    finally:
        for worker in crew:
            worker.terminate()
        for worker in crew:
            worker.wait(30)


def peak(pid: int) -> float:
    """The most memory that a process had, in MB."""
    found = PEAK.search(Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _upload(port: int, machine: Machine, file: Path) -> str:
    """The address of the batch; the file is sent block by block."""
    mark = uuid4().hex
    before = (
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    ).encode()
    after = f"\r\n--{mark}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.putrequest("POST", "/api/v1/batches")
    for name, value in machine.headers.items():
        connection.putheader(name, value)
    connection.putheader("Content-Type", f"multipart/form-data; boundary={mark}")
    connection.putheader("Content-Length", str(len(before) + file.stat().st_size + len(after)))
    connection.endheaders(before)
    with file.open("rb") as opened:
        while block := opened.read(BLOCK):
            connection.send(block)
    connection.send(after)
    answer = connection.getresponse()
    made = json.loads(answer.read())
    if answer.status != 201:
        raise RuntimeError(f"POST batches answered {answer.status}: {made.get('detail')}")
    return str(made["links"]["self"])


def _until(machine: Machine, address: str, wanted: str, *, pause: float = 0.5) -> dict[str, Any]:
    """The batch once it has that status."""
    going: Callable[[str], bool] = {"checked": "checking", "finished": "running"}[wanted].__eq__
    while True:
        status, batch = machine.send("GET", address)
        if status == 200 and batch["status"] == wanted:
            return dict(batch)
        if status != 200 or not going(batch["status"]):
            raise RuntimeError(f"The batch is {batch.get('status', status)}, not {wanted}.")
        time.sleep(pause)
