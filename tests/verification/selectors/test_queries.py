"""Lists and pages: how many queries, who sees which cases, what a filter finds, how pages turn."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from save_portal.accounts.models import Group, User
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.web.keyset import encode, paginate
from tests.conftest import AT, resident, unknown_person
from verification.models import Case
from verification.selectors.case_list import SIZE, SORTS, case_list
from verification.selectors.case_page import case_page
from verification.selectors.filters import CaseFilters
from verification.selectors.my_work import SHOWN, my_work
from verification.services import additional, initial

pytestmark = pytest.mark.django_db


def initiate(by, submission, at=AT):
    with scope_for(by):
        return initial.initiate(by=by, at=at, submission=submission)


def stranger_number(number: int):
    """A question about a person without a record, unlike every other one."""
    return unknown_person(
        a_number=f"{200_000_000 + number}",
        card_number=f"MSC{2_000_000_000 + number}",
        family_name=f"Bautista{'abcdefghij'[number % 10]}",
        agency_reference=f"HH-{number:05d}",
    )


def initiate_many(by, first, last):
    for number in range(first, last):
        initiate(by, stranger_number(number), at=AT + timedelta(minutes=number // 3))


def queries_of(user, act) -> int:
    with scope_for(user), CaptureQueriesContext(connection) as caught:
        act()
    return len(caught)


def rows_of(user, *, cursor=None, sort="-created", **filters):
    with scope_for(user):
        return case_list(
            user=user, at=AT, filters=CaseFilters(**filters), sort=sort, cursor=cursor
        ).rows


def numbers_of(user, **options) -> set[str]:
    return {row.case.number for row in rows_of(user, **options)}


def again(user):
    """The user as the next request reads it."""
    with system_scope():
        return User.objects.select_related("agency", "group").get(pk=user.pk)


# -- queries -----------------------------------------------------------------------------------


def test_the_case_list_is_one_query_whatever_its_length(caseworker, people_on_record):
    def listed():
        return case_list(user=caseworker, at=AT, filters=CaseFilters(), cursor=None)

    listed_once = {}
    made = 0
    for size in (0, 1, 100):
        initiate_many(caseworker, made, size)
        made = size
        user = caseworker = again(caseworker)
        listed_once[size] = queries_of(user, listed)
    assert listed_once == {0: 1, 1: 1, 100: 1}


def test_my_work_takes_the_same_queries_however_much_waits(caseworker, people_on_record):
    def opened():
        return my_work(user=caseworker, at=AT, filters=CaseFilters())

    queries_of(caseworker, opened)  # the calendar is at hand from now on
    taken = {}
    made = 0
    for size in (0, 1, SHOWN, SHOWN + 1, 100):
        initiate_many(caseworker, made, size)
        made = size
        taken[size] = queries_of(caseworker, opened)
    assert set(taken.values()) == {5}


def test_a_case_page_takes_as_many_queries_alone_as_among_a_hundred(caseworker, people_on_record):
    case = initiate(caseworker, resident())

    def shown():
        return case_page(user=caseworker, number=case.number, at=AT)

    with scope_for(caseworker):
        shown()  # the calendar is at hand from now on
    alone = queries_of(caseworker, shown)
    missing = queries_of(caseworker, lambda: case_page(user=caseworker, number="0" * 15, at=AT))
    initiate_many(caseworker, 0, 100)
    assert queries_of(caseworker, shown) == alone <= 9
    assert missing == 1


def test_a_case_page_takes_as_many_queries_after_ten_retries(caseworker, people_on_record):
    case = initiate(caseworker, unknown_person())
    with scope_for(caseworker):
        case_page(user=caseworker, number=case.number, at=AT)

    def shown():
        return case_page(user=caseworker, number=case.number, at=AT)

    once = queries_of(caseworker, shown)
    for number in range(1, 11):
        with scope_for(caseworker):
            initial.retry(
                case_number=case.number,
                version=number,
                by=caseworker,
                at=AT + timedelta(hours=number),
                submission=stranger_number(number),
            )
    assert queries_of(caseworker, shown) == once
    with scope_for(caseworker):
        assert len(case_page(user=caseworker, number=case.number, at=AT).charges) == 11


# -- filters -----------------------------------------------------------------------------------


@pytest.fixture
def two(caseworker, people_on_record):
    """A confirmed case with marks in the name, and an unconfirmed one."""
    return (
        initiate(caseworker, resident(benefits=("medicaid",))),
        initiate(caseworker, unknown_person(agency_reference="HH-30001")),
    )


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "HH-20571"}, {0}),
        ({"q": "HH-2"}, {0}),
        ({"q": "HH-"}, {0, 1}),
        ({"q": "H-20571"}, set()),
        ({"q": "Arreola-Quiñones"}, {0}),
        ({"q": "arreola quinones"}, {0}),
        ({"q": "Arreola-Quinones, Ana"}, {0}),
        ({"q": "ARRE"}, {0}),
        ({"q": "Báutista"}, {1}),
        ({"q": "quinones"}, set()),
        ({"q": "%"}, set()),
        ({"q": "HH_"}, set()),
        ({"status": "initial_confirmed"}, {0}),
        ({"status": "initial_unconfirmed"}, {1}),
        ({"status": "closed"}, set()),
        ({"step": "initial"}, {0, 1}),
        ({"step": "additional"}, set()),
        ({"benefit": "medicaid"}, {0}),
        ({"benefit": "snap"}, {1}),
        ({"waiting_for": "caseworker"}, {0, 1}),
        ({"waiting_for": "verifier"}, set()),
        ({"by": "me"}, {0, 1}),
        ({"created_from": date(2026, 11, 20), "created_to": date(2026, 11, 20)}, {0, 1}),
        ({"created_from": date(2026, 11, 21)}, set()),
        ({"q": "HH-", "status": "initial_confirmed"}, {0}),
    ],
)
def test_a_filter_finds(caseworker, two, filters, found):
    assert numbers_of(caseworker, **filters) == {two[place].number for place in found}


def test_a_number_finds_its_case_however_it_is_written(caseworker, two):
    number = two[0].number
    grouped = f"{number[:5]} {number[5:10]}-{number[10:]}".lower()
    assert numbers_of(caseworker, q=number) == {number}
    assert numbers_of(caseworker, q=grouped) == {number}
    assert numbers_of(caseworker, q=number[:-1]) == set()


def test_a_case_that_moved_on_is_found_at_its_new_step(caseworker, two):
    with scope_for(caseworker):
        additional.request(
            case_number=two[1].number, version=1, reason="prompted", comment="",
            by=caseworker, at=AT,
        )  # fmt: skip
    assert numbers_of(caseworker, step="additional") == {two[1].number}
    assert numbers_of(caseworker, waiting_for="verifier") == {two[1].number}


def test_values_of_an_address_that_nobody_offers_count_as_not_given():
    bent = {"q": "\x00", "benefit": "cake", "step": "9", "status": "'", "created_from": "soon"}
    assert CaseFilters.read(bent) == CaseFilters()


# -- who sees which ----------------------------------------------------------------------------


def test_each_sees_what_the_role_allows(
    caseworker, colleague, supervisor, stranger, verifier, people_on_record
):
    mine = initiate(caseworker, resident()).number
    theirs = initiate(colleague, unknown_person()).number
    elsewhere = initiate(stranger, unknown_person()).number
    assert numbers_of(caseworker) == {mine}
    assert numbers_of(colleague) == {theirs}
    assert numbers_of(supervisor) == {mine, theirs}
    assert numbers_of(stranger) == {elsewhere}
    assert numbers_of(verifier) == {mine, theirs, elsewhere}


@pytest.mark.parametrize("shared", [True, False])
def test_a_group_sees_each_others_cases_only_where_it_shares_them(
    caseworker, colleague, people_on_record, shared
):
    with system_scope():
        group = Group.objects.get(department__agency=caseworker.agency)
        group.cases_shared = shared
        group.save()
        User.objects.filter(pk__in=[caseworker.pk, colleague.pk]).update(group=group)
    caseworker, colleague = again(caseworker), again(colleague)
    case = initiate(caseworker, resident())
    assert numbers_of(colleague) == ({case.number} if shared else set())
    with scope_for(colleague):
        page = case_page(user=colleague, number=case.number, at=AT)
    assert (page is not None) == shared


def test_a_page_of_a_case_not_to_be_seen_is_as_good_as_none(
    caseworker, colleague, stranger, people_on_record
):
    case = initiate(caseworker, resident())
    for user in (colleague, stranger):
        with scope_for(user):
            assert case_page(user=user, number=case.number, at=AT) is None


def test_my_work_holds_own_cases_once_each(caseworker, colleague, people_on_record):
    mine = {initiate(caseworker, stranger_number(number)).number for number in range(3)}
    initiate(colleague, unknown_person())
    with scope_for(caseworker):
        page = my_work(user=caseworker, at=AT, filters=CaseFilters())
    shown = [row.case.number for section in page.sections for row in section.rows]
    assert sorted(shown) == sorted(mine)
    assert page.waiting_for_me == 3


# -- pages -------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", SORTS)
def test_paging_meets_every_case_once_while_others_are_added(caseworker, people_on_record, sort):
    initiate_many(caseworker, 0, 23)
    with scope_for(caseworker):
        before = set(Case.objects.values_list("pk", flat=True))
        met, cursor, turned = [], None, 0
        while True:
            page = paginate(
                Case.objects.visible_to(caseworker), order=SORTS[sort], cursor=cursor, size=5
            )
            met += [case.pk for case in page.rows]
            initial.initiate(by=caseworker, at=AT, submission=stranger_number(100 + turned))
            turned += 1
            cursor = page.next
            if cursor is None or turned > 40:
                break
    assert len(met) == len(set(met))
    assert before <= set(met)


@pytest.mark.parametrize("sort", SORTS)
def test_paging_back_shows_the_same_pages(caseworker, people_on_record, sort):
    initiate_many(caseworker, 0, 12)
    with scope_for(caseworker):
        cases = Case.objects.visible_to(caseworker)

        def page(cursor):
            return paginate(cases, order=SORTS[sort], cursor=cursor, size=5)

        first = page(None)
        second = page(first.next)
        third = page(second.next)
        assert (len(first.rows), len(second.rows), len(third.rows)) == (5, 5, 2)
        assert page(third.previous).rows == second.rows
        assert page(page(third.previous).previous).rows == first.rows
        assert (first.previous, third.next) == (None, None)


def test_the_list_turns_at_its_size(caseworker, people_on_record):
    initiate_many(caseworker, 0, SIZE + 2)
    with scope_for(caseworker):
        first = case_list(user=caseworker, at=AT, filters=CaseFilters(), cursor=None)
        second = case_list(user=caseworker, at=AT, filters=CaseFilters(), cursor=first.next)
    assert (len(first.rows), len(second.rows), second.next) == (SIZE, 2, None)
    assert not {row.case.pk for row in first.rows} & {row.case.pk for row in second.rows}


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "äöü",
        "AAAA",
        "bnVsbA",  # null
        "W10",  # []
        encode(["2026-11-20T15:00:00+00:00"]),
        encode(["2026-11-20T15:00:00+00:00", 1, 2]),
        encode(["never", 1]),
        encode(["2026-11-20T15:00:00+00:00", "one"]),
    ],
)
def test_a_bent_cursor_counts_as_none(caseworker, two, cursor):
    assert numbers_of(caseworker, cursor=cursor) == {case.number for case in two}


def test_a_deep_page_reads_the_index_from_its_cursor(caseworker, people_on_record):
    initiate_many(caseworker, 0, 60)
    with scope_for(caseworker), connection.cursor() as cursor:
        cases = Case.objects.visible_to(caseworker)
        last = list(cases.order_by("-created_at", "-id"))[40]
        with CaptureQueriesContext(connection) as caught:
            paginate(
                cases,
                order=SORTS["-created"],
                cursor=encode([last.created_at, last.pk]),
                size=5,
            )
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {caught[-1]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert "created_at <=" in condition
