"""A limit for the month, and its two warnings. It never stops a query: the work goes on."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from billing import policies, rules
from billing.errors import BillingError
from billing.models import LimitWarning, SpendingLimit
from billing.selectors.invoices import forecast
from billing.selectors.limits import limit_of, limits
from billing.services.issuing import tell_administrators
from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.tenancy import system_scope

STAGES = (100, 80)  # percent


@transaction.atomic
def set_limit(
    *, agency_id: int, amount: Decimal | None, by: User, at: datetime
) -> SpendingLimit | None:
    """Set the amount, or none; set again to the same, nothing changes."""
    policies.check_pays(by, agency_id=agency_id)
    if amount is not None and (not rules.is_money(amount) or amount == 0):
        raise BillingError("Write an amount in dollars and cents, above zero.", field="amount")
    holds = limit_of(agency_id)
    if (holds.amount if holds else None) == amount:
        return holds
    limit = SpendingLimit.objects.create(agency_id=agency_id, amount=amount, set_by=by, set_at=at)
    audit.record(
        "limit.set",
        by=by,
        at=at,
        subject_type="limit",
        subject_id=limit.pk,
        agency_id=agency_id,
        data={"amount": str(amount) if amount else ""},
    )
    return limit


def warn(*, at: datetime) -> int:
    """Warn each agency whose month has reached 80 or 100 percent of its limit, once for each."""
    warned = 0
    with system_scope():
        waiting = limits()
    for limit in waiting:
        with system_scope():
            month = forecast(limit.agency, at=at)
            assert limit.amount is not None
            reached = [stage for stage in STAGES if month.total * 100 >= limit.amount * stage]
            if not reached:
                continue
            _, new = LimitWarning.objects.get_or_create(
                limit=limit,
                month=month.month,
                percent=reached[0],
                defaults={"agency": limit.agency, "amount": month.total, "warned_at": at},
            )
            if new:
                warned += 1
                tell_administrators(
                    limit.agency_id,
                    template="limit_reached",
                    context={
                        "percent": reached[0],
                        "month": f"{month.month:%B %Y}",
                        "amount": str(month.total),
                        "limit": str(limit.amount),
                    },
                    key=f"{limit.pk}:{month.month}:{reached[0]}",
                )
    return warned
