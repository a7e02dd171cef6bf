"""In a sandbox: the failures that a tester cannot bring about, by published people (ADR 0018).

Each takes the way that the real failure takes, so that what comes out is what would come out.
"""

from __future__ import annotations

from django.db import OperationalError

from save_portal.machines.pacing import too_many
from save_portal.machines.problems import problem
from save_portal.machines.repeating import in_progress
from verification.errors import NoAgreement, NotPermitted
from verification.rules.submission import Submission
from verification.sandbox.people import who


class FailedOnPurpose(Exception):
    """A fault of ours, as a tester asked for it."""


def refuse(submission: Submission) -> None:
    """Raise what a question about this person is refused with, if it is anything."""
    person = who(submission)
    if person is None or not person.problem:
        return
    kind = person.problem
    if kind == "server-error":
        raise FailedOnPurpose("The sandbox was asked to fail.")
    if kind == "unavailable":
        raise OperationalError("The sandbox was asked to be unavailable.")
    if kind == "no-agreement":
        raise NoAgreement("The sandbox was asked to answer as without an agreement in force.")
    if kind == "not-permitted":
        raise NotPermitted("The sandbox was asked to refuse this.")
    if kind == "too-many-requests":
        raise too_many()
    if kind == "request-in-progress":
        raise in_progress()
    raise problem(kind)
