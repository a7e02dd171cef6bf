"""A second, blind look at a share of the answers; agreement is measured (S3.8, S10.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from save_portal import audit
from save_portal.accounts.models import User
from verification import deadlines, policies
from verification.enums import AnswerKind
from verification.errors import CaseError, InvalidSubmission, WrongStatus
from verification.models import Case, SecondReview, SecondReviewShare, VerifierAnswer
from verification.records.classes import group_of
from verification.rules.review import AnswerInput, check, differing_items

STANDARD_PERCENT = 5


def share() -> int:
    """How many answers in a hundred get a second look now. One query."""
    newest = SecondReviewShare.objects.order_by("-at", "-id").values_list("percent", flat=True)
    found = newest.first()
    return STANDARD_PERCENT if found is None else found


def draw(answer: VerifierAnswer, *, at: datetime) -> SecondReview | None:
    """Put an answer into the sample, or not: decided by a keyed digest that nobody can foresee."""
    lot = int.from_bytes(salted_hmac("second-review", str(answer.pk)).digest()[:4], "big")
    if lot % 100 >= share():
        return None
    return SecondReview.objects.create(answer=answer, drawn_at=at)


@transaction.atomic
def set_share(*, percent: int, by: User, at: datetime) -> SecondReviewShare:
    """Set the share for answers given from now on."""
    policies.check_manages_queue(by=by)
    if not 0 <= percent <= 100:
        raise InvalidSubmission({"percent": "Give a number from 0 to 100."})
    kept = SecondReviewShare.objects.create(percent=percent, at=at, by=by)
    audit.record(
        "second_review.share_set",
        by=by,
        at=at,
        subject_type="second_review_share",
        subject_id=kept.pk,
        data={"percent": percent},
    )
    return kept


@transaction.atomic
def take_next(*, by: User, at: datetime) -> SecondReview | None:
    """Take the oldest answer that waits for a second look and was not given by this verifier."""
    policies.check_reviews(by=by)
    own = SecondReview.objects.filter(by=by, done_at=None).order_by("drawn_at", "id").first()
    if own is not None:
        return own
    look = (
        SecondReview.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(by=None, done_at=None)
        .exclude(answer__by=by)
        .order_by("drawn_at", "id")
        .first()
    )
    if look is None:
        return None
    look.by, look.taken_at = by, at
    look.save(update_fields=["by", "taken_at"])
    _log(look, "second_review.taken", by=by, at=at)
    return look


@transaction.atomic
def give_back(*, look_id: int, by: User, at: datetime) -> None:
    """Somebody else looks instead."""
    look = _mine(look_id, by=by)
    look.by = look.taken_at = None
    look.save(update_fields=["by", "taken_at"])
    _log(look, "second_review.given_back", by=by, at=at)


@transaction.atomic
def conclude(*, look_id: int, given: AnswerInput, by: User, at: datetime) -> SecondReview:
    """Keep what the second verifier would have answered, and whether it agrees."""
    look = _mine(look_id, by=by)
    first = look.answer
    case: Case = first.case
    checked = check(
        given,
        kind=AnswerKind.FINAL,
        today=deadlines.local_date(at, case.agency.time_zone),
        agency_reasons=case.additional_requests.values_list("reason", flat=True),
        class_exists=lambda code: group_of(code) != "unknown",
    )
    differing = differing_items(first.items, checked.items)
    look.items = list(checked.items)
    look.comments = list(checked.comments)
    look.differing = list(differing)
    look.agrees = not differing
    look.done_at = at
    look.save()
    _log(look, "second_review.concluded", by=by, at=at, agrees=look.agrees)
    return look


def _mine(look_id: int, *, by: User) -> SecondReview:
    look = (
        SecondReview.objects.select_for_update(of=("self",))
        .select_related("answer__case__agency")
        .filter(pk=look_id)
        .first()
    )
    if look is None or look.by_id != by.pk:
        raise CaseError("This second look is not with you. Take the next one.")
    if look.done_at is not None:
        raise WrongStatus("This second look has been concluded.")
    return look


def _log(look: SecondReview, verb: str, *, by: User, at: datetime, **data: object) -> None:
    audit.record(
        verb, by=by, at=at, subject_type="second_review", subject_id=look.pk, data=dict(data)
    )
