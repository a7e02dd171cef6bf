"""The contradictions over which status a person has: stays, school, citizenship, residence."""

from datetime import date, timedelta

from verification.records.population.contradiction import REVIEW, contradiction
from verification.records.population.person import Person, on_file
from verification.records.population.situations import (
    YEAR,
    adult,
    citizenship_case,
    naturalized,
    other_surname,
    petition,
    petitioned_admission,
    refer,
    resident,
    show_admission,
    student_rows,
    work_permit,
)


@contradiction(1, "initial")
def agreeing_resident(person: Person) -> None:
    """All systems agree."""
    resident(person, "IR6")


# Stays: what USCIS decided later than the port of entry


@contradiction(2, "additional")
def extension_not_in_admission(person: Person) -> None:
    """An extension was approved; the admission still ends on the old day."""
    adult(person)
    arrived, until = person.days(980, 1100), person.days(15, 80)
    petitioned_admission(person, "H1B", arrived, until, until)
    petition(
        person, "CLAIMS3/2", "H1B", requested_action="C", current_class="H1B",
        received_on=until - timedelta(days=120), decision="approved",
        decided_on=until - timedelta(days=20), valid_from=until + timedelta(days=1),
        valid_to=until + timedelta(days=3 * YEAR), i94_number=person.i94,
    )  # fmt: skip
    refer(person, REVIEW)
    show_admission(person)


@contradiction(3, "additional")
def extension_pending(person: Person) -> None:
    """The stay is over, an extension asked for in time waits: 240 days of work are allowed."""
    adult(person)
    arrived, until = person.days(980, 1100), person.days(15, 80)
    petitioned_admission(person, "H1B", arrived, until, until)
    petition(
        person, "CLAIMS3/2", "H1B", requested_action="C", current_class="H1B",
        received_on=until - timedelta(days=60), i94_number=person.i94,
    )  # fmt: skip
    refer(person, REVIEW)
    show_admission(person)


@contradiction(4, "initial")
def stay_cut_to_passport(person: Person) -> None:
    """Admitted only until the passport ends; the petition runs longer. The shorter counts."""
    adult(person)
    arrived = person.days(150, 300)
    until = person.as_of + timedelta(days=person.draw.randint(150, 300))
    petitioned_admission(person, "H1B", arrived, until, arrived + timedelta(days=3 * YEAR))
    person.statement = 128
    person.must_show["admitted_until"] = until.isoformat()
    show_admission(person)


# Students


@contradiction(5, "additional")
def student_now_worker(person: Person) -> None:
    """Changed from student to worker: SEVIS ended the record, the admission still says F1."""
    student_rows(person, "F1", "TERMINATED")
    decided = person.days(5, 60)
    person.row("SEVIS", termination_code=person.draw.choice(("20", "06")), status_date=decided)
    petition(
        person, "CLAIMS3", "H1B", requested_action="B", current_class="F1",
        received_on=decided - timedelta(days=90), decision="approved", decided_on=decided,
        valid_from=decided, valid_to=decided + timedelta(days=3 * YEAR), i94_number=person.i94,
    )  # fmt: skip
    refer(person, REVIEW)
    person.show("i94", i94_number=person.i94)


@contradiction(6, "retry")
def sevis_id_missing(person: Person) -> None:
    """The admission knows no SEVIS ID, and the school's record an older passport."""
    student_rows(person, "F1")
    del person.rows["ADIS"]["sevis_id"]
    sevis = person.rows["SEVIS"]
    for name in ("i94_number", "visa_number"):
        del sevis[name]
    sevis["passport_number"] = f"OLD{person.passport[1:]}"
    refer(person, "sevis_id_required", 32)
    person.show("i94", i94_number=person.i94)
    person.retry, person.retry_statement = {"sevis_id": person.sevis_id}, 122


@contradiction(7, "additional")
def student_ended(person: Person) -> None:
    """The school ended the record: absent, or out of status."""
    student_rows(person, "F1", "TERMINATED")
    person.row(
        "SEVIS", termination_code=person.draw.choice(("11", "16")), status_date=person.days(20, 80)
    )
    refer(person, "sevis_inactive", 119)
    person.show("i20", sevis_id=person.sevis_id)


# Citizenship


def sworn_last_week(person: Person) -> None:
    adult(person)
    since = person.days(2200, 4000)
    person.central_index("IR6", since)
    person.green_card(since)
    citizenship_case(person, person.days(2, 8), "N-400")


@contradiction(8, "additional")
def naturalized_last_week(person: Person) -> None:
    """The Central Index still says resident; the person shows a paper with the A-number."""
    sworn_last_week(person)
    refer(person, REVIEW)
    person.show("other_a_number", a_number=person.a_number)


@contradiction(8, "initial")
def naturalized_last_week_with_certificate(person: Person) -> None:
    """The same, and the certificate is in the applicant's hand."""
    sworn_last_week(person)
    person.statement = 24
    person.show("naturalization_certificate", naturalization_certificate=person.certificate)


@contradiction(9, "g845")
def naturalized_in_the_fifties(person: Person) -> None:
    """Only the microfilm has it: no A-number, a certificate of seven digits."""
    person.born = date(1926, 1, 1) + timedelta(days=person.draw.randint(0, 3000))
    number = f"{5_000_000 + person.number * 37 % 2_999_999:07d}"
    person.row(
        "MIDAS", c_file_number=f"C-{number}", certificate_number=number,
        naturalization_date=date(1951, 1, 1) + timedelta(days=person.draw.randint(0, 1700)),
        court="USDC", legibility="FAIR", image="papers/index_card.svg",
    )  # fmt: skip
    refer(person, REVIEW)
    person.show("naturalization_certificate", naturalization_certificate=number)


@contradiction(10, "initial")
def citizen_by_parents_on_record_as_resident(person: Person) -> None:
    """Became a citizen with a parent and never asked for a certificate: a resident is on record."""
    resident(person, "IR2 IR7 F22")
    person.must_hide.append("United States Citizen")


@contradiction(37, "initial")
def naturalized_without_social_security_knowing(person: Person) -> None:
    """Social Security may still have a resident; it is not asked, the immigration record counts."""
    naturalized(person)
    person.show("other_a_number", a_number=person.a_number)


# Residence


@contradiction(11, "g845")
def residence_given_up_or_undecided(person: Person) -> None:
    """The text of the class reads resident, the class itself is ABD or PEN."""
    resident(person, "IR6 F24")
    person.rows["CIS"]["class_of_admission"] = person.draw.choice(("ABD", "PEN"))
    refer(person, REVIEW)


@contradiction(12, "additional")
def final_order_still_resident(person: Person) -> None:
    """The court's order is final; the Central Index still says resident."""
    resident(person, "IR6 F24")
    ordered = person.days(40, 190)
    court(person, "ORDERED REMOVED", ordered, appeal_pending="NO")
    person.row(
        "EID", a_number=person.a_number, subject_id=f"S{person.number:08d}",
        charge_date=ordered - timedelta(days=500), final_order_date=ordered, order_type="FINAL",
    )  # fmt: skip
    refer(person, REVIEW)


def court(person: Person, decision: str, decided: date, **own: str) -> None:
    person.row(
        "EOIR", a_number=person.a_number, case_id=f"{person.number:09d}",
        received_on=decided - timedelta(days=480), hearing_on=decided, decision=decision,
        decided_on=decided, **own,
    )  # fmt: skip


@contradiction(13, "initial")
def order_under_appeal(person: Person) -> None:
    """The order is not final: a resident stays one until it is."""
    resident(person, "IR6 F24")
    court(person, "ORDERED REMOVED", person.days(20, 28), appeal_pending="YES")


@contradiction(13, "initial")
def proceedings_ended_for_the_person(person: Person) -> None:
    """The court let the resident keep the status."""
    resident(person, "IR6 F24")
    court(person, "RELIEF GRANTED", person.days(40, 190), appeal_pending="NO", relief="42A")


@contradiction(14, "additional")
def conditions_and_petition_pending(person: Person) -> None:
    """Two years are over, the card too; the petition to lift the conditions waits."""
    adult(person)
    since = person.days(800, 1300)
    person.central_index("CR6", since)
    person.green_card(since)
    person.rows["ISRS"]["expires_on"] = (since + timedelta(days=730)).isoformat()
    person.row(
        "CLAIMS3", a_number=person.a_number, receipt_number=person.receipt(2), form="I-751",
        received_on=since + timedelta(days=680),
    )  # fmt: skip
    person.row(
        "MFAS", a_number=person.a_number, spouse_name=on_file(other_surname(person)) + ", ALEX",
        conditional_from=since, conditional_to=since + timedelta(days=730),
        petition=person.receipt(2), joint_or_waiver="JOINT", outcome="PENDING",
    )  # fmt: skip
    refer(person, REVIEW)
    person.show_green_card()


# Protection, parole, work permission


@contradiction(15, "initial")
def asylee_now_resident(person: Person) -> None:
    """Adjusted, but shows the I-94 of the asylum: the newer status counts."""
    resident(person, "AS6 AS7")
    granted = date.fromisoformat(person.rows["CIS"]["status_date"]) - timedelta(days=900)
    person.born = min(person.born, granted - timedelta(days=90))
    person.row("CIS", i94_number=person.i94)
    person.row(
        "RAPS", a_number=person.a_number, filed_on=granted - timedelta(days=400),
        decision="granted", decided_on=granted,
    )  # fmt: skip
    person.show("i94", i94_number=person.i94)


@contradiction(16, "initial")
def parole_asylum_and_protection(person: Person) -> None:
    """Paroled, asks for asylum, has temporary protection: one statement, by the rule."""
    adult(person)
    since = person.days(200, 400)
    person.central_index(
        "DT", since, i94_number=person.i94, ead_provision="C08",
        ead_start=since + timedelta(days=150), ead_end=since + timedelta(days=5 * YEAR),
    )  # fmt: skip
    person.admission("DT", since, since + timedelta(days=2 * YEAR), a_number=person.a_number)
    person.row("RAPS", a_number=person.a_number, filed_on=since + timedelta(days=30))
    person.row(
        "CLAIMS3", a_number=person.a_number, receipt_number=person.receipt(3), form="I-821",
        received_on=since + timedelta(days=40), decision="approved",
        decided_on=since + timedelta(days=100), valid_from=since + timedelta(days=100),
        valid_to=since + timedelta(days=650),
    )  # fmt: skip
    person.statement = 148
    person.show("i94", i94_number=person.i94)


@contradiction(17, "initial")
def entrant_by_parole_class_alone(person: Person) -> None:
    """A Cuban or Haitian entrant whom only the request or a document shows as one."""
    since = person.days(20, 300)
    person.born = min(person.born, since - timedelta(days=90))
    code = person.draw.choice(("CC", "CH", "DT"))
    person.central_index(code, since, i94_number=person.i94)
    person.admission(code, since, since + timedelta(days=2 * YEAR), a_number=person.a_number)
    person.statement = 13
    person.show("i94", i94_number=person.i94)


@contradiction(18, "g845")
def self_petitioner(person: Person) -> None:
    """A class under 8 USC 1367: nothing is said, not even that there is a record."""
    resident(person, "B11 B16 IB1")
    person.row(
        "CLAIMS3", a_number=person.a_number, receipt_number=person.receipt(4), form="I-360",
        requested_class="IB1", received_on=person.days(600, 900), decision="approved",
    )  # fmt: skip
    refer(person, REVIEW)
    person.must_hide += ["I-360", "VAWA", "1367"]


@contradiction(19, "initial")
def compact_citizen_by_i94(person: Person) -> None:
    """Free to stay without an end, and without an A-number."""
    compact(person)
    person.show("i94", i94_number=person.i94)


@contradiction(19, "initial")
def compact_citizen_by_passport(person: Person) -> None:
    """The same with the passport alone, from a machine."""
    compact(person)
    show_passport(person)


def compact(person: Person) -> None:
    since = person.days(100, 3000)
    person.born = min(person.born, since - timedelta(days=90))
    code = {"FSM": "FSM", "MHL": "MIS"}.get(person.culture.country, "PAL")
    person.admission(code, since, "D/S")
    person.statement = 13


def show_passport(person: Person) -> None:
    person.show(
        "foreign_passport", passport_number=person.passport,
        passport_country=person.culture.country, document_expires_on="2033-05-01",
    )  # fmt: skip


@contradiction(20, "initial")
def deferred_action_for_childhood_arrivals(person: Person) -> None:
    """Work permission C33: authorized to work, and no qualified alien."""
    work_permit(person, "EWI", "C33", 188)


@contradiction(21, "additional")
def work_permit_extended(person: Person) -> None:
    """The printed day is past; a renewal asked for in time extends it."""
    end = expired_permit(person, "C09")
    person.row(
        "CLAIMS3/2", a_number=person.a_number, receipt_number=person.receipt(2), form="I-765",
        received_on=end - timedelta(days=100),
    )  # fmt: skip


def expired_permit(person: Person, provision: str) -> date:
    work_permit(person, "B2", provision, 0)
    end = person.days(20, 90)
    start = end - timedelta(days=2 * YEAR)
    person.row("CIS", ead_start=start, ead_end=end, status_date=start - timedelta(days=900))
    person.row("ISRS", issued_on=start, expires_on=end)
    person.row(
        "CLAIMS3", received_on=start - timedelta(days=150), decided_on=start, valid_from=start,
        valid_to=end, card_expires=end,
    )  # fmt: skip
    arrived = start - timedelta(days=900)
    person.admission("B2", arrived, arrived + timedelta(days=181), a_number=person.a_number)
    person.shows["document_expires_on"] = end.isoformat()
    refer(person, REVIEW)
    return end


@contradiction(33, "g845")
def expired_document(person: Person) -> None:
    """The permit ended, nothing is pending, the person shows it all the same."""
    expired_permit(person, "C10")
