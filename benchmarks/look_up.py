"""Applicants who look their cases up, over HTTP, beside an empty page with one query."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta

from benchmarks.browser import Browser, served
from benchmarks.measure import percentiles
from benchmarks.row import Row

SLICES = 4
CLIENTS = 2


def measure(*, cases: int, seconds: float) -> list[Row]:
    """By turns: half of the look-ups by case number, half by A-number, all of them found."""
    with served() as server:
        port = server.port
        people = [Browser(port) for _ in range(CLIENTS)]
        for browser in people:
            _look_up(browser, 1)
        ours: list[float] = []
        empty: list[float] = []
        took = {"ours": 0.0, "empty": 0.0}
        for _ in range(SLICES):
            took["ours"] += _by_all(
                people, lambda b: _look_up(b, random.randint(1, cases)), ours, seconds / SLICES
            )
            took["empty"] += _by_all(people, _empty, empty, seconds / SLICES)
    p50, p99 = percentiles(ours)
    rate, least = len(ours) / took["ours"], len(empty) / took["empty"]
    return [
        Row(
            "CaseCheck look-up, over HTTP, one process", 0, cases, len(ours), p50, p99, None,
            rate, rate / least, f"empty page, one query: {least:,.0f}/s", "≥ 50 %, 300 / s",
        )
    ]  # fmt: skip


def _look_up(browser: Browser, n: int) -> None:
    born = date(1950, 1, 1) + timedelta(days=n % 20_000)
    number = f"B{n:012d}AA" if n % 2 else f"A{n:09d}"
    typed: dict[str, object] = {
        "number": number, "month": born.month, "day": born.day, "year": born.year,
    }  # fmt: skip
    answer = browser.post("/casecheck/en/", typed)
    if answer.status != 200 or "Whose turn it is" not in answer.page:
        raise RuntimeError(f"A look-up answered {answer.status} and found nothing.")


def _empty(browser: Browser) -> None:
    if browser.get("/readyz").status != 200:
        raise RuntimeError("The empty page did not answer.")


def _by_all(
    people: list[Browser], act: Callable[[Browser], None], times: list[float], seconds: float
) -> float:
    """Each browser in a thread of its own; how long it took in all."""
    failed: list[BaseException] = []
    until = time.perf_counter() + seconds

    def walk(browser: Browser) -> None:
        try:
            while time.perf_counter() < until:
                began = time.perf_counter()
                act(browser)
                times.append(time.perf_counter() - began)
        except BaseException as error:
            failed.append(error)

    began = time.perf_counter()
    threads = [threading.Thread(target=walk, args=[browser]) for browser in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return time.perf_counter() - began
