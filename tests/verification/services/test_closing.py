"""Duties before closing, and the 180 days (S3.5 to S3.7)."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent
from save_portal.outbox.models import Message
from tests.conftest import AT, resident, unknown_person
from verification.errors import CaseError, DutyOpen, NotPermitted, StaleCase, WrongStatus
from verification.forms import closing as forms
from verification.models import Case
from verification.selectors.case_page import case_page
from verification.services import closing, duties, initial, superseding

pytestmark = pytest.mark.django_db

# Expiry and a newer document close by services of their own.
BY_A_PERSON = [reason for reason, _ in forms.BY_A_PERSON]


@pytest.fixture
def confirmed(caseworker, people_on_record):
    with scope_for(caseworker):
        return initial.initiate(by=caseworker, at=AT, submission=resident())


@pytest.fixture
def unconfirmed(caseworker, people_on_record):
    with scope_for(caseworker):
        return initial.initiate(by=caseworker, at=AT, submission=unknown_person())


def close(case, by, reason="completed", version=None):
    with scope_for(by):
        current = Case.objects.get(pk=case.pk).version if version is None else version
        return closing.close(case_number=case.number, version=current, reason=reason, by=by, at=AT)


def tick(case, by, duty, value="yes"):
    with scope_for(by):
        current = Case.objects.get(pk=case.pk).version
        return duties.record(
            case_number=case.number, version=current, duty=duty, value=value, by=by, at=AT
        )


def answer_photo(case, by, answer):
    with scope_for(by):
        current = Case.objects.get(pk=case.pk).version
        return duties.answer_photo(
            case_number=case.number, version=current, answer=answer, by=by, at=AT
        )


def test_a_returned_photo_is_compared_before_the_case_is_completed(confirmed, caseworker):
    with pytest.raises(DutyOpen) as refused:
        close(confirmed, caseworker)
    assert refused.value.rule == "S3.5"
    answer_photo(confirmed, caseworker, "yes")
    closed = close(confirmed, caseworker)
    assert (closed.status, closed.closure_reason, closed.due_on) == ("closed", "completed", None)


def test_another_person_on_the_photo_cannot_be_completed(confirmed, caseworker):
    answer_photo(confirmed, caseworker, "no")
    with pytest.raises(DutyOpen, match="additional verification"):
        close(confirmed, caseworker)


def test_an_unconfirmed_case_is_closed_only_when_told_and_asked(unconfirmed, caseworker):
    with pytest.raises(DutyOpen, match="duty 1"):
        close(unconfirmed, caseworker)
    tick(unconfirmed, caseworker, "told_applicant")
    with pytest.raises(DutyOpen, match="duty 2"):
        close(unconfirmed, caseworker)
    tick(unconfirmed, caseworker, "wish", "declines")
    assert close(unconfirmed, caseworker, "applicant_declined").status == "closed"


@pytest.mark.parametrize("reason", BY_A_PERSON)
def test_an_applicant_who_wants_additional_verification_is_not_closed_away(
    reason, unconfirmed, caseworker
):
    tick(unconfirmed, caseworker, "told_applicant")
    tick(unconfirmed, caseworker, "wish", "wants")
    with pytest.raises(DutyOpen) as refused:
        close(unconfirmed, caseworker, reason)
    assert refused.value.rule == "S2.2"


def test_180_days_do_not_close_away_what_the_applicant_wants_either(unconfirmed, caseworker):
    tick(unconfirmed, caseworker, "told_applicant")
    tick(unconfirmed, caseworker, "wish", "wants")
    assert closing.close_stale(at=AT + timedelta(days=400)) == (0, 0)
    with scope_for(caseworker):
        page = case_page(user=caseworker, number=unconfirmed.number, at=AT + timedelta(days=400))
    assert (page.case.status, page.expires_on) == ("initial_unconfirmed", None)
    # Once the applicant declines after all, the days count again.
    tick(unconfirmed, caseworker, "wish", "declines")
    assert closing.close_stale(at=AT + timedelta(days=400))[0] == 1


def test_a_newer_document_takes_what_the_applicant_wants_along(unconfirmed, caseworker):
    tick(unconfirmed, caseworker, "told_applicant")
    tick(unconfirmed, caseworker, "wish", "wants")
    with scope_for(caseworker):
        draft = superseding.begin(
            case_number=unconfirmed.number, document_type="i551", by=caseworker, at=AT
        )
        newer = superseding.submit(
            draft_id=draft.pk,
            submission=unknown_person(a_number="200000002"),
            by=caseworker,
            at=AT,
        )
    assert (newer.supersedes.closure_reason, newer.wish) == ("superseded", "wants")
    with pytest.raises(DutyOpen):
        close(newer, caseworker, "completed")


@pytest.mark.parametrize("reason", BY_A_PERSON)
def test_skipping_additional_does_not_close_away_what_the_applicant_wants(
    reason, unconfirmed, caseworker
):
    tick(unconfirmed, caseworker, "told_applicant")
    tick(unconfirmed, caseworker, "wish", "wants")
    with scope_for(caseworker):
        case = Case.objects.get(pk=unconfirmed.pk)
        case.ask_for_g845()
        case.save()
    with pytest.raises(DutyOpen) as refused:
        close(unconfirmed, caseworker, reason)
    assert refused.value.rule == "S2.2"


def test_a_tick_can_be_taken_back(unconfirmed, caseworker):
    tick(unconfirmed, caseworker, "told_applicant")
    assert tick(unconfirmed, caseworker, "told_applicant", "").told_applicant_at is None


def test_each_act_leaves_its_event_with_the_person(unconfirmed, caseworker):
    tick(unconfirmed, caseworker, "told_applicant")
    tick(unconfirmed, caseworker, "wish", "declines")
    close(unconfirmed, caseworker)
    with system_scope():
        events = list(AuditEvent.objects.order_by("id").values_list("verb", "actor_id"))
    assert events == [
        ("case.initiated", caseworker.pk),
        ("case.duty.told_applicant", caseworker.pk),
        ("case.duty.wish", caseworker.pk),
        ("case.closed", caseworker.pk),
    ]


def test_a_stale_tab_closes_nothing(unconfirmed, caseworker):
    tick(unconfirmed, caseworker, "told_applicant")
    with pytest.raises(StaleCase):
        close(unconfirmed, caseworker, version=1)


def test_a_closed_case_is_not_closed_or_changed_again(confirmed, caseworker):
    answer_photo(confirmed, caseworker, "yes")
    close(confirmed, caseworker)
    with pytest.raises(WrongStatus):
        close(confirmed, caseworker)
    with pytest.raises(WrongStatus):
        answer_photo(confirmed, caseworker, "no")


def test_a_supervisor_may_close_a_verifier_may_not(unconfirmed, caseworker, supervisor, verifier):
    with pytest.raises(NotPermitted):
        close(unconfirmed, verifier, "entered_in_error")
    assert close(unconfirmed, supervisor, "entered_in_error").status == "closed"


def test_a_colleague_without_a_shared_group_does_not_see_the_case(unconfirmed, colleague):
    with pytest.raises(CaseError) as refused, scope_for(colleague):
        closing.close(
            case_number=unconfirmed.number,
            version=1,
            reason="completed",
            by=colleague,
            at=AT,
        )
    assert refused.value.status_code == 404


def test_nobody_closes_as_expired_by_hand(unconfirmed, caseworker):
    with pytest.raises(CaseError):
        close(unconfirmed, caseworker, "expired")


class TestThe180Days:
    def after(self, days, hours=0):
        return AT + timedelta(days=days, hours=hours)

    def test_the_case_is_open_on_day_179_and_closes_on_day_180(self, unconfirmed):
        assert closing.close_stale(at=self.after(179))[0] == 0
        assert closing.close_stale(at=self.after(180))[0] == 1
        with system_scope():
            case = Case.objects.get(pk=unconfirmed.pk)
        assert (case.status, case.closure_reason) == ("closed", "expired")

    def test_running_it_again_changes_nothing(self, unconfirmed):
        closing.close_stale(at=self.after(181))
        assert closing.close_stale(at=self.after(181)) == (0, 0)

    def test_an_act_begins_the_days_anew(self, unconfirmed, caseworker):
        with scope_for(caseworker):
            duties.record(
                case_number=unconfirmed.number,
                version=1,
                duty="told_applicant",
                value="yes",
                by=caseworker,
                at=self.after(100),
            )
        assert closing.close_stale(at=self.after(200))[0] == 0
        assert closing.close_stale(at=self.after(280))[0] == 1

    def test_it_warns_once_14_and_once_3_days_before_without_personal_data(self, unconfirmed):
        warned = [closing.close_stale(at=self.after(day))[1] for day in range(160, 180)]
        assert sum(warned) == 2
        with system_scope():
            messages = list(Message.objects.order_by("id"))
        assert [message.payload["context"]["days"] for message in messages] == [14, 3]
        assert messages[0].payload["context"]["expires_on"] == "May 19, 2027"
        assert "Bautista" not in str([message.payload for message in messages])

    def test_the_page_warns_from_14_days_before_and_not_earlier(self, unconfirmed, caseworker):
        with scope_for(caseworker):
            pages = {
                day: case_page(user=caseworker, number=unconfirmed.number, at=self.after(day))
                for day in (0, 165, 166, 179)
            }
        assert {day: page.expires_soon for day, page in pages.items()} == {
            0: False,
            165: False,
            166: True,
            179: True,
        }

    def test_the_command_closes_and_says_how_many(self, caseworker, people_on_record, capsys):
        with scope_for(caseworker):
            initial.initiate(
                by=caseworker,
                at=timezone.now() - timedelta(days=200),
                submission=unknown_person(),
            )
        call_command("close_stale_cases", "--json")
        assert json.loads(capsys.readouterr().out) == {"closed": 1, "warned": 0}
        call_command("close_stale_cases")
        assert capsys.readouterr().out == "0 closed, 0 warned.\n"
