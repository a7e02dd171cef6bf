"""The watch over the record systems: how their uploads stand, and who is told when they do not."""

from __future__ import annotations

from datetime import datetime

from save_portal.accounts.models import User
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from save_portal.outbox import queue
from save_portal.outbox.models import Message
from verification.records import freshness
from verification.records.freshness import Problem, SystemState


def overview(*, at: datetime) -> list[SystemState]:
    """Every system as the program office sees it. Two queries."""
    return freshness.states(at=at)


def warn(*, at: datetime) -> int:
    """Tell each program officer of each new problem, once; the number of messages.

    A problem is the same event until the system's next upload. Safe to repeat at any time.
    """
    problems = [problem for state in freshness.states(at=at) for problem in state.problems]
    with system_scope():
        officers = User.objects.filter(role=Role.PROGRAM_OFFICER, is_active=True)
        wanted = {_key(problem, user): (problem, user) for user in officers for problem in problems}
        known = set(Message.objects.filter(key__in=wanted).values_list("key", flat=True))
        for key in wanted.keys() - known:
            problem, user = wanted[key]
            queue.mail(
                to_user_id=user.pk,
                template="source_problem",
                context={"system": problem.system, "sentence": problem.sentence},
                key=key,
            )
    return len(wanted.keys() - known)


def _key(problem: Problem, user: User) -> str:
    return f"source:{problem.system}:{problem.kind}:{problem.event}:{user.pk}"
