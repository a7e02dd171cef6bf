"""The contradictions over who a person is: names, birth, numbers, files, and missing sources."""

from datetime import date, timedelta

from verification.records.population.contradiction import REVIEW, contradiction
from verification.records.population.contradictions_of_status import show_passport
from verification.records.population.person import Person, on_file
from verification.records.population.situations import (
    adult,
    other_surname,
    refer,
    resident,
    show_admission,
    student_rows,
    visa,
)

# Names, days of birth and numbers


@contradiction(22, "initial")
def names_swapped(person: Person) -> None:
    """Family and given name in each other's place."""
    resident(person, "IR6 F24")
    person.types = {"family_name": person.given, "given_name": person.family, "middle_name": ""}
    person.typed = "family_and_given_name_swapped"


@contradiction(23, "initial")
def hyphen_typed(person: Person) -> None:
    """Two surnames: a hyphen where the index has a space."""
    first = person.culture.surnames[person.number % len(person.culture.surnames)]
    person.family = f"{first} {other_surname(person)}"
    resident(person, "IR6 F24")
    person.types = {"family_name": person.family.replace(" ", "-")}
    person.typed = "hyphen_between_surnames"


@contradiction(24, "initial")
def given_names_joined(person: Person) -> None:
    """Given and middle name run together on the I-94."""
    adult(person)
    names = person.culture.women if person.woman else person.culture.men
    first, second = [name for name in names if " " not in name][:2]
    person.given, person.middle = first + second.lower(), ""
    arrived = person.days(5, 100)
    person.admission("B2", arrived, arrived + timedelta(days=200))
    person.statement = 13
    show_admission(person)
    person.types = {"given_name": first, "middle_name": second}
    person.typed = "given_names_apart"


@contradiction(25, "initial")
def one_name_only(person: Person) -> None:
    """One name: FNU stands for the given name."""
    person.family, person.given, person.middle = person.given.split()[0], "FNU", ""
    resident(person, "SI6 SQ6 F24")
    person.types = {"given_name": ""}
    person.typed = "one_name"


@contradiction(26, "retry")
def married_name_typed(person: Person) -> None:
    """The document is in the married name; every system has the maiden name."""
    adult(person)
    resident(person, "IR6")
    person.show("other_a_number", a_number=person.a_number)
    person.types = {"family_name": other_surname(person), "middle_name": ""}
    person.typed = "married_name"
    refer(person, "name_mismatch", 37)
    person.retry = {"also_known_as": f"{person.family}, {person.given}"}
    person.retry_statement = 1


@contradiction(27, "initial")
def day_and_month_swapped(person: Person) -> None:
    """Day and month of birth in the other order."""
    adult(person)
    person.born = person.born.replace(day=5, month=11)
    resident(person, "IR6 F24")
    person.types = {"date_of_birth": person.born.replace(day=11, month=5).isoformat()}
    person.typed = "day_and_month_swapped"


@contradiction(27, "additional")
def first_of_january_on_file(person: Person) -> None:
    """Nobody knew the day when the file was begun; the person has a certificate since."""
    person.born = person.born.replace(day=17, month=8)
    resident(person, "RE6 IR6")
    person.born_on_file = person.born.replace(day=1, month=1)
    refer(person, "date_of_birth_mismatch", 37)


@contradiction(28, "initial")
def short_a_number(person: Person) -> None:
    """An old A-number of eight digits, typed without the leading zero."""
    number = f"0{person.a_number[1:]}"
    resident(person, "IR6 F24")
    for row in person.rows.values():
        if row.get("a_number"):
            row["a_number"] = number
    person.show("other_a_number", a_number=number[1:])


@contradiction(28, "initial")
def consolidated_files(person: Person) -> None:
    """Two A-files made one: the applicant shows the old number."""
    resident(person, "IR6")
    old = f"0{person.a_number[1:]}"
    person.row(
        "CIS/2", a_number=old, class_of_admission="F1", consolidated_to=person.a_number,
        status_date=person.days(4200, 5000), file_control_office="NRC",
    )  # fmt: skip
    person.born = min(person.born, person.days(9000, 12000))
    person.show("other_a_number", a_number=old)


@contradiction(29, "initial")
def letter_for_digit(person: Person) -> None:
    """The letter O for a zero in the nine digits of an I-94."""
    admitted_lately(person)
    number = f"0{person.i94[1:]}"
    person.row("ADIS", i94_number=number)
    person.show("i94", i94_number=f"O{number[1:]}")
    person.typed = "letter_for_digit"


@contradiction(29, "retry")
def i94_of_ten_characters(person: Person) -> None:
    """A misprinted card: one character is missing. It is refused before anything is asked."""
    admitted_lately(person)
    person.show("i94", i94_number=person.i94[:10])
    person.typed = "number_too_short"
    refer(person, "refused", 0)
    person.retry, person.retry_statement = {"i94_number": person.i94}, 13


def admitted_lately(person: Person) -> None:
    arrived = person.days(5, 100)
    person.born = min(person.born, arrived - timedelta(days=90))
    person.admission("B2", arrived, arrived + timedelta(days=200))
    person.statement = 13


@contradiction(30, "retry")
def not_yet_loaded(person: Person) -> None:
    """Arrived yesterday; the next day's upload has the person."""
    person.born = min(person.born, person.days(4000, 9000))
    person.admission("B2", person.as_of, person.as_of + timedelta(days=181))
    person.late = True
    refer(person, "no_record", 37)
    person.show("i94", i94_number=person.i94)
    person.retry_statement = 13


@contradiction(31, "initial")
def passport_alone(person: Person) -> None:
    """A foreign passport and nothing else: the browser asks for more, a machine is answered."""
    admitted_lately(person)
    show_passport(person)


@contradiction(32, "g845")
def card_of_another(person: Person) -> None:
    """The A-number is the person's own, the card number somebody else's."""
    resident(person, "IR6")
    victim = person.another()
    resident(victim, "IR6")
    person.show_green_card()
    person.shows["card_number"] = victim.card
    refer(person, "document_mismatch", 37)
    person.must_hide += [on_file(victim.family), victim.a_number]


@contradiction(34, "g845")
def unreadable_papers(person: Person) -> None:
    """Nothing but scanned papers on file, and the film cannot be read."""
    person.born = person.born.replace(year=1948, day=min(person.born.day, 28))
    number = f"0{person.a_number[1:]}"
    person.row(
        "EDMS", a_number=number, document_type="Arrival record", document_date=date(1971, 6, 2),
        pages="1", image="papers/arrival.svg",
    )  # fmt: skip
    person.row(
        "MIDAS", a_number=number, c_file_number=f"AR-{number}", legibility="POOR",
        image="papers/faded.svg",
    )  # fmt: skip
    refer(person, REVIEW)
    person.show("other_a_number", a_number=number)


@contradiction(35, "initial")
def asked_twice(person: Person) -> None:
    """The same agency asks the same again: its open case answers, and no second one begins."""
    resident(person, "IR6")


@contradiction(36, "additional")
def died(person: Person) -> None:
    """The Central Index has a date of death; somebody shows the card."""
    resident(person, "IR5 RE6")
    person.row("CIS", death_date=person.days(3, 190))
    refer(person, REVIEW)


@contradiction(38, "additional")
def twins_on_one_entry(person: Person) -> None:
    """Same names, same day, neighboring A-numbers, one I-94 between them: never guess."""
    adult(person)
    since = person.days(30, 600)
    for each, number in (
        (person, person.a_number),
        (person.another(like=True), f"{int(person.a_number) + 1:09d}"),
    ):
        each.central_index("RE1", since, i94_number=person.i94, ead_provision="A03")
        each.rows["CIS"]["a_number"] = number
        person.must_hide.append(number)
    refer(person, "ambiguous")
    person.show("i94", i94_number=person.i94)


@contradiction(39, "initial")
def source_may_be_missing(person: Person) -> None:
    """A student; while SEVIS is not there, the portal says so and never "no record"."""
    student_rows(person, "F1")
    person.statement = 122
    person.show("i20", sevis_id=person.sevis_id)


@contradiction(40, "additional")
def left_by_land(person: Person) -> None:
    """The stay is over and no departure is on record; the person left by car and came back."""
    arrived = person.days(300, 400)
    person.born = min(person.born, arrived - timedelta(days=90))
    person.admission("B2", arrived, arrived + timedelta(days=181))
    visa(person, "B2", arrived - timedelta(days=400))
    refer(person, REVIEW)
    show_admission(person)
