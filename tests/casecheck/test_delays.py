"""The program office sets which looks are shown to the person later, by dated rules (S10.3)."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from casecheck import delays, who_looked
from casecheck.languages import LANGUAGES
from casecheck.models import DelayRule
from casecheck.views.page import draw
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent
from tests.conftest import AT, make_user, resident, signed_in
from verification.errors import InvalidSubmission, NotPermitted
from verification.services import initial

pytestmark = pytest.mark.django_db

PAGE = "/program/delayed-looks/"
LAW = "5 USC 552a(c)(3)"


@pytest.fixture
def officer(office):
    return make_user("Olga", Role.PROGRAM_OFFICER, office=office)


@pytest.fixture
def confirmed(caseworker, people_on_record):
    with scope_for(caseworker):
        return initial.initiate(by=caseworker, at=timezone.now(), submission=resident())


def set_rule(officer, *, days=90, holds=date(2026, 11, 25), at=AT, **changes):
    """A rule set the day before it holds."""
    with scope_for(officer):
        return delays.set_delay(
            **{"purpose": "snap", "basis": LAW, **changes},
            days=days, effective_from=holds, by=officer, at=at,
        )  # fmt: skip


def typed(day, **changes):
    return {
        "purpose": "background_check",
        "days": "90",
        "basis": LAW,
        "effective_from_0": str(day.month),
        "effective_from_1": str(day.day),
        "effective_from_2": str(day.year),
        **changes,
    }


def test_a_rule_is_set_for_looks_to_come_and_the_log_and_the_page_say_by_whom(officer):
    client, day = signed_in(officer), timezone.localdate() + timedelta(days=2)
    assert "every look is shown at once" in client.get(PAGE).content.decode()
    done = client.post(PAGE, typed(day), follow=True).content.decode()
    assert "Looks of the days before keep their rule." in done
    for shown in ("Background check", LAW, "Not yet", "Olga", "every look is shown at once"):
        assert shown in done
    with system_scope():
        event = AuditEvent.objects.get(verb="set_delay_rule")
    assert event.actor_id == officer.pk
    assert event.data == {
        "purpose": "background_check",
        "days": 90,
        "effective_from": day.isoformat(),
        "basis": LAW,
    }


def test_what_cannot_be_is_said_at_its_field_and_nothing_is_set(officer):
    client, today = signed_in(officer), timezone.localdate()
    page = client.post(PAGE, typed(today, days="2000"))
    assert page.status_code == 422
    text = page.content.decode()
    for said in ("Choose a day after today", "Give 0 to 1,095 days", f'value="{LAW}"'):
        assert said in text
    empty = client.post(PAGE, {"purpose": ""}).content.decode()
    for said in ("Choose the purpose", "Give a number of days", "Enter the day", "Name the law"):
        assert said in empty
    assert not DelayRule.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"purpose": "ice"}, {"days": -1}, {"days": 1096}, {"basis": "  "}]
)
def test_the_service_refuses_by_itself(officer, changes):
    with pytest.raises(InvalidSubmission):
        set_rule(officer, **{"holds": AT.date() + timedelta(days=1), **changes})


def test_only_the_program_office_may(office, caseworker, verifier):
    compliance = make_user("Carl", Role.COMPLIANCE_OFFICER, office=office)
    for person in (caseworker, verifier, compliance):
        assert signed_in(person).get(PAGE).status_code == 403
        with pytest.raises(NotPermitted):
            delays.set_delay(
                purpose="snap", days=9, effective_from=date(2027, 1, 1), basis=LAW, by=person, at=AT
            )


def test_a_rule_is_changed_by_a_further_one_only(officer):
    rule = set_rule(officer, holds=date(2026, 12, 1))
    for act in (rule.delete, lambda: DelayRule.objects.update(days=1)):
        with pytest.raises(DatabaseError, match="delete rows"), transaction.atomic():
            act()
    set_rule(officer, holds=date(2026, 12, 1), days=30)  # thought again on the same day
    set_rule(officer, holds=date(2027, 1, 1), days=0)
    assert [r.days for r in delays.rules(today=date(2026, 12, 2)).holding] == [30]
    assert delays.rules(today=date(2027, 1, 2)).holding == []
    assert len(delays.rules(today=date(2027, 1, 2)).rows) == 3


def test_the_page_takes_as_many_queries_with_a_hundred_rules(officer, django_assert_num_queries):
    for n in range(100):
        set_rule(officer, holds=date(2027, 1, 1) + timedelta(days=n))
    with django_assert_num_queries(1):
        assert len(delays.rules(today=date(2027, 6, 1)).rows) == 100


def test_a_look_is_kept_back_by_the_rule_of_its_day_and_shown_when_its_time_has_come(
    officer, confirmed
):
    now = timezone.now()
    today = timezone.localdate()

    def seen(at):
        with system_scope():
            page = who_looked.looks_at(case=confirmed, at=at)
        return len(page.looks), [(str(purpose), rule.days) for purpose, rule in page.delays]

    assert seen(now) == (1, [])
    set_rule(officer, holds=today - timedelta(days=1), at=now - timedelta(days=9))
    assert seen(now) == (0, [("Food assistance (SNAP)", 90)])
    assert seen(now + timedelta(days=91)) == (1, [("Food assistance (SNAP)", 90)])
    # Ended from tomorrow: the look of today keeps its delay, the person no longer reads of a rule.
    set_rule(officer, holds=today + timedelta(days=1), days=0, at=now)
    assert seen(now + timedelta(days=2)) == (0, [])


def test_a_rule_for_another_purpose_or_a_later_day_keeps_nothing_back(officer, confirmed):
    set_rule(
        officer,
        purpose="background_check",
        holds=date(2020, 1, 2),
        at=AT.replace(year=2020, month=1, day=1),
    )
    set_rule(officer, holds=timezone.localdate() + timedelta(days=1), at=timezone.now())
    with system_scope():
        assert len(who_looked.looks_at(case=confirmed, at=timezone.now()).looks) == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("5 U.S.C. 552a(c)(3)", "5 USC 552a(c)(3)"),
        (" 28  C.F.R. 16.96 ; 73 FR 75445", "28 CFR 16.96; 73 FR 75445"),
        ("Pub. L. 107-296, sec. 222(a)(1)", "Pub. L. 107-296, sec. 222(a)(1)"),
        ("EO 12333", "EO 12333"),
    ],
)
def test_a_law_is_kept_as_it_is_cited(officer, typed, kept):
    assert set_rule(officer, basis=typed).basis == kept


@pytest.mark.parametrize(
    "typed",
    [
        "The Privacy Act allows it",
        "5 USC 552a(c)(3), because an investigation is under way",
        "5 USC",
        "552a",
        "5 USC 552a;",
        "５ USC 552a",
        "5 USC 552a(c)(3); " * 20 + "EO 12333",
    ],
)
def test_a_law_in_words_is_refused_for_its_reader_may_not_read_english(officer, typed):
    with pytest.raises(InvalidSubmission) as refused:
        set_rule(officer, basis=typed)
    assert set(refused.value.field_errors) == {"basis"}


@pytest.mark.parametrize("language", [language.code for language in LANGUAGES])
def test_a_delay_and_its_law_are_told_in_the_persons_language(officer, confirmed, language):
    now, today = timezone.now(), timezone.localdate()
    set_rule(officer, holds=today - timedelta(days=1), at=now - timedelta(days=9))
    with system_scope():
        looks = who_looked.looks_at(case=confirmed, at=now)
    with translation.override(language):
        page = draw("who_looked", language, {"page": looks, "case": confirmed, "proof": "x"})
    assert f'<bdi lang="en" dir="ltr">{LAW}</bdi>' in page
    in_english = "The law that allows this wait" in page, "This rule holds since" in page
    assert in_english == ((True, True) if language == "en" else (False, False))
