"""Applicants who look their cases up, over HTTP, beside an empty page with one query.

All come from one server through the same middleware. The empty page has CaseCheck's frame and
nothing in it; the reply of three bytes (`/readyz`) has not even that. Their query is SELECT 1.
"""

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
CLIENTS = 4
WARMING = 20
PROCESSES = 2  # as many as cores, and as `make demo` begins


def measure(*, cases: int, seconds: float) -> list[Row]:
    """By turns: half of the look-ups by case number, half by A-number, all of them found."""
    acts: dict[str, Callable[[Browser], None]] = {
        "ours": lambda browser: _look_up(browser, random.randint(1, cases)),
        "page": lambda browser: _got(browser, "/empty/en/"),
        "bytes": lambda browser: _got(browser, "/readyz"),
    }
    times: dict[str, list[float]] = {name: [] for name in acts}
    took = dict.fromkeys(acts, 0.0)
    with served(processes=PROCESSES) as server:
        people = [Browser(server.port) for _ in range(CLIENTS)]
        for browser in people:
            for act in acts.values():
                for _ in range(WARMING):
                    act(browser)
        for _ in range(SLICES):
            for name, act in acts.items():
                took[name] += _by_all(people, act, times[name], seconds / SLICES)
    p50, p99 = percentiles(times["ours"])
    rate, page, text = (len(times[name]) / took[name] for name in acts)

    def row(least: float, against: str, aim: str) -> Row:
        return Row(
            "CaseCheck look-up, over HTTP, two processes", 0, cases, len(times["ours"]), p50, p99,
            1, rate, rate / least, f"{against}, one query: {least:,.0f}/s", aim,
        )  # fmt: skip

    return [
        row(page, "empty page", "≥ 50 %, 300 / s, p99 < 100 ms"),
        row(text, "three bytes of text", ""),
    ]


def _look_up(browser: Browser, n: int) -> None:
    born = date(1950, 1, 1) + timedelta(days=n % 20_000)
    number = f"B{n:012d}AA" if n % 2 else f"A{n:09d}"
    typed: dict[str, object] = {
        "number": number, "month": born.month, "day": born.day, "year": born.year,
    }  # fmt: skip
    answer = browser.post("/casecheck/en/", typed)
    if answer.status != 200 or "Whose turn it is" not in answer.page:
        raise RuntimeError(f"A look-up answered {answer.status} and found nothing.")


def _got(browser: Browser, address: str) -> None:
    if browser.get(address).status != 200:
        raise RuntimeError(f"{address} did not answer.")


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
