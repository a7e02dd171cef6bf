"""The fence between agencies, seen from a connection that knows nothing of Django."""

import psycopg
import pytest
from django.db import connection

from casecheck import contacts
from casecheck.models import Notice
from save_portal.accounts.models import Agency
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import DisclosureEvent
from tests import uploads
from tests.conftest import AT, load_three_people, make_agency, make_user, resident, unknown_person
from verification.enums import NoQueryReason
from verification.models import (
    AdditionalDraft,
    Batch,
    BatchFault,
    BatchRow,
    CaseMove,
    CorrectionNotice,
    G845Form,
    G845Mailing,
    Reminder,
    SavedView,
    VerifierAnswer,
)
from verification.services import (
    additional,
    correction,
    documents,
    drafts,
    initial,
    wrongful_disclosure,
)

TABLES = (
    "verification_case",
    "verification_historicalcase",
    "verification_initialanswer",
    "verification_chargeevent",
    "verification_casedraft",
    "verification_noquery",
    "verification_savedview",
    "verification_additionalrequest",
    "verification_additionaldraft",
    "verification_batch",
    "verification_batchfault",
    "verification_batchrow",
    "verification_casedocument",
    "verification_casemove",
    "verification_reminder",
    "documents_storedfile",
    "verification_verifieranswer",
    "verification_correctionnotice",
    "verification_g845form",
    "verification_g845mailing",
    "agreements_agreement",
    "agreements_historicalagreement",
    "audit_auditevent",
    "audit_disclosureevent",
    "verification_wrongfuldisclosure",
    "casecheck_contact",
    "casecheck_onetimecode",
    "casecheck_notice",
)


def rows(table: str, *, role: str = "save_app", scope: str = "", agency_id: object = "") -> list:
    """The agencies whose rows a plain connection sees."""
    parameters = connection.get_connection_params()
    known = {
        name: parameters[name]
        for name in ("dbname", "user", "host", "port", "password")
        if parameters.get(name)
    }
    with psycopg.connect(**known) as plain:
        if role:
            plain.execute(f"SET LOCAL ROLE {role}")
        plain.execute(
            "SELECT set_config('save.scope', %s, true), set_config('save.agency_id', %s, true)",
            [scope, str(agency_id)],
        )
        return [agency for (agency,) in plain.execute(f"SELECT agency_id FROM {table}")]


@pytest.mark.django_db(transaction=True)
def test_each_table_shows_an_agency_its_own_rows_and_without_a_scope_none(tmp_path):
    load_three_people(tmp_path)
    for code in ("CALHOUN", "HARBOR"):
        user = make_user("Dana", "general_user", agency=make_agency(code))
        with scope_for(user):
            initial.initiate(by=user, at=AT, submission=resident())
            prompted = initial.initiate(by=user, at=AT, submission=unknown_person())
            additional.request(
                case_number=prompted.number,
                version=1,
                reason="prompted",
                comment="",
                by=user,
                at=AT,
            )
            VerifierAnswer.objects.create(
                case=prompted, agency=user.agency, step="additional", kind="final", at=AT, by=user
            )
            whose = {"case": prompted, "agency": user.agency}
            Reminder.objects.create(**whose, kind="answer", to=user, at=AT, key="answer:1")
            AdditionalDraft.objects.create(**whose, by=user, updated_at=AT)
            documents.add(
                case_number=prompted.number,
                content=uploads.encoded("JPEG"),
                name="card.jpg",
                kind="front",
                by=user,
                at=AT,
            )
            CorrectionNotice.objects.create(
                case=prompted, agency=user.agency, correction_id=1, at=AT
            )
            G845Form.objects.create(
                case=prompted, agency=user.agency, at=AT, by=user, reason="prompted"
            )
            G845Mailing.objects.create(
                case=prompted,
                agency=user.agency,
                way="post",
                mailed_on=AT.date(),
                due_on=AT.date(),
                at=AT,
                by=user,
            )
            drafts.begin(by=user, at=AT, document_type="i551")
            drafts.record_no_query(by=user, at=AT, reason=NoQueryReason.EMERGENCY_MEDICAID)
            CaseMove.objects.create(
                case=prompted, agency=user.agency, at=AT, by=user, giver=user, taker=user
            )
            contacts.record(
                case_number=prompted.number,
                email="rosa@mail.example",
                phone="",
                language="es",
                by=user,
                at=AT,
            )
            contacts.code_for_letter(case_number=prompted.number, by=user, at=AT)
            Notice.objects.create(
                **whose, way="email", address="rosa@mail.example", language="es", asked_at=AT
            )
            shown = DisclosureEvent.objects.filter(agency_id=user.agency_id).latest("pk")
            wrongful_disclosure.report(disclosure_id=shown.pk, fault="no_purpose", by=None, at=AT)
            SavedView.objects.create(
                agency=user.agency, user=user, name="Mine", query="benefit=snap"
            )
            batch = Batch.objects.create(
                agency=user.agency, created_by=user, created_at=AT, stored_as=code, size=1
            )
            whose = {"agency": user.agency, "batch": batch, "line": 2}
            BatchFault.objects.create(**whose, field="row", remedy="Correct it.")
            BatchRow.objects.create(**whose, case=prompted, found_open=False)
    with system_scope():
        own, other = Agency.objects.order_by("code").values_list("pk", flat=True)

    for table in TABLES:
        assert rows(table) == [], f"{table} without a scope"
        assert rows(table, role="") == [], f"{table} as its owner without a scope"
        seen = rows(table, scope="agency", agency_id=own)
        assert seen, table
        assert set(seen) == {own}, table
        assert {own, other} <= set(rows(table, scope="all")), table


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_of_the_owners_of_records_is_for_the_offices_alone(tmp_path, verifier):
    load_three_people(tmp_path)
    agency = make_agency("CALHOUN")
    with scope_for(verifier):
        correction.draft(record_ref="CIS:C1", field="given_name", by=verifier, at=AT)

    for table in ("verification_correctionrequest", "verification_historicalcorrectionrequest"):
        table = f"(SELECT 0 AS agency_id FROM {table}) all_rows"
        assert rows(table) == []
        assert rows(table, role="") == []
        assert rows(table, scope="agency", agency_id=agency.pk) == []
        assert rows(table, scope="all") == [0]


@pytest.mark.django_db(transaction=True)
def test_a_row_of_another_agency_can_neither_be_written_nor_moved(tmp_path):
    load_three_people(tmp_path)
    own, other = make_agency("CALHOUN"), make_agency("HARBOR")
    user = make_user("Dana", "general_user", agency=own)
    with scope_for(user):
        drafts.begin(by=user, at=AT, document_type="i551")
    with (
        pytest.raises(Exception, match="row-level security"),
        scope_for(user),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE verification_casedraft SET agency_id = %s", [other.pk])


@pytest.mark.parametrize(
    "table",
    ["verification_reviewdraft", "verification_secondreview", "verification_secondreviewshare"],
)
def test_what_verifiers_prepare_and_check_is_no_agency_s_to_see(db, table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = %s::regclass",
            [table],
        )
        (allowed,) = cursor.fetchone()
    assert "agency_id" not in allowed
    assert "'all'" in allowed
