"""What most tests begin with: agencies with their people, an agreement, three people on record.

Everything is made on a real PostgreSQL, through the services where one exists.
"""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client

from agreements.enums import AccessMode, Purpose
from agreements.lifecycles.agreement import AgreementStatus
from agreements.models import Agreement
from agreements.training.catalog import tutorial_for
from save_portal.accounts import terms
from save_portal.accounts.models import Agency, Department, Group, Office, User
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from verification.records import index, loading
from verification.records.population.portraits import portrait
from verification.rules.submission import Submission

PASSWORD = "correct horse battery staple"
AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
# PostgreSQL lets nobody have the test verifier's role outside a sandbox.
ROLES = [role for role in Role if role is not Role.TEST_VERIFIER]


def make_agency(
    code: str,
    *,
    benefits=("snap", "medicaid"),
    time_zone="America/New_York",
    access_modes=AccessMode.values,
    agreement_kind="moa",
):
    """An agency with an agreement in force, a department and a sharing group."""
    with system_scope():
        agency = Agency.objects.create(
            code=code, name=f"{code.title()} Human Services", kind="local", time_zone=time_zone
        )
        department = Department.objects.create(agency=agency, name="Eligibility")
        Group.objects.create(department=department, name="Counter", cases_shared=False)
        Agreement.objects.create(
            agency=agency,
            number=f"MOA-{code}",
            status=AgreementStatus.IN_FORCE,
            kind=agreement_kind,
            purposes=Purpose.values,
            benefits=list(benefits),
            access_modes=list(access_modes),
            term=(date(2020, 1, 1), date(2040, 1, 1)),
            legal_basis="Social Security Act, section 1137(d)",
        )
    return agency


def make_user(name: str, role: str, *, agency=None, office=None, group=None, trained=True):
    """A user who can sign in with `PASSWORD`, and has passed the tutorial of the role."""
    tutorial = tutorial_for(role) if trained else None
    with system_scope():
        department = Department.objects.filter(agency=agency).first() if agency else None
        user = User.objects.create_user(
            f"{name.lower()}@{(agency or office).code.lower()}.example",
            PASSWORD,
            full_name=f"{name} Tester",
            role=role,
            agency=agency,
            office=office,
            department=department,
            group=group,
            trained_as=tutorial.key if tutorial else "",
            trained_until=date(2040, 1, 1) if tutorial else None,
        )
    return user


def signed_in(user, **options) -> Client:
    """A client of somebody who signed in and accepted the terms of use; `options` are Client's."""
    client = Client(**options)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[terms.ACCEPTED] = terms.VERSION
    session.save()
    return client


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix() -> None:
    """Each process of the suite has a cluster of its own, and its database the same name there."""


@pytest.fixture
def agency(db):
    return make_agency("CALHOUN")


@pytest.fixture
def other_agency(db):
    return make_agency("HARBOR")


@pytest.fixture
def office(db):
    return Office.objects.create(code="SVO", name="Status Verification Office")


@pytest.fixture
def caseworker(agency):
    return make_user("Dana", Role.GENERAL_USER, agency=agency)


@pytest.fixture
def colleague(agency):
    return make_user("Marco", Role.GENERAL_USER, agency=agency)


@pytest.fixture
def supervisor(agency):
    return make_user("Ruth", Role.SUPERVISOR, agency=agency)


@pytest.fixture
def stranger(other_agency):
    return make_user("Nina", Role.GENERAL_USER, agency=other_agency)


@pytest.fixture
def verifier(office):
    return make_user("Vera", Role.STATUS_VERIFIER, office=office)


COMMON = (
    "record_id",
    "updated_at",
    "a_number",
    "family_name",
    "given_name",
    "middle_name",
    "date_of_birth",
    "sex",
    "country_of_birth",
    "country_of_citizenship",
)


def write_upload(path: Path, rows: list[dict[str, str]]) -> Path:
    """A source file with the columns of its rows."""
    columns = list(dict.fromkeys([*COMMON, *(name for row in rows for name in row)]))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


PORTRAIT = portrait(7, woman=True).encode()


def load_three_people(directory: Path) -> None:
    """A resident with a photo, a resident without one, and a student."""
    person = {"updated_at": "2026-11-01T00:00:00Z", "country_of_birth": "MEX", "sex": "F"}
    resident = {
        **person,
        "record_id": "C1",
        "a_number": "209448177",
        "family_name": "ARREOLA-QUINONES",
        "given_name": "ANA LUCIA",
        "date_of_birth": "1990-05-31",
        "country_of_citizenship": "MEX",
    }
    status = {
        "class_of_admission": "IR6",
        "entry_date": "2021-08-02",
        "port_of_entry": "El Paso",
        "status_date": "2023-03-14",
    }
    plain = {
        **person,
        "record_id": "C2",
        "a_number": "209448188",
        "family_name": "TESFAYE",
        "given_name": "MARTA",
        "date_of_birth": "1991-12-05",
        "country_of_birth": "ETH",
        "country_of_citizenship": "ETH",
    }
    upload = write_upload(
        directory / "CIS.csv",
        [
            {**resident, **status, "card_number": "MSC2155330947"},
            {**plain, **status, "card_number": "MSC2155330948"},
        ],
    )
    loading.load("CIS", upload, full=True)
    (directory / "photos").mkdir(exist_ok=True)
    (directory / "photos" / "ana.svg").write_bytes(PORTRAIT)
    card = {
        **resident,
        "record_id": "I1",
        "card_number": "MSC2155330947",
        "card_type": "I-551",
        "issued_on": "2023-04-18",
        "expires_on": "2033-04-18",
        "card_status": "active",
        "photo": "photos/ana.svg",
    }
    loading.load("ISRS", write_upload(directory / "ISRS.csv", [card]), full=True)
    student = {
        **person,
        "record_id": "S1",
        "family_name": "DELGADO",
        "given_name": "SOFIA",
        "date_of_birth": "2001-02-03",
        "country_of_citizenship": "DOM",
        "sevis_id": "N0031450003",
        "class_of_admission": "F1",
        "status": "ACTIVE",
        "status_date": "2025-02-10",
        "institution": "State University",
        "program_start": "2025-01-15",
        "program_end": "2029-05-30",
        "i94_number": "021300016J6",
    }
    loading.load("SEVIS", write_upload(directory / "SEVIS.csv", [student]), full=True)
    index.build()


@pytest.fixture
def people_on_record(db, tmp_path):
    load_three_people(tmp_path)


def resident(**changes) -> Submission:
    """What a caseworker types from the card of the resident with a photo."""
    typed = {
        "document_type": "i551",
        "family_name": "Arreola-Quiñones",
        "given_name": "Ana Lucia",
        "date_of_birth": date(1990, 5, 31),
        "a_number": "A 209-448-177",
        "card_number": "msc 21 553 30947",
        "benefits": ("snap",),
        "agency_reference": "HH-20571",
        "original_examined": True,
    }
    return Submission(**{**typed, **changes})


def unknown_person(**changes) -> Submission:
    """Somebody of whom no record exists."""
    return resident(
        **{
            "family_name": "Bautista",
            "given_name": "Rosalind",
            "a_number": "200000001",
            "card_number": "MSC2000000001",
            **changes,
        }
    )
