"""What goes out with an answer, from which record, and how sure it is."""

from datetime import date

import pytest

from verification.records.answer import answer_from
from verification.records.held import Held

TODAY = date(2026, 11, 20)


def held(system, record_id="R1", updated_on=date(2026, 11, 1), photo_id=None, **own):
    names = {"family_name": "LOPEZ", "given_name": "ANA"}
    names |= {name: own.pop(name) for name in ("family_name", "given_name") if name in own}
    return Held(
        pk=hash((system, record_id)), system=system, record_id=record_id, updated_on=updated_on,
        date_of_birth=date(1980, 2, 29), a_number="123456789", own=own, photo_id=photo_id, **names,
    )  # fmt: skip


def resident(**own):
    return held("CIS", class_of_admission="IR6", status_date="2020-05-01", **own)


def card(record_id, issued, photo_id=None, status="ACTIVE", expires="2035-01-01", kind="I-551"):
    return held(
        "ISRS", record_id, photo_id=photo_id, card_number=f"MSC000000000{record_id[-1]}",
        card_type=kind, issued_on=issued, expires_on=expires, card_status=status,
    )  # fmt: skip


def answer(*person, shown=frozenset(), exactly=True):
    return answer_from(person, today=TODAY, shown=shown, exactly=exactly, searched=())


def value(given, name):
    return given.returned[name]["value"]


def test_the_photo_is_that_of_the_newest_valid_card():
    given = answer(
        resident(), card("C1", "2020-06-01", 1), card("C2", "2024-06-01", 2),
        card("C3", "2026-01-01", 3, status="STOLEN"),
    )  # fmt: skip
    assert given.photo_id == 2
    photo = given.grounds["photo"]
    assert (photo["ref"], photo["card_type"], photo["issued_on"]) == (
        "ISRS:C2", "I-551", "2024-06-01",
    )  # fmt: skip


def test_a_card_that_has_run_out_gives_the_photo_only_when_there_is_no_other():
    old = card("C1", "2010-06-01", 1, expires="2020-06-01")
    assert answer(resident(), old).photo_id == 1
    assert answer(resident(), old, card("C2", "2009-06-01", 2)).photo_id == 2


def test_a_newer_card_without_a_photo_does_not_take_the_photo_away():
    assert answer(resident(), card("C1", "2020-06-01", 1), card("C2", "2024-06-01")).photo_id == 1


def test_the_dates_of_the_card_that_was_shown_come_back():
    cards = card("C1", "2020-06-01", expires="2030-06-01"), card("C2", "2024-06-01")
    given = answer(resident(), *cards, shown=frozenset({("card", "MSC0000000001")}))
    assert (value(given, "card_number"), value(given, "card_expires")) == (
        "MSC0000000001", "2030-06-01",
    )  # fmt: skip
    assert value(answer(resident(), *cards), "card_number") == "MSC0000000002"


def test_a_resident_gets_the_first_entry_and_no_end_of_a_later_trip():
    trip = held(
        "ADIS", arrival_date="2026-10-01", port_of_entry="JFK", class_of_admission="IR6",
        admitted_until="2027-10-01",
    )  # fmt: skip
    given = answer(resident(entry_date="2019-03-03"), trip)
    assert value(given, "entry_date") == "2019-03-03"
    assert "admitted_until" not in given.returned


def test_conditions_come_with_their_end_for_conditional_residents_alone():
    until = held("MFAS", conditional_to="2027-05-01", spouse_name="LOPEZ, JUAN")
    conditional = held("CIS", class_of_admission="CR6", status_date="2025-05-01")
    given = answer(conditional, until)
    assert value(given, "conditions_until") == "2027-05-01"
    assert "JUAN" not in str(given)
    assert "conditions_until" not in answer(resident(), until).returned


@pytest.mark.parametrize("system", ["RAPS", "EOIR", "EID", "CCD", "EDMS"])
def test_not_even_a_name_comes_from_a_system_that_agencies_do_not_see(system):
    kept = held(system, updated_on=date(2026, 11, 19), family_name="SECRET", given_name="NAME")
    given = answer(resident(), kept)
    assert given.outcome == "confirmed"
    assert "SECRET" not in str(given)
    assert system not in str(given.grounds)
    assert f"{system}:R1" in given.record_refs


def test_a_certificate_of_parents_is_not_returned_as_one_of_naturalization():
    sworn = {"decision": "APPROVED", "oath_date": "2020-01-01", "certificate_number": "40120001"}
    given = answer(held("CLAIMS4", form="N-600", **sworn))
    assert value(given, "citizenship_certificate") == "40120001"
    assert "naturalization_certificate" not in given.returned
    assert value(answer(held("CLAIMS4", form="N-400", **sworn)), "naturalization_certificate")


def test_of_two_joined_files_only_the_living_one_is_returned():
    old = held("CIS", "OLD", class_of_admission="F1", consolidated_to="123456789",
               ead_provision="C03", updated_on=date(2026, 11, 19))  # fmt: skip
    given = answer(old, resident())
    assert value(given, "class_of_admission") == "IR6"
    assert "ead_provision" not in given.returned
    assert set(given.record_refs) == {"CIS:OLD", "CIS:R1"}


@pytest.mark.parametrize(
    ("others", "exactly", "grade", "standing"),
    [
        ([card("C1", "2020-06-01")], True, "very_sure", "agreed"),
        ([], True, "sure", "alone"),
        ([card("C1", "2020-06-01")], False, "sure", "agreed"),
        ([], False, "fairly_sure", "alone"),
        (
            [held("ADIS", class_of_admission="B2", arrival_date="2026-10-01")],
            True, "fairly_sure", "later_differs",
        ),
        (
            [held("ADIS", class_of_admission="B2", arrival_date="2019-10-01")],
            True, "sure", "alone",
        ),
    ],
)  # fmt: skip
def test_the_grade_follows_from_person_and_status(others, exactly, grade, standing):
    given = answer(resident(), *others, exactly=exactly)
    assert (given.grade, given.grounds["standing"]) == (grade, standing)
    assert given.grounds["status_from"] == {
        "system": "CIS", "ref": "CIS:R1", "record_date": "2026-11-01",
    }  # fmt: skip
