"""Whose record it is: the same name however written, and nobody else's (S1.4)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verification.records.matching import (
    About,
    Grade,
    ListedNames,
    alias_name,
    compare,
    judge,
    name_of,
)

LETTERS = st.text("ABCDEFGHIJKLMNOPRSTUVWXYZ", min_size=2, max_size=12)
NAMES = st.lists(LETTERS, min_size=1, max_size=3).map(" ".join)
BORN = date(1980, 2, 3)


def fits(family, given_name, held_family, held_given, born=BORN, held_born=BORN):
    return judge(
        [name_of(family, given_name)], born, [name_of(held_family, held_given)], held_born
    ).fits


@pytest.mark.parametrize(
    ("family", "given_name", "held_family", "held_given"),
    [
        ("López-García", "María Elena", "LOPEZ GARCIA", "MARIA ELENA"),
        ("O'Connor", "Sean", "OCONNOR", "SEAN"),
        ("De la Torre Pineda", "Juan", "DELATORRE PINEDA", "JUAN"),
        ("Alghamdi", "Halima", "AL GHAMDI", "HALIMA"),
        ("Nguyễn", "Thị Lan", "NGUYEN", "THI LAN"),
        ("Шевченко", "Ольга", "SHEVCHENKO", "OLGA"),
        ("Smith Jr.", "John", "SMITH", "JOHN"),
        ("Mai", "Nguyen", "NGUYEN", "MAI"),
        ("Lopez", "Maria Elena", "LOPEZ GARCIA", "MARIA ELENA"),
        ("Gonzalez", "Maria Santos", "SANTOS GONZALEZ", "MARIA"),
        ("Baez", "Juan C", "BAEZ", "JUAN CARLOS"),
        ("Davydov", "Mikhail", "DAVYDOV", "MIKHAIL EDUARDOVICH"),
        ("Leila", "FNU", "LNU", "LEILA"),
        ("Deepak", "No Given Name", "DEEPAK", "FNU"),
        ("Gonzalez", "Ma Guadalupe", "GONZALEZ", "MARIA GUADALUPE"),
        ("Brown", "Mike", "BROWN", "MICHAEL"),
        ("Floers Mireles", "Juan", "FLORES MIRELES", "JUAN"),
    ],
)
def test_the_same_person_written_another_way_fits(family, given_name, held_family, held_given):
    assert fits(family, given_name, held_family, held_given)


@pytest.mark.parametrize(
    ("family", "given_name", "held_family", "held_given"),
    [
        ("Hernandez", "Carla", "HERNANDEZ", "CARLOS"),
        ("Murillo", "Mario", "MURILLO", "MARIA"),
        ("Pina", "Maria Isabel", "PINA", "MARIA ELENA"),
        ("Kumar", "Neha", "KUMAR", "SNEHA"),
        ("Joshi", "Ramesh", "JOSHI", "RAKESH"),
        ("Al Hassan", "Nada", "AL HASSAN", "NADIA"),
        ("Sanchez", "Maria", "ROMERO", "MARIA"),
        ("Li", "Wei", "LI", "WEN"),
        ("Ho", "Ho Tsz", "HO", "HO KIT"),
        ("Garcia", "Ana", "GARCIA", "MARIA ANA"),
        ("", "", "GARCIA", "ANA"),
        ("Garcia", "", "GARCIA", "ANA"),
    ],
)
def test_somebody_else_does_not_fit(family, given_name, held_family, held_given):
    assert not fits(family, given_name, held_family, held_given)


def test_the_day_of_birth_must_be_the_same():
    assert not fits("Lee", "Ann", "LEE", "ANN", date(1980, 2, 4))
    assert not fits("Lee", "Ann", "LEE", "ANN", BORN, None)


def test_day_and_month_in_the_other_order_need_the_very_same_name():
    assert fits("Lee", "Ann", "LEE", "ANN", date(1980, 3, 2))
    assert not fits("Lee", "Ann", "LEE", "ANN MARIE", date(1980, 3, 2))


def test_an_alias_is_a_name_of_the_person():
    held = [name_of("KEMP", "KARI"), alias_name("DOWNS, KARI")]
    assert judge([name_of("Downs", "Kari")], BORN, held, BORN).fits


@given(NAMES, NAMES)
def test_case_hyphens_and_spaces_never_change_the_outcome(family, given_name):
    held = name_of(family, given_name)
    for write in (
        str.lower,
        str.title,
        lambda text: f"  {text.replace(' ', '-')} ",
        lambda text: text.replace(" ", "   "),
    ):
        assert compare(name_of(write(family), write(given_name)), held) is compare(held, held)


@given(LETTERS, NAMES, LETTERS, NAMES)
def test_comparing_works_the_same_both_ways_around(family, given_name, other, other_given):
    left, right = name_of(family, given_name), name_of(other, other_given)
    assert compare(left, right) is compare(right, left)


@given(NAMES, NAMES, NAMES, NAMES)
def test_spacing_and_case_never_turn_a_refusal_into_a_match(family, given_name, other, given_other):
    held = name_of(other, given_other)
    plain = compare(name_of(family, given_name), held)
    spaced = compare(name_of(f" {family.lower()} ", given_name.title()), held)
    assert spaced is plain


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_at_all_breaks_the_comparison(family, given_name):
    name = name_of(family, given_name)
    expected = Grade.SAME if name.all else Grade.NO
    assert compare(name, name) is expected


@pytest.mark.parametrize(
    ("country", "typed", "held"),
    [
        ("CHN", ("LI", "JUN"), ("LI", "JUN HAI")),
        ("CHN", ("LI", "YANG JUN"), ("LI", "JUN YANG")),
        ("KOR", ("KIM", "MIN"), ("KIM", "MIN JUN")),
        ("SOM", ("JAMA", "LIBAN OMAR"), ("JAMA", "OMAR LIBAN")),
        ("HTI", ("JOSEPH", "MARIE"), ("JOSEPH", "MARIE-ROSE")),
        ("HTI", ("BAPTISTE", "WILNER"), ("JEAN-BAPTISTE", "WILNER")),
        ("MEX", ("ARELLANO GARCIA", "JOSE"), ("GARCIA", "JOSE")),
        ("MEX", ("DE LA TORRE", "ANDRES"), ("GUZMAN TORRES", "ANDRES")),
        ("MEX", ("MARTINEZ TORRES", "LUIS"), ("DE LA TORRE", "LUIS")),
        ("CUB", ("LOPEZ MENDEZ", "JOSE"), ("MENDEZ LOPEZ", "JOSE LUIS")),
        ("HTI", ("JEAN", "JEAN"), ("JEAN", "JUNIOR")),
    ],
)
def test_half_a_name_or_another_order_is_somebody_elses(country, typed, held):
    about = About(frozenset({country}))
    assert compare(name_of(*typed), name_of(*held), about) is Grade.NO


@pytest.mark.parametrize(
    ("country", "typed", "held"),
    [
        ("TWN", ("LI", "XIAO-LING"), ("LI", "XIAOLING DAVID")),
        ("HTI", ("JOSEPH", "WIDELINE"), ("JOSEPH", "WIDELINE MARIE")),
        ("SOM", ("MOHAMED", "ISMAIL ISMAIL"), ("MOHAMED", "ISMACIIL ISMAIL")),
        ("MEX", ("GARCIA ARELLANO", "JOSE"), ("GARCIA", "JOSE")),
        ("MEX", ("ARELLANO", "JOSE"), ("GARCIA ARELLANO", "JOSE")),
        ("PHL", ("DEAA CRUZ", "ANGELICA"), ("DELA CRUZ", "ANGELICA")),
        ("CUB", ("LOPEZ MENDEZ", "JOSE"), ("MENDEZ LOPEZ", "JOSE")),
        ("MEX", ("GUZMAN TORR", "ANDRES"), ("GUZMAN TORRES", "ANDRES")),
        ("HTI", ("PIERRE", "JUNIOR"), ("PIERRE JR", "JUNIOR")),
    ],
)
def test_a_whole_name_left_out_is_still_the_persons(country, typed, held):
    about = About(frozenset({country}))
    assert compare(name_of(*typed), name_of(*held), about) is not Grade.NO


class OfOneSex(ListedNames):
    """A population in which only women are called AMAKA."""

    def of_the_other_sex(self, name, sex):
        return name == "AMAKA" and sex == "M"


def test_the_consonants_of_a_name_that_only_the_other_sex_bears_make_no_spelling():
    held, typed = name_of("EZE", "EMEKA"), name_of("EZE", "AMAKA")
    man, woman = (About(frozenset({"NGA"}), sex) for sex in "MF")
    assert compare(typed, held, man, OfOneSex()) is Grade.NO
    assert compare(name_of("EZE", "EMEEKA"), held, man, OfOneSex()) is Grade.SPELLED
    assert compare(held, typed, woman, OfOneSex()) is Grade.SPELLED
    daughter, her = name_of("EZE", "IFEOMA AMAKA"), name_of("EZE", "IFEOMA EMEKA")
    assert compare(daughter, her, man, OfOneSex()) is Grade.SPELLED


class Peopled(ListedNames):
    """A population in which every fifth person bears what was found."""

    def share(self, given, family):
        return 1 / 5 if {"MARIA", "HERNANDEZ"} <= {*given, *family} else 1 / 1_000

    def is_only_listed(self, name, beside):
        return beside == "MARIA"


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        (("HERNANDEZ", "MARIA"), False),
        (("HERNANDEZ RUBIO", "MARIA ELENA"), True),
        (("HERNANDEZ RUBIO", "MARAI ELENA"), True),
        (("RUBIO", "MARIA ELENA"), True),
        (("RUBIO", "MARIA"), False),
    ],
)
def test_a_shortened_name_that_many_people_bear_names_nobody(typed, fits):
    held = name_of("HERNANDEZ RUBIO", "MARIA ELENA")
    assert (compare(name_of(*typed), held, book=Peopled()) is not Grade.NO) is fits
