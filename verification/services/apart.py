"""Work of one command divided among processes, each with a connection of its own to PostgreSQL.

A worker is a new process, never a copy of this one: a copy would inherit the locks that threads of
ours hold at that moment, and wait for them forever. It takes one piece of work at a time and ends
when it is told to, or when the command is gone, even if that was killed: then its end of the pipe
closes.
"""

from __future__ import annotations

import gc
import multiprocessing
import pickle
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

import django
from django.db import connection, connections

Work = TypeVar("Work")
Result = TypeVar("Result")


class WorkerLost(Exception):
    """A process died in the middle of its work."""


class Worker(Generic[Work, Result]):
    """One process; what it is given with `begin` comes back from `result`."""

    def __init__(self, act: bytes) -> None:
        fresh = multiprocessing.get_context("spawn")
        self.pipe, theirs = fresh.Pipe()
        self._process = fresh.Process(
            target=_serve, args=(act, connection.settings_dict["NAME"], theirs), daemon=True
        )
        self._process.start()
        theirs.close()

    def begin(self, work: Work) -> None:
        try:
            self.pipe.send(work)
        except BrokenPipeError as error:
            raise WorkerLost("A process of this command died. Run the command again.") from error

    def result(self) -> Result:
        """What became of the work that was begun; an exception there is raised here."""
        try:
            result, error = self.pipe.recv()
        except (EOFError, ConnectionResetError) as lost:
            raise WorkerLost("A process of this command died. Run the command again.") from lost
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def end(self) -> None:
        """It finishes what it has, and ends."""
        self.pipe.close()
        self._process.join()


def _serve(pickled: bytes, database: str, pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command ends us by itself
    django.setup()
    connection.settings_dict["NAME"] = database  # tests have a database of their own
    act: Callable[[Any], Any] = pickle.loads(pickled)  # noqa: S301 (from the command that started us)
    # What a piece of work leaves behind is collected once, behind it, without looking through all
    # that was there before.
    gc.freeze()
    gc.disable()
    while True:
        try:
            work = pipe.recv()
        except EOFError:
            break
        try:
            answer: tuple[Any, Exception | None] = (act(work), None)
        except Exception as error:
            answer = (None, error)
        try:
            pipe.send(answer)
        except BrokenPipeError:
            break
        gc.collect()
    connections.close_all()


@contextmanager
def apart(act: Callable[[Work], Result], number: int) -> Iterator[list[Worker[Work, Result]]]:
    """So many processes that can `act`, which can be pickled, until the block ends.

    Outside any transaction.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A transaction belongs to one process; divide the work outside it.")
    crew: list[Worker[Work, Result]] = []
    try:
        crew.extend(Worker(pickle.dumps(act)) for _ in range(number))
        yield crew
    finally:
        for worker in crew:
            worker.end()
