"""The fence between agencies is held by PostgreSQL, not by the filters of the code."""

import psycopg
import pytest
from django.db import DataError, ProgrammingError, connection, transaction

from save_portal import audit
from save_portal.accounts.models import Agency, Department, User
from save_portal.accounts.tenancy import agency_scope, scope_for, system_rows, system_scope
from save_portal.audit.models import AuditEvent
from tests.conftest import AT, make_agency, make_user

FENCED = (
    "accounts_department",
    "accounts_group",
    "accounts_user",
    "accounts_historicaldepartment",
    "accounts_historicaluser",
    "audit_auditevent",
    "audit_disclosureevent",
)


def settings_now():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user::text, coalesce(current_setting('save.scope', true), ''),"
            " coalesce(current_setting('save.agency_id', true), '')"
        )
        return cursor.fetchone()


def bare_connection():
    """A connection of psycopg alone, to the same database."""
    parameters = {
        name: value
        for name, value in connection.get_connection_params().items()
        if name in ("dbname", "user", "password", "host", "port")
    }
    return psycopg.connect(**parameters, autocommit=True)


@pytest.mark.django_db(transaction=True)
def test_a_bare_connection_sees_only_the_agency_it_names_and_nothing_without_a_name():
    first, second = make_agency("FIRST"), make_agency("SECOND")
    for agency in (first, second):
        user = make_user(f"Dana{agency.pk}", "general_user", agency=agency)
        audit.record(
            "tried", by=user, at=AT, subject_type="test", subject_id=1, agency_id=agency.pk
        )
        audit.disclose(
            by=user,
            at=AT,
            agency_id=agency.pk,
            person_ref="p1",
            fields=["family_name"],
            purpose="snap",
            case_number="0000000000000AA",
        )
    with bare_connection() as bare:
        bare.execute("SET ROLE save_app")
        for table in FENCED:
            assert bare.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
        bare.execute("SELECT set_config('save.agency_id', %s, false)", [str(first.pk)])
        for table in FENCED:
            (mine,) = bare.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert mine > 0, table
            if table not in ("accounts_group",):
                assert bare.execute(f"SELECT DISTINCT agency_id FROM {table}").fetchall() == [
                    (first.pk,)
                ]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            bare.execute(
                "INSERT INTO accounts_department (agency_id, name) VALUES (%s, 'x')", [second.pk]
            )
        assert (
            bare.execute(
                "UPDATE accounts_department SET name = 'x' WHERE agency_id = %s", [second.pk]
            ).rowcount
            == 0
        )


def test_every_table_with_an_agency_column_is_behind_the_fence(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relkind = 'r' AND a.attname = 'agency_id' AND NOT c.relrowsecurity"
            " AND c.relnamespace = current_schema()::regnamespace"
        )
        assert cursor.fetchall() == []


def test_outside_a_scope_the_log_shows_nothing_and_still_takes_events(agency):
    audit.record("tried", by=None, at=AT, subject_type="test", subject_id=1, agency_id=agency.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE save_app")
    assert not AuditEvent.objects.filter(verb="tried").exists()
    with agency_scope(agency.pk):
        assert AuditEvent.objects.filter(verb="tried").count() == 1
    with agency_scope(agency.pk + 1):
        assert not AuditEvent.objects.filter(verb="tried").exists()


def test_a_scope_lasts_as_long_as_its_transaction(agency):
    before = settings_now()
    with agency_scope(agency.pk):
        assert settings_now() == ("save_app", "agency", str(agency.pk))
    assert settings_now() == before


def test_a_scope_inside_another_gives_way_to_the_outer_one_again(agency, other_agency):
    with agency_scope(agency.pk):
        with system_scope():
            assert settings_now() == ("save_app", "all", "")
        assert settings_now() == ("save_app", "agency", str(agency.pk))
        with pytest.raises(ZeroDivisionError), agency_scope(other_agency.pk):
            raise ZeroDivisionError
        assert settings_now() == ("save_app", "agency", str(agency.pk))


@pytest.mark.django_db(transaction=True)
def test_a_connection_carries_no_scope_to_the_next_transaction():
    agency = make_agency("POOL")
    with agency_scope(agency.pk):
        pass
    user, scope, agency_id = settings_now()
    assert (user == "save_app", scope, agency_id) == (False, "", "")


READ = "SELECT code, current_user::text, %s FROM accounts_agency ORDER BY code"


@pytest.mark.django_db(transaction=True)
def test_one_reading_statement_sees_all_agencies_and_leaves_no_scope_behind():
    make_agency("FIRST"), make_agency("SECOND")
    before = settings_now()
    assert system_rows(READ, ["a"]) == [("FIRST", "save_app", "a"), ("SECOND", "save_app", "a")]
    assert settings_now() == before
    with pytest.raises(DataError):
        system_rows("SELECT 1 / %s", [0])
    assert settings_now() == before


def test_one_reading_statement_inside_a_scope_gives_it_back(agency, other_agency):
    with agency_scope(agency.pk):
        assert len(system_rows(READ, ["a"])) == 2
        assert settings_now() == ("save_app", "agency", str(agency.pk))


def test_an_agency_changes_no_row_of_another(agency, other_agency):
    with agency_scope(agency.pk):
        assert Department.objects.filter(agency=other_agency).update(name="x") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Department.objects.create(agency=other_agency, name="Intruder")


def test_an_office_sees_the_people_of_all_agencies(caseworker, stranger, verifier):
    with scope_for(verifier):
        assert set(User.objects.visible_to(verifier)) == {caseworker, stranger, verifier}
    with scope_for(caseworker):
        assert set(User.objects.all()) == {caseworker}
        assert set(Agency.objects.visible_to(caseworker)) == {caseworker.agency}


def test_the_role_of_the_requests_may_only_add_to_the_log(agency):
    with pytest.raises(ProgrammingError, match="permission denied"), system_scope():
        AuditEvent.objects.all().delete()
