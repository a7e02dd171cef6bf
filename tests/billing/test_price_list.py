"""The price list: for the future only, by two officers, without gap or overlap (S4.1, S4.3)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse
from django.utils import timezone

from billing.enums import PRICED
from billing.errors import BillingError, InvalidPrices
from billing.lifecycles import PRICE_CHANGE_TRANSITIONS, PriceChangeStatus
from billing.models import Exemption, Price, PriceChange
from billing.selectors.prices import list_on, minimum_of
from billing.services import price_list
from save_portal.accounts.roles import AGENCY_ROLES, Role
from save_portal.accounts.tenancy import system_scope
from save_portal.audit.models import AuditEvent
from save_portal.outbox.models import Message
from tests.conftest import AT, ROLES, make_user, signed_in

pytestmark = pytest.mark.django_db
JANUARY = date(2027, 1, 1)
PAGE = "/invoices/prices/"


@pytest.fixture
def otto(office):
    return make_user("Otto", Role.PROGRAM_OFFICER, office=office)


@pytest.fixture
def olga(office):
    return make_user("Olga", Role.PROGRAM_OFFICER, office=office)


def wanted(**changes):
    amounts = {
        "initial": "1.00",
        "retry": "0.50",
        "additional": "0.50",
        "g845": "0.50",
        "paper_g845": "2.00",
        "minimum": "30.00",
    }
    return {kind: Decimal(amount) for kind, amount in {**amounts, **changes}.items()}


def propose(by, **changes):
    proposal = {
        "effective_from": JANUARY,
        "amounts": wanted(),
        "exempt": ["local", "tribal"],
        "source": "Notice of October 5, 2026",
        "by": by,
        "at": AT,
    }
    with system_scope():
        return price_list.propose(**{**proposal, **changes})


def decide(act, change, by, at=AT, **more):
    with system_scope():
        return act(change_id=change.pk, version=change.version, by=by, at=at, **more)


def test_a_list_that_a_second_officer_approved_holds_from_its_day_and_not_before(otto, olga):
    decide(price_list.approve, propose(otto), olga)

    before, after = list_on(date(2026, 12, 31)), list_on(JANUARY)
    assert (before.amounts["initial"], after.amounts["initial"]) == (Decimal("0.50"), Decimal("1"))
    assert (minimum_of(date(2026, 12, 1)), minimum_of(JANUARY)) == (Decimal("25"), Decimal("30"))
    assert before.exempt == {"state", "local", "tribal"}
    assert after.exempt == {"local", "tribal"}
    # Only what differs is a new row.
    assert set(Price.objects.filter(effective_from=JANUARY).values_list("kind", flat=True)) == {
        "initial",
        "minimum",
    }
    with system_scope():
        verbs = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))
    assert verbs[-2:] == ["price_list.proposed", "price_list.approved"]


def test_an_officer_never_decides_the_own_proposal(otto, olga):
    change = propose(otto)
    for act, more in ((price_list.approve, {}), (price_list.reject, {"reply": "No."})):
        with pytest.raises(BillingError, match="another officer"):
            decide(act, change, otto, **more)
    with pytest.raises(BillingError, match="Only the officer who proposed it"):
        decide(price_list.withdraw, change, olga)
    for status, by in (("approved", otto), ("rejected", otto), ("withdrawn", olga)):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE billing_pricechange SET status = %s, decided_by_id = %s", [status, by.pk]
            )
    assert not Price.objects.filter(effective_from=JANUARY).exists()


@pytest.mark.parametrize("role", [role for role in ROLES if role != Role.PROGRAM_OFFICER])
def test_nobody_but_the_program_office_proposes_or_decides(otto, agency, office, role):
    change = propose(otto)
    place = {"agency": agency} if role in AGENCY_ROLES else {"office": office}
    person = make_user("Pat", role, **place)
    with pytest.raises(BillingError, match="Only the program office"):
        propose(person)
    with pytest.raises(BillingError, match="Only the program office"):
        decide(price_list.approve, change, person)


def test_a_gap_is_refused_with_its_rule(otto):
    for amounts in (
        {**wanted(), "retry": None},
        {k: v for k, v in wanted().items() if k != "retry"},
    ):
        with pytest.raises(InvalidPrices) as refused:
            propose(otto, amounts=amounts)
        assert set(refused.value.errors) == {"retry"}
        assert "leaves no gap" in refused.value.errors["retry"]
    assert not PriceChange.objects.exists()


def test_an_overlap_is_refused_with_its_rule(otto, olga):
    second = propose(otto, amounts=wanted(initial="2.00"))
    decide(price_list.approve, propose(otto), olga)
    for day in (JANUARY, date(2026, 12, 1)):
        with pytest.raises(InvalidPrices, match="do not overlap"):
            propose(otto, effective_from=day, amounts=wanted(retry="9.00"))
    with pytest.raises(BillingError, match="do not overlap"):
        decide(price_list.approve, second, olga)
    with pytest.raises(Error), transaction.atomic():
        Exemption.objects.create(
            agency_kind="local", effective_from=date(2027, 5, 1), source="A second row"
        )


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [("-0.01", "nothing below zero"), ("0.505", "dollars and cents"), ("NaN", "dollars and cents")],
)
def test_an_amount_that_is_none_is_refused(otto, amount, sentence):
    with pytest.raises(InvalidPrices, match=sentence):
        propose(otto, amounts=wanted(initial=amount))


def test_the_past_is_never_changed_not_even_by_approving_late(otto, olga):
    with pytest.raises(InvalidPrices, match="for the future only"):
        propose(otto, effective_from=date(2026, 11, 1))
    with pytest.raises(InvalidPrices, match="first day of a month"):
        propose(otto, effective_from=date(2027, 1, 2))
    change = propose(otto)
    # The new year has begun on the islands of the date line, though not in Washington.
    with pytest.raises(BillingError, match="for the future only"):
        decide(price_list.approve, change, olga, at=datetime(2026, 12, 31, 10, tzinfo=UTC))
    decide(price_list.approve, change, olga, at=datetime(2026, 12, 31, 9, 59, tzinfo=UTC))
    for statement in (
        "UPDATE billing_price SET amount = 9",
        "DELETE FROM billing_price",
        "DELETE FROM billing_exemption",
        "UPDATE billing_exemption SET effective_from = '2020-01-01'",
        "UPDATE billing_exemption SET effective_to = '2030-01-01' WHERE effective_to IS NOT NULL",
        "UPDATE billing_pricechange SET amounts = '{}'",
        "UPDATE billing_pricechange SET status = 'proposed', decided_by_id = NULL",
        "DELETE FROM billing_pricechange",
    ):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_list_that_changes_nothing_is_refused(otto):
    holds = list_on(JANUARY)
    with pytest.raises(InvalidPrices, match="holds on that day already"):
        propose(otto, amounts=dict(holds.amounts), exempt=sorted(holds.exempt))


@pytest.mark.parametrize("status", list(PriceChangeStatus))
@pytest.mark.parametrize("move", PRICE_CHANGE_TRANSITIONS, ids=lambda move: move.name)
def test_a_decided_list_is_decided_for_good(otto, olga, status, move):
    change = propose(otto)
    if status == PriceChangeStatus.APPROVED:
        change = decide(price_list.approve, change, olga)
    elif status == PriceChangeStatus.REJECTED:
        change = decide(price_list.reject, change, olga, reply="Too much.")
    elif status == PriceChangeStatus.WITHDRAWN:
        change = decide(price_list.withdraw, change, otto)
    act = getattr(price_list, move.name)
    by = otto if move.side == "proposer" else olga
    more = {"reply": "No."} if move.name == "reject" else {}
    if status in move.sources:
        assert decide(act, change, by, **more).status == move.target
    else:
        with pytest.raises(BillingError, match="decided already"):
            decide(act, change, by, **more)


def test_two_officers_change_the_list_on_the_page_and_agencies_read_it(otto, olga, caseworker):
    today = timezone.localdate()
    following = (today.replace(day=28) + timedelta(days=40)).replace(day=1)
    typed = {kind: str(amount) for kind, amount in wanted().items()} | {
        "exempt": ["local"],
        "effective_from_0": str(following.month),
        "effective_from_1": "1",
        "effective_from_2": str(following.year),
        "source": "Notice of October 5",
    }
    desk, other = signed_in(otto), signed_in(olga)
    refused = desk.post(PAGE, typed | {"retry": ""})
    assert refused.status_code == 422
    assert "leaves no gap" in refused.content.decode()
    assert 'value="30.00"' in refused.content.decode()
    done = desk.post(PAGE, typed, follow=True).content.decode()
    assert "Proposed. Another officer approves" in done
    assert "another officer decides" in done
    (change,) = PriceChange.objects.all()
    address = reverse("billing:decide-prices", args=[change.pk, "approve"])
    own = desk.post(address, {"version": 1}, follow=True).content.decode()
    assert "another officer of the program decides" in own
    no_reason = other.post(
        reverse("billing:decide-prices", args=[change.pk, "reject"]), {"version": 1}
    )
    assert no_reason.status_code == 422
    assert "Say why" in no_reason.content.decode()
    stale = other.post(address, {"version": 7}, follow=True).content.decode()
    assert "Somebody decided" in stale
    assert "Approved." in other.post(address, {"version": 1}, follow=True).content.decode()

    administrator = make_user("Ada", Role.AGENCY_ADMINISTRATOR, agency=caseworker.agency)
    client = signed_in(administrator)
    shown = client.get(PAGE).content.decode()
    assert "Not yet" in shown
    assert "$30.00" in shown
    assert "Propose" not in shown.replace("Proposed by", "")
    assert client.post(PAGE, typed).status_code == 403
    assert signed_in(caseworker).get(PAGE).status_code == 403


def test_administrators_are_told_of_a_new_list_once(otto, olga, caseworker):
    administrator = make_user("Ada", Role.AGENCY_ADMINISTRATOR, agency=caseworker.agency)
    decide(price_list.approve, propose(otto), olga)
    told = Message.objects.filter(payload__template="prices_change")
    assert [m.payload["to_user_id"] for m in told] == [administrator.pk]


def test_every_kind_of_act_has_a_label_on_the_list():
    assert {kind for kind, _ in PRICED} == set(wanted())
