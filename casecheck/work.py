"""Work that a browser does before a further try, so that a shared address shuts nobody out (S7.1).

After many misses an address finds nothing for an hour. In a library or behind a carrier's gateway
that would hit whoever comes next. The page that found nothing therefore carries a task, which a
script solves while the reader types; a try with it is counted apart. It asks nothing of the reader,
and without JavaScript everything works but this.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

from casecheck import proofs

BITS = 16  # of the digest that have to be zero: about 65,000 tries, a second or a few
LONGEST_ANSWER = 12


def task() -> str:
    """A new task, good for half an hour and for one try."""
    return proofs.sign(secrets.token_hex(8), salt=proofs.WORK)


def done(typed: Mapping[str, str]) -> str:
    """The task that a form brings solved, or "" where there is none, or an old or wrong one."""
    given, answer = typed.get("task", ""), typed.get("work", "")
    if not 0 < len(answer) <= LONGEST_ANSWER or not proofs.read(given, salt=proofs.WORK):
        return ""
    found = hashlib.sha256(f"{given}:{answer}".encode()).digest()
    return given if int.from_bytes(found[:4], "big") >> (32 - BITS) == 0 else ""
