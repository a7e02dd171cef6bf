"""A case is walked at random over everything that people and the timetable can do to it.

Whatever they do, in whatever order: no case is without somebody or some date it waits for, no
answer is lost or changed, no step is illegal, and charges and audit agree.
"""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.db.models import Count
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from save_portal.accounts.models import Office
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent
from tests.conftest import AT, make_agency, make_user, unknown_person
from verification import deadlines
from verification.enums import AdditionalReason, ChargeKind, ClosureReason, WaitsFor
from verification.errors import CaseError
from verification.lifecycles.case import IN_REVIEW, LEGAL_MOVES, CaseStatus
from verification.models import Case, ChargeEvent, VerifierAnswer
from verification.rules.review import AnswerInput
from verification.services import (
    additional,
    closing,
    duties,
    g845,
    initial,
    review,
    second_review,
)

ANSWERS = st.sampled_from(
    [
        AnswerInput(items=({"item": 1, "since": "2020-02-03"},)),
        AnswerInput(items=({"item": 9, "class_code": "F1", "until": "d_s"}, {"item": 4})),
        AnswerInput(items=({"item": 20, "appears": ["expired"]},), comments=(5,)),
        AnswerInput(items=({"item": 19},)),
        AnswerInput(send_again=("both_sides",), comments=(3,)),
        AnswerInput(comment="Passport P1234567 was seen."),
        AnswerInput(),
    ]
)
CASES = 3


class _Undo(Exception):
    """Ends the walk and takes everything back."""


class Walk(RuleBasedStateMachine):
    """A caseworker, two verifiers, their supervisor, the clock, and up to three cases."""

    def __init__(self):
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.at = AT
        agency = make_agency("CALHOUN")
        office = Office.objects.create(code="SVO", name="Status Verification Office")
        self.dana = make_user("Dana", Role.GENERAL_USER, agency=agency)
        self.ruth = make_user("Ruth", Role.SUPERVISOR, agency=agency)
        self.office = [
            make_user("Vera", Role.STATUS_VERIFIER, office=office),
            make_user("Luis", Role.STATUS_VERIFIER, office=office),
            make_user("Grace", Role.VERIFIER_SUPERVISOR, office=office),
        ]
        self.numbers = []
        self.answers = {}
        self.statuses = {}

    def teardown(self):
        self.whole.__exit__(_Undo, _Undo(), None)

    # -- what people do ------------------------------------------------------------------------

    def attempt(self, user, act, **arguments):
        """The act in the user's scope; a refusal leaves nothing, whatever else fails the walk."""
        before = self.seen()
        try:
            with transaction.atomic(), scope_for(user):
                act(by=user, at=self.at, **arguments)
        except CaseError:
            assert self.seen() == before, "a refusal changed something"

    def seen(self):
        with system_scope():
            return (
                list(Case.objects.order_by("pk").values_list("status", "version", "due_on")),
                VerifierAnswer.objects.count(),
                ChargeEvent.objects.count(),
                AuditEvent.objects.count(),
            )

    def case(self, which):
        with system_scope():
            return Case.objects.get(number=self.numbers[which % len(self.numbers)])

    @initialize()
    def begin(self):
        """One case waits for a verifier, another for its caseworker."""
        self.initiate()
        self.request_additional(0, AdditionalReason.PROMPTED)
        self.initiate()

    @rule()
    def initiate(self):
        if len(self.numbers) >= CASES:
            return
        with scope_for(self.dana):
            case = initial.initiate(
                by=self.dana,
                at=self.at,
                submission=unknown_person(a_number=f"20000010{len(self.numbers)}"),
            )
        self.numbers.append(case.number)

    @rule(which=st.integers(0, 2), reason=st.sampled_from(AdditionalReason.values))
    def request_additional(self, which, reason):
        case = self.case(which)
        self.attempt(
            self.dana,
            additional.request,
            case_number=case.number,
            version=case.version,
            reason=reason,
            comment="Look at the date.",
        )

    @rule(
        which=st.integers(0, 2),
        duty=st.sampled_from(["told_applicant", "correction_sheet", "wish"]),
        value=st.sampled_from(["yes", "wants", "declines", ""]),
    )
    def record_duty(self, which, duty, value):
        case = self.case(which)
        self.attempt(
            self.dana,
            duties.record,
            case_number=case.number,
            version=case.version,
            duty=duty,
            value=value,
        )

    @rule(which=st.integers(0, 2), reason=st.sampled_from(ClosureReason.values))
    def close(self, which, reason):
        case = self.case(which)
        self.attempt(
            self.ruth, closing.close, case_number=case.number, version=case.version, reason=reason
        )

    @rule(which=st.integers(0, 2))
    def ask_for_form(self, which):
        case = self.case(which)
        self.attempt(
            self.dana,
            g845.ask_for,
            case_number=case.number,
            version=case.version,
            reason=AdditionalReason.STATUS_EXPECTED,
            comment="She says she is a resident.",
        )

    @rule(which=st.integers(0, 2))
    def mail_the_form(self, which):
        case = self.case(which)
        self.attempt(
            self.dana,
            g845.mark_mailed,
            case_number=case.number,
            version=case.version,
            mailed_on=deadlines.local_date(self.at, "America/New_York"),
        )

    @rule(which=st.integers(0, 2), who=st.integers(0, 2))
    def the_form_arrives(self, which, who):
        self.attempt(self.office[who], g845.record_arrival, case_number=self.case(which).number)

    @rule(who=st.integers(0, 2))
    def take_next(self, who):
        self.attempt(self.office[who], review.take_next)

    @rule(which=st.integers(0, 2), who=st.integers(0, 2))
    def take(self, which, who):
        self.attempt(self.office[who], review.take, case_number=self.case(which).number)

    @rule(which=st.integers(0, 2), who=st.integers(0, 2))
    def release(self, which, who):
        case = self.case(which)
        self.attempt(
            self.office[who], review.release, case_number=case.number, version=case.version
        )

    @rule(which=st.integers(0, 2), who=st.integers(0, 2), to=st.integers(0, 2))
    def hand_over(self, which, who, to):
        case = self.case(which)
        self.attempt(
            self.office[who],
            review.hand_over,
            case_number=case.number,
            version=case.version,
            to=self.office[to],
        )

    @rule(
        which=st.integers(0, 2),
        holder=st.booleans(),
        given=ANSWERS,
        kind=st.sampled_from(["answer", "interim_answer", "ask_for_documents"]),
        stale=st.integers(0, 4),
    )
    def answer(self, which, holder, given, kind, stale):
        case = self.case(which)
        held = next((u for u in self.office if u.pk == case.reviewer_id), self.office[0])
        self.attempt(
            held if holder else self.office[1],
            getattr(review, kind),
            case_number=case.number,
            version=case.version - (stale == 0),
            given=given,
        )

    @rule(who=st.integers(0, 2), which=st.integers(0, 5), given=ANSWERS)
    def correct(self, who, which, given):
        with system_scope():
            answers = list(VerifierAnswer.objects.order_by("pk").values_list("pk", flat=True))
        if answers:
            self.attempt(
                self.office[who],
                review.correct_answer,
                answer_id=answers[which % len(answers)],
                given=AnswerInput(
                    items=given.items, comments=given.comments, correction_note="It was wrong."
                ),
            )

    @rule(who=st.integers(0, 2), given=ANSWERS)
    def second_look(self, who, given):
        user = self.office[who]
        with scope_for(user):
            look = second_review.take_next(by=user, at=self.at)
        if look is not None:
            self.attempt(user, second_review.conclude, look_id=look.pk, given=given)

    # -- what the clock does -------------------------------------------------------------------

    @rule(days=st.sampled_from([0, 1, 3, 30, 170, 181]))
    def time_passes(self, days):
        self.at += timedelta(days=days, minutes=1)

    @rule()
    def the_timetable_closes(self):
        closing.close_stale(at=self.at)

    # -- what always holds ---------------------------------------------------------------------

    @invariant()
    def every_case_waits_for_somebody_and_some_date(self):
        with system_scope():
            cases = list(Case.objects.select_related("agency"))
        for case in cases:
            assert (case.status in IN_REVIEW) == (case.reviewer_id is not None)
            if not case.is_open:
                assert case.waits_for == WaitsFor.NOBODY
                continue
            assert case.waits_for in (WaitsFor.CASEWORKER, WaitsFor.VERIFIER)
            assert case.due_on is not None
            assert case.due_because["rule"]

    @invariant()
    def no_answer_is_lost_or_changed(self):
        with system_scope():
            now = {row["id"]: row for row in VerifierAnswer.objects.values()}
        for key, row in self.answers.items():
            assert now[key] == row
        self.answers = now

    @invariant()
    def every_step_was_legal(self):
        with system_scope():
            for number in self.numbers:
                steps = list(
                    Case.history.filter(number=number)
                    .order_by("history_id")
                    .values_list("status", flat=True)
                )
                for before, after in pairwise(steps):
                    assert before == after or (before, after) in LEGAL_MOVES
                assert steps[-1] == Case.objects.get(number=number).status

    @invariant()
    def charges_and_audit_agree(self):
        with system_scope():
            charged = dict(
                ChargeEvent.objects.values_list("kind").annotate(n=Count("id")).order_by()
            )
            verbs = dict(AuditEvent.objects.values_list("verb").annotate(n=Count("id")).order_by())
            asked = AuditEvent.objects.filter(verb="case.g845_asked").exclude(data__charge="")
            assert charged.get(ChargeKind.INITIAL, 0) == len(self.numbers)
            assert charged.get(ChargeKind.ADDITIONAL, 0) == verbs.get(
                "case.additional_requested", 0
            )
            assert charged.get(ChargeKind.G845, 0) == asked.count()
            assert VerifierAnswer.objects.count() == verbs.get(
                "case.review_answered", 0
            ) + verbs.get("case.answer_corrected", 0)
            closed = Case.objects.filter(status=CaseStatus.CLOSED).count()
            assert closed == verbs.get("case.closed", 0)


@pytest.mark.django_db
def test_a_random_walk_never_loses_a_case_an_answer_or_a_charge():
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=6,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
