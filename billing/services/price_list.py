"""Changing the price list: for the future only, and by two officers (S4.3).

A proposal is a whole list: an amount for each kind of act and for the minimum, and the kinds of
agency that pay nothing. So no kind is ever without a price, and lists follow each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django_fsm import can_proceed

from billing import policies, rules
from billing.enums import EXEMPTABLE, PRICED
from billing.errors import BillingError, InvalidPrices
from billing.lifecycles import PriceChangeStatus
from billing.models import Exemption, Price, PriceChange
from billing.selectors.prices import list_on
from billing.services.issuing import tell_everybody
from save_portal import audit
from save_portal.accounts.models import User

ONE_CHANGE_AT_A_TIME = 0x5A7E0003
DEAREST = Decimal("999999.99")


@transaction.atomic
def propose(
    *,
    effective_from: date,
    amounts: Mapping[str, Decimal | None],
    exempt: Sequence[str],
    source: str,
    by: User,
    at: datetime,
) -> PriceChange:
    """Propose a list from the first day of a month to come; another officer decides."""
    policies.check_is_office(by)
    _alone()
    source = " ".join(source.split())
    errors = _faults_of_amounts(amounts) | _faults_of_day(effective_from, at=at)
    if not set(exempt) <= set(EXEMPTABLE):
        errors["exempt"] = "Choose kinds of agency from the list."
    if not source:
        errors["source"] = "Name the notice in which the prices were published."
    if not errors and _is_what_holds(effective_from, amounts, exempt):
        errors[""] = "This is the list that holds on that day already."
    if errors:
        raise InvalidPrices(errors)
    change = PriceChange.objects.create(
        effective_from=effective_from,
        amounts={kind: str(amounts[kind]) for kind, _ in PRICED},
        exempt=sorted(set(exempt)),
        source=source[:200],
        proposed_by=by,
        proposed_at=at,
    )
    _record("proposed", change, by=by, at=at)
    return change


@transaction.atomic
def approve(*, change_id: int, version: int, by: User, at: datetime) -> PriceChange:
    """The second officer agrees; what it changes holds from its day on."""
    policies.check_is_office(by)
    _alone()
    change = _locked(change_id, version)
    policies.check_is_second_officer(by, proposed_by_id=change.proposed_by_id)
    _may(change, "approve")
    errors = _faults_of_day(change.effective_from, at=at)
    if errors:
        raise BillingError(" ".join(errors.values()))
    change.approve(by=by, at=at)
    _save(change, "approved", by=by, at=at)
    _put_into_force(change)
    tell_everybody(
        template="prices_change",
        context={"month": f"{change.effective_from:%B %Y}"},
        key=str(change.pk),
    )
    return change


@transaction.atomic
def reject(*, change_id: int, version: int, reply: str, by: User, at: datetime) -> PriceChange:
    """The second officer does not agree, and says why."""
    policies.check_is_office(by)
    change = _locked(change_id, version)
    policies.check_is_second_officer(by, proposed_by_id=change.proposed_by_id)
    _may(change, "reject")
    reply = " ".join(reply.split())[:500]
    if not reply:
        raise BillingError("Say why, so that your colleague understands.", field="reply")
    change.reject(by=by, at=at, reply=reply)
    _save(change, "rejected", by=by, at=at)
    return change


@transaction.atomic
def withdraw(*, change_id: int, version: int, by: User, at: datetime) -> PriceChange:
    """The officer who proposed it takes it back."""
    policies.check_is_office(by)
    change = _locked(change_id, version)
    policies.check_is_proposer(by, proposed_by_id=change.proposed_by_id)
    _may(change, "withdraw")
    change.withdraw(by=by, at=at)
    _save(change, "withdrawn", by=by, at=at)
    return change


def _faults_of_amounts(amounts: Mapping[str, Decimal | None]) -> dict[str, str]:
    errors = {}
    for kind, label in PRICED:
        amount = amounts.get(kind)
        if amount is None:
            errors[kind] = (
                f"{label} would have no price from this day on. A list leaves no gap: "
                "write 0 where nothing is charged."
            )
        elif not rules.is_money(amount) or amount > DEAREST:
            errors[kind] = "Write dollars and cents, such as 0.50; nothing below zero."
    if unknown := sorted(set(amounts) - {kind for kind, _ in PRICED}):
        errors[""] = f"There is no kind of act called {', '.join(unknown)}."
    return errors


def _faults_of_day(day: date, *, at: datetime) -> dict[str, str]:
    """A list begins on a day that has begun nowhere yet, after every other list."""
    if day.day != 1:
        return {"effective_from": "A list begins on the first day of a month."}
    if rules.has_begun_somewhere(day, at):
        return {"effective_from": "Choose a month to come: prices are changed for the future only."}
    newest = PriceChange.objects.filter(status=PriceChangeStatus.APPROVED).first()
    if newest is not None and newest.effective_from >= day:
        return {
            "effective_from": (
                f"A list from {newest.effective_from:%B} 1, {newest.effective_from.year} is "
                "approved already. Lists do not overlap: choose a later month."
            )
        }
    return {}


def _is_what_holds(day: date, amounts: Mapping[str, Decimal | None], exempt: Sequence[str]) -> bool:
    holds = list_on(day)
    return holds.amounts == dict(amounts) and holds.exempt == frozenset(exempt)


def _put_into_force(change: PriceChange) -> None:
    """Rows for what differs from what holds until then; nothing that holds is rewritten."""
    day = change.effective_from
    before = list_on(day - timedelta(days=1))
    Price.objects.bulk_create(
        Price(kind=kind, amount=Decimal(amount), effective_from=day)
        for kind, amount in change.amounts.items()
        if before.amounts.get(kind) != Decimal(amount)
    )
    for kind in before.exempt - set(change.exempt):
        Exemption.objects.filter(agency_kind=kind, effective_to=None).update(
            effective_to=day - timedelta(days=1)
        )
    Exemption.objects.bulk_create(
        Exemption(agency_kind=kind, effective_from=day, source=change.source)
        for kind in change.exempt
        if kind not in before.exempt
    )


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_CHANGE_AT_A_TIME])


def _locked(change_id: int, version: int) -> PriceChange:
    change = PriceChange.objects.select_for_update().filter(pk=change_id).first()
    if change is None:
        raise BillingError("There is no such proposal.", status_code=404)
    if change.version != version:
        raise BillingError("Somebody decided this proposal after your page was shown.")
    return change


def _may(change: PriceChange, act: str) -> None:
    if not can_proceed(getattr(change, act)):
        raise BillingError("This proposal was decided already.")


def _save(change: PriceChange, act: str, *, by: User, at: datetime) -> None:
    change.version += 1
    change.save()
    _record(act, change, by=by, at=at)


def _record(act: str, change: PriceChange, *, by: User, at: datetime) -> None:
    audit.record(
        f"price_list.{act}",
        by=by,
        at=at,
        subject_type="price_change",
        subject_id=change.pk,
        data={
            "effective_from": change.effective_from.isoformat(),
            "amounts": change.amounts,
            "exempt": change.exempt,
        },
    )
