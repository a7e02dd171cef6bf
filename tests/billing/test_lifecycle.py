"""The life cycle of an invoice, move by move: in Python, in PostgreSQL, and for every role."""

import pytest
from django.db import Error, connection, transaction
from django_fsm import TransitionNotAllowed

from billing import policies
from billing.errors import BillingError
from billing.lifecycles import TRANSITIONS, InvoiceStatus
from billing.models import Invoice
from save_portal.accounts.roles import AGENCY_ROLES, Role
from save_portal.accounts.tenancy import system_scope
from tests.billing.test_invoicing import CLOSING, OCTOBER
from tests.conftest import AT, ROLES, make_user

LEGAL = {
    "draft": {"issued"},
    "issued": {"partly_paid", "paid", "disputed", "written_off"},
    "partly_paid": {"paid", "disputed", "written_off"},
    "paid": set(),
    "disputed": {"adjusted", "issued", "paid", "written_off"},
    "adjusted": {"partly_paid", "paid", "written_off"},
    "written_off": set(),
}
ARGUMENTS = {"issue": {"number": "SV-2026-000001", "at": AT, "due_on": AT.date()}}


def test_the_table_of_moves_is_complete():
    moves: dict[str, set[str]] = {status.value: set() for status in InvoiceStatus}
    for move in TRANSITIONS:
        for source in move.sources:
            moves[source.value] |= {move.target.value} - {source.value}
    assert moves == LEGAL


@pytest.mark.parametrize("status", list(InvoiceStatus))
@pytest.mark.parametrize("move", TRANSITIONS, ids=lambda move: move.name)
def test_a_transition_moves_from_its_sources_and_nowhere_else(move, status):
    invoice = Invoice(status=status)
    act = getattr(invoice, move.name)
    if status in move.sources:
        act(**ARGUMENTS.get(move.name, {}))
        assert invoice.status == move.target
    else:
        with pytest.raises(TransitionNotAllowed):
            act(**ARGUMENTS.get(move.name, {}))
        assert (invoice.status, invoice.number) == (status, "")
    with pytest.raises(AttributeError):
        invoice.status = InvoiceStatus.WRITTEN_OFF if invoice.status != "written_off" else "draft"


WAYS = {
    "draft": [],
    "issued": ["issued"],
    "partly_paid": ["issued", "partly_paid"],
    "paid": ["issued", "paid"],
    "disputed": ["issued", "disputed"],
    "adjusted": ["issued", "disputed", "adjusted"],
    "written_off": ["issued", "written_off"],
}
MOVE = """
    UPDATE billing_invoice SET status = %s, number = 'SV-2026-000001', issued_at = %s,
        due_on = '2026-12-02' WHERE id = %s
"""


@pytest.mark.django_db
@pytest.mark.parametrize("source", list(InvoiceStatus))
def test_postgresql_allows_the_legal_moves_and_refuses_all_others(agency, source):
    with system_scope():
        invoice = Invoice(agency=agency, month=OCTOBER, total=5)
        invoice._history_user, invoice._change_reason = None, "invoice.drafted"
        invoice.save()

    def go(status):
        with system_scope(), connection.cursor() as cursor:
            cursor.execute(MOVE, [status, CLOSING, invoice.pk])

    for status in WAYS[source]:
        go(status)
    for target in InvoiceStatus:
        if target == source:
            continue
        moved = True
        with transaction.atomic():
            try:
                with transaction.atomic():
                    go(target)
            except Error:
                moved = False
            transaction.set_rollback(True)
        assert moved == (target in LEGAL[source]), f"{source} to {target}"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_act_belongs_to_one_side(agency, other_agency, office, role):
    place = {"agency": agency} if role in AGENCY_ROLES else {"office": office}
    person = make_user("Pat", role, **place)

    def may(check, **more):
        try:
            check(person, **more)
        except BillingError:
            return False
        return True

    administrator = role == Role.AGENCY_ADMINISTRATOR
    assert may(policies.check_is_office) == (role == Role.PROGRAM_OFFICER)
    for check in (policies.check_disputes, policies.check_pays):
        assert may(check, agency_id=agency.pk) == administrator
        assert not may(check, agency_id=other_agency.pk)
