"""My work: each case in one section, prompts first with their age, answers until opened."""

from datetime import date, timedelta

import pytest

from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent
from tests.conftest import AT, resident, signed_in, unknown_person
from verification.enums import Need
from verification.models import Case
from verification.selectors.filters import CaseFilters
from verification.selectors.my_work import SHOWN, my_work
from verification.services import additional, duties, initial, reading

pytestmark = pytest.mark.django_db


def initiate(by, submission, at=AT):
    with scope_for(by):
        return initial.initiate(by=by, at=at, submission=submission)


def nobody(number):
    return unknown_person(
        a_number=f"{200_000_000 + number}", card_number=f"MSC{2_000_000_000 + number}"
    )


def tell(case, by, at=AT):
    with scope_for(by):
        return duties.record(
            case_number=case.number, version=1, duty="told_applicant", value="yes", by=by, at=at
        )


def ask(case, by):
    with scope_for(by):
        return additional.request(
            case_number=case.number,
            version=case.version,
            reason="prompted",
            comment="",
            by=by,
            at=AT,
        )


def sections(user, *, at=AT, **filters):
    with scope_for(user):
        page = my_work(user=user, at=at, filters=CaseFilters(**filters))
    return {
        section.key: [row.case.number for row in section.rows] for section in page.sections
    }, page


def answer_came(case):
    """As the verifier's service notes it."""
    with system_scope():
        kept = Case.objects.get(pk=case.pk)
        kept.unread_since = AT
        kept.save(update_fields=["unread_since"])


def test_a_prompt_that_nobody_acted_on_stands_first_with_its_age(caseworker, people_on_record):
    old = initiate(caseworker, nobody(1), at=AT - timedelta(days=14))
    fresh = initiate(caseworker, nobody(2))
    found, page = sections(caseworker)
    assert next(iter(found)) == Need.PROMPT
    assert found["prompt"] == [old.number, fresh.number]
    # Two weeks with Veterans Day between them.
    assert [row.waited for row in page.sections[0].rows] == [9, 0]


def test_each_case_lies_in_one_section_by_what_it_needs(caseworker, people_on_record):
    prompted = initiate(caseworker, nobody(1))
    told = tell(initiate(caseworker, nobody(2)), caseworker)
    asked = ask(initiate(caseworker, nobody(3)), caseworker)
    confirmed = initiate(caseworker, resident())
    today = {key: numbers for key, numbers in sections(caseworker)[0].items() if numbers}
    assert today == {
        "prompt": [prompted.number],
        "later": [told.number, confirmed.number],
        "save": [asked.number],
    }
    soon = sections(caseworker, at=AT + timedelta(days=5))[0]
    assert soon["soon"] == [told.number, confirmed.number]
    over = sections(caseworker, at=AT + timedelta(days=12))[0]
    assert over["over"] == [told.number, confirmed.number]


def test_an_answer_stays_to_be_read_until_somebody_of_the_agency_opens_it(
    caseworker, supervisor, verifier, people_on_record
):
    case = ask(initiate(caseworker, nobody(1)), caseworker)
    answer_came(case)
    assert sections(caseworker)[0]["read"] == [case.number]
    with scope_for(verifier):
        kept = Case.objects.get(pk=case.pk)
        reading.mark_read(case=kept, by=verifier, at=AT)
    assert sections(caseworker)[0]["read"] == [case.number]
    client = signed_in(supervisor)
    assert client.get(f"/cases/{case.number}/").status_code == 200
    found, _ = sections(caseworker)
    assert (found["read"], found["save"]) == ([], [case.number])
    with system_scope():
        opened = AuditEvent.objects.get(verb="case.answer_opened")
        assert (opened.actor_id, opened.subject_id) == (supervisor.pk, case.number)
        assert Case.objects.get(pk=case.pk).version == case.version


def test_an_answer_that_came_while_the_page_was_read_stays_unread(caseworker, people_on_record):
    case = ask(initiate(caseworker, nobody(1)), caseworker)
    answer_came(case)
    with scope_for(caseworker):
        seen = Case.objects.get(pk=case.pk)
        later = Case.objects.get(pk=case.pk)
        later.unread_since = AT + timedelta(minutes=1)
        later.save(update_fields=["unread_since"])
        reading.mark_read(case=seen, by=caseworker, at=AT)
        assert Case.objects.get(pk=case.pk).unread_since == AT + timedelta(minutes=1)


def test_a_section_shows_its_most_urgent_and_counts_the_rest(caseworker, people_on_record):
    for number in range(SHOWN + 3):
        initiate(caseworker, nobody(number), at=AT - timedelta(weeks=number))
    _, page = sections(caseworker)
    prompts = page.sections[0]
    assert (len(prompts.rows), prompts.count, prompts.more) == (SHOWN, SHOWN + 3, True)
    assert prompts.rows[0].case.created_at == AT - timedelta(weeks=SHOWN + 2)
    assert page.waiting_for_me == SHOWN + 3


def test_the_filter_of_a_need_is_the_section_of_my_work(caseworker, people_on_record):
    told = tell(initiate(caseworker, nobody(1)), caseworker)
    initiate(caseworker, nobody(2))
    day = date(2026, 11, 20)
    for need in Need:
        with scope_for(caseworker):
            listed = CaseFilters(need=need.value).apply(
                Case.objects.visible_to(caseworker), user=caseworker, today=day
            )
            numbers = [case.number for case in listed]
        assert numbers == sections(caseworker)[0][need.value]
    assert sections(caseworker)[0]["later"] == [told.number]
