"""Every record system has a module; who may see which column is one table."""

import re
from datetime import date

import pytest
from django.core.management import call_command

from verification.records import disclosure, returned
from verification.records.held import Held
from verification.records.systems import IMAGE_FILE, SYSTEMS, Viewer

NAMED_BY_THE_PROGRAM = {
    "CIS", "ADIS", "CLAIMS3", "CLAIMS4", "EID", "EDMS", "ISRS", "MFAS", "MIDAS", "RAPS", "RNACS",
    "SEVIS", "NIIS", "CCD", "EOIR",
}  # fmt: skip
PASSPORT_OR_VISA = re.compile("passport|visa")


def held(system, **own):
    return Held(1, system, "R1", date(2026, 1, 1), "DOE", "ANN", a_number="012345678", own=own)


def test_every_system_of_the_program_is_there():
    assert set(SYSTEMS) == NAMED_BY_THE_PROGRAM


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_each_system_says_whose_it_is_and_what_it_holds(system):
    assert all((system.owner, system.full_name, system.holds, system.updated))
    names = [column.name for column in system.columns]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_no_passport_or_visa_number_is_ever_an_agency_s_to_see(system):
    for column in system.columns:
        if PASSPORT_OR_VISA.search(column.name):
            assert not column.seen_by & {Viewer.AGENCY, Viewer.RECORDS}


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_a_cleared_verifier_sees_every_column_and_each_other_viewer_no_more(system):
    everything = {column.name for column in system.columns}
    assert system.shown_to(Viewer.CLEARED) == everything
    assert system.shown_to(Viewer.VERIFIER) in (everything, frozenset())
    assert system.shown_to(Viewer.AGENCY) <= everything - {"sex", "record_id"}


def test_state_justice_enforcement_asylum_and_the_scanned_file_say_nothing_to_an_agency():
    for name in ("CCD", "EOIR", "EID", "RAPS", "EDMS"):
        assert SYSTEMS[name].shown_to(Viewer.AGENCY) == frozenset()


def test_what_an_agency_gets_back_is_within_the_tables():
    for places in returned.OWN.values():
        for system, column in places:
            assert column in SYSTEMS[system].shown_to(Viewer.AGENCY), (system, column)


def test_facts_of_enforcement_and_death_stay_inside():
    assert (
        SYSTEMS["CIS"]
        .shown_to(Viewer.AGENCY)
        .isdisjoint({"order_date", "removal_date", "death_date", "aliases", "consolidated_to"})
    )
    assert "termination_code" not in SYSTEMS["SEVIS"].shown_to(Viewer.AGENCY)
    assert "spouse_name" not in SYSTEMS["MFAS"].shown_to(Viewer.AGENCY)


@pytest.mark.parametrize(
    ("record", "rule"),
    [
        (held("RAPS", decision="PENDING"), "8 CFR 208.6"),
        (held("CIS", class_of_admission="B11"), "8 USC 1367"),
        (held("ADIS", class_of_admission="U1"), "8 USC 1367"),
        (held("CLAIMS3", form="I-914", receipt_number="EAC1234567890"), "8 USC 1367"),
        (held("MFAS", joint_or_waiver="WAIVER"), "8 USC 1367"),
    ],
)
def test_a_protected_record_is_shown_to_cleared_verifiers_alone(record, rule):
    assert disclosure.protection(record) == rule
    for viewer in (Viewer.AGENCY, Viewer.VERIFIER, Viewer.RECORDS):
        assert disclosure.shown(record, viewer) == {}
    assert disclosure.shown(record, Viewer.CLEARED)["family_name"] == "DOE"


def test_an_ordinary_record_is_shown_by_its_table():
    record = held("CIS", class_of_admission="IR6", order_date="2026-02-01")
    assert disclosure.protection(record) == ""
    assert disclosure.shown(record, Viewer.AGENCY) == {
        "a_number": "012345678", "family_name": "DOE", "given_name": "ANN",
        "updated_at": "2026-01-01", "class_of_admission": "IR6",
    }  # fmt: skip
    assert disclosure.shown(record, Viewer.VERIFIER)["order_date"] == "2026-02-01"


def test_images_are_files_beside_the_upload():
    named = {s.name: [c.name for c in s.images] for s in SYSTEMS.values() if s.images}
    assert named == {"ISRS": ["photo"], "EDMS": ["image"], "MIDAS": ["image"]}
    assert re.fullmatch(IMAGE_FILE.pattern, "photos/p001.svg")
    assert not re.fullmatch(IMAGE_FILE.pattern, "../secret")


def test_the_page_about_the_systems_is_current():
    call_command("describe_systems", "--check")
