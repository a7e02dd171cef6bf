"""The ordinary situations: the rows of each, and what initial verification must answer.

Each function fills a person's rows, says which document is shown, and which statement is due. Where
the systems contradict each other is in contradictions.py.
"""

from collections.abc import Callable
from datetime import date, timedelta

from verification.records.population.person import Person, on_file

Situation = Callable[[Person], None]
YEAR = 365
POSTS = {
    "MEX": "CIUDAD JUAREZ", "IND": "MUMBAI", "CHN": "GUANGZHOU", "PHL": "MANILA",
    "VNM": "HO CHI MINH", "BRA": "SAO PAULO", "KOR": "SEOUL", "NGA": "LAGOS", "PAK": "ISLAMABAD",
    "GBR": "LONDON", "POL": "WARSAW", "ETH": "ADDIS ABABA", "DOM": "SANTO DOMINGO",
    "HTI": "PORT AU PRINCE",
}  # fmt: skip


def refer(person: Person, reason: str, statement: int = 5) -> None:
    person.expects, person.statement = reason, statement


def adult(person: Person) -> None:
    """Move the birth back so that the person is grown up."""
    while (person.as_of - person.born).days < 20 * YEAR:
        person.born -= timedelta(days=17 * YEAR + 3)


def resident(person: Person, codes: str, statement: int = 1) -> None:
    code = person.draw.choice(codes.split())
    since = max(person.days(200, 9000), person.born + timedelta(days=30))
    person.central_index(code, since)
    if code[-1] in "6789":
        person.row(
            "CLAIMS3", a_number=person.a_number, receipt_number=person.receipt(1), form="I-485",
            received_on=since - timedelta(days=300), decision="approved", decided_on=since,
        )  # fmt: skip
    person.green_card(since)
    person.statement = statement
    if person.draw.random() < 0.75:
        person.show_green_card()
    else:
        person.show("other_a_number", a_number=person.a_number)


def family_resident(person: Person) -> None:
    resident(person, "IR1 IR2 IR5 IR6 IR7 IR0 F11 F21 F22 F24 F26 F31 F41 F42 FX1 FX2 IR6 IR6")


def working_resident(person: Person) -> None:
    adult(person)
    resident(person, "E11 E16 E21 E26 E31 E36 E37 EW3 EW8 SR1 SD1 E13")


def other_resident(person: Person) -> None:
    resident(person, "DV1 DV2 DV3 DV6 SB1 SI6 SQ6 SQ1 AM1 Z03")


def conditional_resident(person: Person) -> None:
    adult(person)
    since = person.days(60, 600)
    person.central_index(person.draw.choice(("CR1", "CR6", "CF1")), since)
    person.green_card(since)
    person.statement = 1
    person.show_green_card()


def refugee(person: Person) -> None:
    since = person.days(30, 700)
    person.born = min(person.born, since - timedelta(days=90))
    person.central_index(
        person.draw.choice(("RE1", "RE2", "RE3")), since, i94_number=person.i94, ead_provision="A03"
    )
    person.admission("RE1", since, "", a_number=person.a_number)
    person.statement = 18
    if person.draw.random() < 0.6:
        person.show("i94", i94_number=person.i94)
    else:
        person.show("i571", a_number=person.a_number)


def asylee(person: Person) -> None:
    since = person.days(30, 1500)
    person.born = min(person.born, since - timedelta(days=90))
    person.central_index(
        person.draw.choice(("AS1", "AS2", "AS3")), since, i94_number=person.i94, ead_provision="A05"
    )
    person.statement = 20
    person.show("i94", i94_number=person.i94)


def adjusted_refugee(person: Person) -> None:
    resident(person, "RE6 RE7 RE8 AS6 AS7 AS8")


def adjusted_cuban_or_haitian(person: Person) -> None:
    resident(person, "CU6 CU7" if person.culture.country == "CUB" else "CH6 HA6")


def parolee(person: Person) -> None:
    since = person.days(20, 500)
    person.born = min(person.born, since - timedelta(days=90))
    code = {"UKR": "UHP", "AFG": "OAR", "CUB": "CC"}.get(person.culture.country, "DT")
    works = person.draw.random() < 0.6
    person.central_index(
        code, since, i94_number=person.i94, ead_provision="C11" if works else "",
        ead_start=since if works else None,
        ead_end=since + timedelta(days=3 * YEAR) if works else None,
    )  # fmt: skip
    person.admission(code, since, since + timedelta(days=3 * YEAR), a_number=person.a_number)
    person.statement = 10 if works else 13
    person.show("i94", i94_number=person.i94)


def work_permit(person: Person, code: str, provision: str, statement: int) -> None:
    adult(person)
    start = person.days(20, 500)
    end = start + timedelta(days=2 * YEAR)
    person.central_index(
        code, start - timedelta(days=900), ead_provision=provision, ead_start=start, ead_end=end
    )
    person.green_card(start, "I-766")
    person.rows["ISRS"]["expires_on"] = end.isoformat()
    person.row(
        "CLAIMS3", a_number=person.a_number, receipt_number=person.card, form="I-765",
        received_on=start - timedelta(days=150), decision="approved", decided_on=start,
        card_number=person.card, card_expires=end, valid_from=start, valid_to=end,
    )  # fmt: skip
    person.statement = statement
    person.show(
        "i766", a_number=person.a_number, card_number=person.card,
        document_expires_on=end.isoformat(),
    )  # fmt: skip


def temporary_protection(person: Person) -> None:
    work_permit(person, "TPS", "A12", 189)


def daca(person: Person) -> None:
    work_permit(person, "EWI", "C33", 188)


def asylum_pending(person: Person) -> None:
    work_permit(person, "B2", "C08", 148)


def adjustment_pending(person: Person) -> None:
    work_permit(person, "B2", "C09", 7)


PETITIONERS = (
    "Example Works Inc", "Cedar Hill Hospital", "Northern Robotics LLC", "Harbor Analytics Corp",
    "Prairie State University", "Blue Mesa Farms", "Lakeside Engineering PC",
)  # fmt: skip


def petition(person: Person, place: str, code: str, **own: str | date | None) -> None:
    """An employer's petition; `place` is its row in CLAIMS 3, as in `CLAIMS3/2`."""
    which = int(place.partition("/")[2] or 1)
    person.row(
        place,
        receipt_number=person.receipt(which),
        form="I-129",
        requested_class=code,
        petitioner=PETITIONERS[person.number % 7],
        **own,
    )


def petitioned_admission(
    person: Person, code: str, arrived: date, until: date, valid_to: date
) -> None:
    """Petition, visa, admission: the chain as it should be (S8.3)."""
    approved = arrived - timedelta(days=60)
    petition(
        person, "CLAIMS3", code, requested_action="A", received_on=approved - timedelta(days=70),
        decision="approved", decided_on=approved, valid_from=approved + timedelta(days=10),
        valid_to=valid_to,
    )  # fmt: skip
    visa(person, code, arrived - timedelta(days=30), petition_receipt=person.receipt(1))
    person.admission(code, arrived, until)


def visa(person: Person, code: str, issued: date, **own: str | date | None) -> None:
    """State's record of the visa in the person's passport."""
    person.row(
        "CCD",
        visa_application=f"AA{person.number:08d}",
        post=POSTS.get(person.culture.country, "FRANKFURT"),
        visa_class=code,
        visa_number=person.visa,
        issued_on=issued,
        expires_on=issued + timedelta(days=3 * YEAR),
        passport_number=person.passport,
        passport_country=person.culture.country,
        **own,
    )


def worker(person: Person) -> None:
    adult(person)
    code = person.draw.choice(("H1B", "H1B", "H1B", "L1A", "L1B", "E2", "O1", "TN", "R1", "H2B"))
    arrived = person.days(30, 600)
    until = person.as_of + timedelta(days=person.draw.randint(120, 900))
    if code in ("E2", "TN"):
        person.admission(code, arrived, until)
    else:
        petitioned_admission(person, code, arrived, until, until)
    person.statement = 128
    show_admission(person)


def show_admission(person: Person) -> None:
    if person.draw.random() < 0.6:
        person.show("i94", i94_number=person.i94)
    else:
        person.show(
            "i94_in_passport", i94_number=person.i94, passport_number=person.passport,
            passport_country=person.culture.country, document_expires_on="2033-05-01",
        )  # fmt: skip


def visitor(person: Person) -> None:
    arrived = person.days(5, 120)
    person.admission(
        person.draw.choice(("B1", "B2", "H4", "L2")), arrived, arrived + timedelta(days=181)
    )
    person.born = min(person.born, arrived - timedelta(days=90))
    person.rows["ADIS"]["date_of_birth"] = person.born.isoformat()
    person.statement = 13
    show_admission(person)


def student_rows(person: Person, code: str, status: str = "ACTIVE") -> None:
    adult(person)
    start = person.days(100, 900)
    numbers = {
        "i94_number": person.i94, "passport_number": person.passport,
        "passport_country": person.culture.country, "visa_number": person.visa,
    }  # fmt: skip
    person.row(
        "SEVIS", sevis_id=person.sevis_id, class_of_admission=code, status=status,
        status_date=start, institution="Prairie State College", program_start=start,
        program_end=person.as_of + timedelta(days=400), **numbers,
    )  # fmt: skip
    person.admission(code, start - timedelta(days=12), "D/S", sevis_id=person.sevis_id)


def student(person: Person) -> None:
    student_rows(person, person.draw.choice(("F1", "F1", "F1", "M1")))
    person.statement = 122
    if person.draw.random() < 0.5:
        person.show("i20", sevis_id=person.sevis_id)
    else:
        person.show("i94", i94_number=person.i94)


def exchange_visitor(person: Person) -> None:
    student_rows(person, "J1")
    person.statement = 122
    person.show("ds2019", sevis_id=person.sevis_id)


def student_family(person: Person) -> None:
    student_rows(person, person.draw.choice(("F2", "J2")))
    person.statement = 13
    person.show("i94", i94_number=person.i94)


def compact_citizen(person: Person) -> None:
    code = {"FSM": "FSM", "MHL": "MIS"}.get(person.culture.country, "PAL")
    person.admission(code, person.days(100, 3000), "D/S")
    person.born = min(person.born, person.days(3001, 9000))
    person.rows["ADIS"]["date_of_birth"] = person.born.isoformat()
    person.statement = 13
    person.show("i94", i94_number=person.i94)


def naturalized(person: Person) -> None:
    adult(person)
    since = person.days(2200, 5500)
    sworn = since + timedelta(days=person.draw.randint(1900, 2100))
    person.central_index(
        "IR6", since, naturalization_date=sworn, naturalization_certificate=person.certificate,
        naturalization_court="USDC", card_number=person.card,
    )  # fmt: skip
    citizenship_case(person, sworn, "N-400")
    person.statement = 24
    if person.draw.random() < 0.7:
        person.show("naturalization_certificate", naturalization_certificate=person.certificate)
    else:
        person.show("other_a_number", a_number=person.a_number)


def citizenship_case(person: Person, sworn: date, form: str, system: str = "CLAIMS4") -> None:
    person.row(
        system, a_number=person.a_number, application_id=f"N{person.number:08d}", form=form,
        decision="approved", decided_on=sworn - timedelta(days=30), oath_date=sworn,
        court="USDC", certificate_number=person.certificate,
    )  # fmt: skip


def citizen_through_parents(person: Person) -> None:
    citizenship_case(person, person.days(100, 3000), "N-600")
    person.statement = 24
    person.show("certificate_of_citizenship", citizenship_certificate=person.certificate)


def naturalized_long_ago(person: Person) -> None:
    """Before CLAIMS 4: the case is in its predecessor."""
    adult(person)
    sworn = date(1993, 1, 1) + timedelta(days=person.draw.randint(0, 2800))
    person.born = min(person.born, sworn - timedelta(days=25 * YEAR))
    person.central_index(
        "IR6", sworn - timedelta(days=6 * YEAR), naturalization_date=sworn,
        naturalization_certificate=person.certificate, naturalization_court="USDC",
    )  # fmt: skip
    citizenship_case(person, sworn, "N-400", "RNACS")
    person.statement = 24
    person.show("naturalization_certificate", naturalization_certificate=person.certificate)


def maiden_name_as_alias(person: Person) -> None:
    """The card is in the married name; the Central Index has it as an alias."""
    adult(person)
    maiden = person.family
    person.family = other_surname(person)
    resident(person, "IR6")
    row = person.rows["CIS"]
    row["aliases"] = f"{on_file(person.family)}, {row['given_name']}"
    row["family_name"] = on_file(maiden)


def other_surname(person: Person) -> str:
    names = [name for name in person.culture.surnames if name not in person.family]
    return person.draw.choice(names)


def ordered_removed(person: Person) -> None:
    """The class still reads as residence although there is an order."""
    resident(person, "IR6 IR1")
    person.row("CIS", order_date=person.days(10, 190))
    refer(person, "status_needs_review")


SITUATIONS: dict[Situation, int] = {
    family_resident: 190, working_resident: 90, other_resident: 45, conditional_resident: 30,
    refugee: 40, asylee: 35, adjusted_refugee: 50, adjusted_cuban_or_haitian: 20, parolee: 40,
    temporary_protection: 25, daca: 20, asylum_pending: 30, adjustment_pending: 25, worker: 70,
    visitor: 35, student: 65, exchange_visitor: 20, student_family: 12, compact_citizen: 8,
    naturalized: 95, naturalized_long_ago: 15, citizen_through_parents: 8,
    maiden_name_as_alias: 5, ordered_removed: 4,
}  # fmt: skip
