"""A case is walked at random over everything that people and the timetable can do to it.

Whatever they do, in whatever order: no case is without somebody or some date it waits for, no
answer is lost or changed, no step is illegal, and charges and audit agree.
"""

import os
import tempfile
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Count, F, Q
from hypothesis import HealthCheck, event, settings
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
from save_portal.calendar import federal
from save_portal.calendar.models import Closure
from save_portal.calendar.services import save_closure
from save_portal.documents import uploads
from save_portal.outbox.models import Message
from tests import uploads as files
from tests.conftest import AT, make_agency, make_user, resident, unknown_person, write_upload
from verification import deadlines
from verification.enums import (
    AdditionalReason,
    ChargeKind,
    ClosureReason,
    PhotoAnswer,
    Promise,
    SupplementQuestion,
    WaitsFor,
    Wish,
)
from verification.errors import CaseError
from verification.lifecycles.case import IN_REVIEW, LEGAL_MOVES, WAITS_FOR_VERIFIER, CaseStatus
from verification.lifecycles.correction import CorrectionClosure, CorrectionStatus
from verification.models import (
    AnswerCheck,
    Case,
    CaseMove,
    ChargeEvent,
    CorrectionNotice,
    CorrectionRequest,
    InitialAnswer,
    Reminder,
    ReviewDraft,
    SecondReview,
    VerifierAnswer,
)
from verification.records import index, loading
from verification.rules.review import AnswerInput
from verification.services import (
    additional,
    answer_times,
    closing,
    correction,
    documents,
    duties,
    g845,
    initial,
    moving,
    paper_form,
    reading,
    reminders,
    review,
    second_review,
    superseding,
)

LONG = int(os.environ.get("LONG_WALK", "0"))  # so many walks, each longer
CASES = 4
ANSWERS = st.sampled_from(
    [
        AnswerInput(items=({"item": 1, "since": "2020-02-03"},)),
        AnswerInput(items=({"item": 9, "class_code": "F1", "until": "d_s"}, {"item": 4})),
        AnswerInput(items=({"item": 20, "appears": ["expired"]},), comments=(5,)),
        AnswerInput(items=({"item": 19},)),
        AnswerInput(send_again=("both_sides", "unreadable"), comments=(3,)),
        AnswerInput(send_again=("consent_needed",), comments=(1,)),
        AnswerInput(comment="Passport P1234567 was seen."),
        AnswerInput(),
    ]
)
MISSPELLED = {"family_name": "Arreola-Quinonez", "given_name": "Ana Luz"}
# What a caseworker types: nobody on record, a resident, her name otherwise, a doubted document.
PEOPLE = st.sampled_from(
    [
        unknown_person(),
        unknown_person(a_number="200000002", document_doubt="The seal looks altered"),
        resident(),
        resident(**MISSPELLED),
        resident(benefits=("medicaid",), **MISSPELLED),
    ]
)
WHICH = st.integers(0, CASES - 1)
WHO = st.integers(0, 2)
OF_AGENCY = st.integers(0, 1)
RECORD = {
    "record_id": "C1",
    "country_of_birth": "MEX",
    "sex": "F",
    "a_number": "209448177",
    "family_name": "ARREOLA-QUINONES",
    "given_name": "ANA LUCIA",
    "date_of_birth": "1990-05-31",
    "country_of_citizenship": "MEX",
    "class_of_admission": "IR6",
    "entry_date": "2021-08-02",
    "port_of_entry": "El Paso",
    "status_date": "2023-03-14",
    "card_number": "MSC2155330947",
}


class _Undo(Exception):
    """Ends the walk and takes everything back."""


class Walk(RuleBasedStateMachine):
    """Two caseworkers, their supervisor, two verifiers and theirs, a records officer, the program
    office, an applicant, a source, the clock, and up to four cases."""

    copy: uploads.Cleaned  # drawn anew once, by the process that does it

    def __init__(self):
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        federal.forget()
        self.folder = tempfile.TemporaryDirectory()
        self.at = AT
        agency = make_agency("CALHOUN")
        office = Office.objects.create(code="SVO", name="Status Verification Office")
        self.agency = [
            make_user("Dana", Role.GENERAL_USER, agency=agency),
            make_user("Ruth", Role.SUPERVISOR, agency=agency),
            make_user("Marco", Role.GENERAL_USER, agency=agency),
        ]
        self.dana, self.ruth, self.marco = self.agency
        self.office = [
            make_user("Vera", Role.STATUS_VERIFIER, office=office),
            make_user("Luis", Role.STATUS_VERIFIER, office=office),
            make_user("Grace", Role.VERIFIER_SUPERVISOR, office=office),
        ]
        self.rita = make_user("Rita", Role.RECORDS_OFFICER, office=office)
        self.paul = make_user("Paul", Role.PROGRAM_OFFICER, office=office)
        self.answers = {}
        self.looks = {}
        self.drafts = {}
        self.uploads = 0
        self.begun_form = None

    def teardown(self):
        self.whole.__exit__(_Undo, _Undo(), None)
        self.folder.cleanup()
        federal.forget()

    # -- how acts are made ---------------------------------------------------------------------

    def attempt(self, user, act, **arguments):
        """The act in the user's scope; a refusal leaves nothing, whatever else fails the walk."""
        before = self.seen()
        try:
            with transaction.atomic(), scope_for(user):
                done = act(by=user, at=self.at, **arguments)
        except CaseError:
            assert self.seen() == before, "a refusal changed something"
            return None
        event(getattr(act, "__name__", "act"))  # for --hypothesis-show-statistics
        return done

    def act_on(self, user, act, case, **arguments):
        return self.attempt(user, act, case_number=case.number, version=case.version, **arguments)

    def seen(self):
        with system_scope():
            return (
                list(Case.objects.order_by("pk").values_list("status", "version", "due_on")),
                list(CorrectionRequest.objects.order_by("pk").values_list("status", "version")),
                VerifierAnswer.objects.count(),
                ChargeEvent.objects.count(),
                AuditEvent.objects.count(),
                Message.objects.count(),
            )

    def case(self, which):
        with system_scope():
            cases = list(Case.objects.order_by("pk"))
        return cases[which % len(cases)]

    def handler(self, case):
        return next(user for user in self.agency if user.pk == case.handled_by_id)

    def count(self):
        with system_scope():
            return Case.objects.count()

    # -- the caseworker ------------------------------------------------------------------------

    @initialize()
    def begin(self):
        """One case waits for a verifier, another for its caseworker."""
        self.initiate(0, unknown_person(a_number="200000101"))
        self.request_additional(0, AdditionalReason.PROMPTED)
        self.initiate(0, unknown_person(a_number="200000102"))

    @rule(who=OF_AGENCY, submission=PEOPLE)
    def initiate(self, who, submission):
        if self.count() < CASES:
            self.attempt(self.agency[who], initial.initiate, submission=submission)

    @rule(which=WHICH, submission=PEOPLE)
    def retry(self, which, submission):
        case = self.case(which)
        self.act_on(self.handler(case), initial.retry, case, submission=submission)

    @rule(which=WHICH, answer=st.sampled_from([*PhotoAnswer.values, "perhaps"]))
    def compare_the_photo(self, which, answer):
        case = self.case(which)
        self.act_on(self.handler(case), duties.answer_photo, case, answer=answer)

    @rule(which=WHICH, reason=st.sampled_from(AdditionalReason.values))
    def request_additional(self, which, reason):
        case = self.case(which)
        self.act_on(
            self.handler(case),
            additional.request,
            case,
            reason=reason,
            comment="Look at the date.",
        )

    @rule(which=WHICH, throw_away=st.booleans())
    def draft_a_request(self, which, throw_away):
        case = self.case(which)
        act = additional.discard_draft if throw_away else additional.keep_draft
        more = {} if throw_away else {"data": {"comment": ["Half a sen"]}}
        self.attempt(self.handler(case), act, case_number=case.number, **more)

    @rule(
        which=WHICH,
        duty=st.sampled_from(["told_applicant", "correction_sheet", "wish"]),
        value=st.sampled_from(["yes", "wants", "declines", ""]),
    )
    def record_duty(self, which, duty, value):
        case = self.case(which)
        self.act_on(self.handler(case), duties.record, case, duty=duty, value=value)

    @rule(which=WHICH, kind=st.sampled_from(["front", "back"]))
    def upload_a_copy(self, which, kind):
        """What `documents.add` does once a process of its own has drawn the file anew."""
        case = self.case(which)
        number = case.number
        by = self.handler(case)
        self.attempt(
            by,
            lambda **who: documents._keep(
                number, self.copy, name="card", kind=kind, language="en", **who
            ),
        )

    @rule(which=WHICH, place=st.integers(0, 1))
    def take_a_copy_away(self, which, place):
        case = self.case(which)
        with system_scope():
            copies = list(case.documents.values_list("pk", flat=True))
        if copies:
            self.attempt(
                self.handler(case),
                documents.remove,
                case_number=case.number,
                document_id=copies[place % len(copies)],
            )

    @rule(which=WHICH)
    def read_the_answer(self, which):
        case = self.case(which)
        self.attempt(self.handler(case), reading.mark_read, case=case)

    @rule(which=WHICH, reason=st.sampled_from(ClosureReason.values))
    def close(self, which, reason):
        self.act_on(self.ruth, closing.close, self.case(which), reason=reason)

    @rule(which=WHICH, questions=st.sets(st.sampled_from(SupplementQuestion.values), max_size=2))
    def ask_for_form(self, which, questions):
        case = self.case(which)
        self.act_on(
            self.handler(case),
            g845.ask_for,
            case,
            reason=AdditionalReason.STATUS_EXPECTED,
            comment="She says she is a resident.",
            supplement=sorted(questions),
        )

    @rule(which=WHICH)
    def fill_the_form_in(self, which):
        case = self.case(which)
        self.act_on(
            self.handler(case),
            g845.fill_in,
            case,
            reason=AdditionalReason.DOCUMENT_DOUBTFUL,
            comment="The seal",
            supplement=(),
        )

    @rule(which=WHICH, ago=st.sampled_from([-1, 0, 2, 40]))
    def mail_the_form(self, which, ago):
        case = self.case(which)
        day = deadlines.local_date(self.at, "America/New_York") - timedelta(days=ago)
        self.act_on(self.handler(case), g845.mark_mailed, case, mailed_on=day)

    @rule(which=WHICH)
    def send_copies_instead(self, which):
        case = self.case(which)
        self.act_on(self.handler(case), g845.send_copies_instead, case)

    @rule(which=WHICH, send=st.booleans())
    def a_newer_document_begins_anew(self, which, send):
        """The form is kept, and sent at once or at some later time."""
        if not send or self.begun_form is None:
            case = self.case(which)
            by = self.handler(case)
            draft = self.attempt(
                by, superseding.begin, case_number=case.number, document_type="i766"
            )
            self.begun_form = draft and (draft.pk, by)
        if send and self.begun_form is not None:
            form, by = self.begun_form
            newer = unknown_person(document_type="i766", a_number=f"2000003{self.count():02}")
            self.attempt(by, superseding.submit, draft_id=form, submission=newer)

    @rule(which=WHICH, to=WHO, whole=st.booleans())
    def move_to_a_colleague(self, which, to, whole):
        case = self.case(which)
        due = self.dates()
        taker = self.agency[to].pk
        if whole:
            self.attempt(self.ruth, moving.move_all, from_id=case.handled_by_id, to_id=taker)
        else:
            self.attempt(self.ruth, moving.move, case_numbers=[case.number], to_id=taker)
        assert self.dates() == due, "a move makes no case younger"

    @rule()
    def move_back(self):
        with system_scope():
            move = CaseMove.objects.last()
        if move is not None:
            self.attempt(self.ruth, moving.move_back, move_id=move.pk)

    # -- the applicant -------------------------------------------------------------------------

    @rule(which=WHICH)
    def the_applicant_wants(self, which):
        number = self.case(which).number
        before = self.seen()
        try:
            with transaction.atomic(), system_scope():
                duties.applicant_wants(case_number=number, at=self.at)
        except CaseError:
            assert self.seen() == before

    # -- the verifiers -------------------------------------------------------------------------

    @rule(which=WHICH, who=WHO)
    def the_form_arrives(self, which, who):
        self.attempt(self.office[who], g845.record_arrival, case_number=self.case(which).number)

    @rule(who=WHO, ago=st.sampled_from([0, 10, 100]))
    def a_paper_form_alone_is_keyed_in(self, who, ago):
        if self.count() < CASES:
            self.attempt(
                self.office[who],
                paper_form.enter,
                official_email=self.dana.email,
                submission=unknown_person(a_number="200000201"),
                mailed_on=deadlines.local_date(self.at, "America/New_York") - timedelta(days=ago),
                reason=AdditionalReason.STATUS_EXPECTED,
                comment="",
            )

    @rule(who=WHO)
    def take_next(self, who):
        self.attempt(self.office[who], review.take_next)

    @rule(which=WHICH, who=WHO)
    def take(self, which, who):
        self.attempt(self.office[who], review.take, case_number=self.case(which).number)

    @rule(which=WHICH, who=WHO)
    def release(self, which, who):
        self.act_on(self.office[who], review.release, self.case(which))

    @rule(which=WHICH, who=WHO, to=WHO)
    def hand_over(self, which, who, to):
        self.act_on(self.office[who], review.hand_over, self.case(which), to=self.office[to])

    @rule(which=WHICH, who=WHO, text=st.sampled_from(["Half", "Half an answer"]))
    def save_a_draft(self, which, who, text):
        case = self.case(which)
        kept = self.attempt(
            self.office[who],
            review.save_draft,
            case_number=case.number,
            data={"comment": text, "items": ["1"]},
        )
        if kept is not None:
            self.drafts[case.pk] = kept.data

    @rule(
        which=WHICH,
        holder=st.booleans(),
        given=ANSWERS,
        kind=st.sampled_from(["answer", "interim_answer", "ask_for_documents"]),
        stale=st.integers(0, 4),
    )
    def answer(self, which, holder, given, kind, stale):
        case = self.case(which)
        held = next((u for u in self.office if u.pk == case.reviewer_id), self.office[0])
        kept = self.attempt(
            held if holder else self.office[1],
            getattr(review, kind),
            case_number=case.number,
            version=case.version - (stale == 0),
            given=given,
        )
        if kept is not None:
            self.drafts.pop(case.pk, None)

    @rule(who=WHO, which=st.integers(0, 5), given=ANSWERS)
    def correct_an_answer(self, who, which, given):
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

    @rule(who=WHO)
    def an_answer_still_holds(self, who):
        """A record behind it was corrected, and a verifier compared the two."""
        with system_scope():
            check = AnswerCheck.objects.filter(done_at=None).first()
        if check is not None:
            self.attempt(self.office[who], review.still_holds, answer_id=check.answer_id)

    @rule(who=WHO)
    def read_of_a_withdrawal(self, who):
        with system_scope():
            gone = ReviewDraft.objects.filter(case__closed_at__isnull=False).first()
        if gone is not None:
            self.attempt(self.office[who], review.forget_withdrawn, draft_id=gone.pk)

    @rule(percent=st.sampled_from([0, 100, 101]))
    def set_the_share_of_second_looks(self, percent):
        self.attempt(self.office[2], second_review.set_share, percent=percent)

    @rule(who=WHO, given=ANSWERS, give_back=st.booleans())
    def second_look(self, who, given, give_back):
        user = self.office[who]
        look = self.attempt(user, second_review.take_next)
        if look is None:
            return
        if give_back:
            self.attempt(user, second_review.give_back, look_id=look.pk)
        else:
            self.attempt(user, second_review.conclude, look_id=look.pk, given=given)

    # -- corrections of records ----------------------------------------------------------------

    def a_request(self, which):
        with system_scope():
            found = list(CorrectionRequest.objects.order_by("pk"))
        return found[which % len(found)] if found else None

    @rule(
        who=WHO,
        which=WHICH,
        datum=st.sampled_from(
            [("CIS:C1", "given_name"), ("ISRS:I1", "given_name"), ("CIS:C1", "no")]
        ),
    )
    def ask_for_a_correction(self, who, which, datum):
        ref, field = datum
        self.attempt(
            self.office[who],
            correction.draft,
            record_ref=ref,
            field=field,
            case_number=self.case(which).number,
        )

    @rule(which=WHO, proposed=st.sampled_from(["ANA LUZ", "ANA LUCIA", ""]))
    def send_the_correction(self, which, proposed):
        request = self.a_request(which)
        if request is not None:
            self.attempt(
                self.office[0],
                correction.send,
                request_id=request.pk,
                version=request.version,
                proposed_value=proposed,
                reason="The birth certificate shows it.",
            )

    @rule(
        which=WHO,
        decision=st.sampled_from(["accept", "accept", "reject", "ask_for_evidence"]),
        officer=st.booleans(),
    )
    def decide_the_correction(self, which, decision, officer):
        request = self.a_request(which)
        if request is not None:
            self.attempt(
                self.rita if officer else self.office[1],
                correction.decide,
                request_id=request.pk,
                version=request.version,
                decision=decision,
                reply="As the birth certificate says.",
            )

    @rule(which=WHO)
    def ask_the_other_owner_too(self, which):
        """The student's record is not of the same owner as the resident's."""
        request = self.a_request(which)
        if request is not None:
            self.attempt(
                self.office[0],
                correction.raise_disagreement,
                request_id=request.pk,
                other_ref="SEVIS:S1",
            )

    @rule(which=WHO)
    def give_evidence(self, which):
        request = self.a_request(which)
        if request is not None:
            self.attempt(
                self.office[0],
                correction.give_evidence,
                request_id=request.pk,
                version=request.version,
                evidence="The certificate, in the case.",
            )

    @rule(which=WHO, closure=st.sampled_from(CorrectionClosure.values))
    def close_the_correction(self, which, closure):
        request = self.a_request(which)
        if request is not None:
            self.attempt(
                self.rita,
                correction.close,
                request_id=request.pk,
                version=request.version,
                closure=closure,
            )

    @rule(name=st.sampled_from(["ANA LUZ", "ANA LUCIA"]))
    def the_source_uploads(self, name):
        self.uploads += 1
        path = Path(self.folder.name) / f"CIS-{self.uploads}.csv"
        stamp = f"2027-01-{self.uploads:02}T00:00:00Z"
        family = "ARREOLA-QUINONEZ" if name == "ANA LUZ" else "ARREOLA-QUINONES"
        row = {**RECORD, "given_name": name, "family_name": family, "updated_at": stamp}
        loading.load("CIS", write_upload(path, [row]))
        index.build()
        correction.settle(at=self.at)
        assert correction.settle(at=self.at) == (0, 0), "settling twice told something twice"

    # -- the program office and the clock ------------------------------------------------------

    def dates(self):
        with system_scope():
            return list(Case.objects.order_by("pk").values_list("due_on", "last_action_at"))

    @rule(days=st.integers(1, 12))
    def a_closure_is_declared_late(self, days):
        promised = self.dates()
        day = deadlines.local_date(self.at, deadlines.OFFICES_ZONE) + timedelta(days=days)
        if not Closure.objects.filter(on=day).exists():
            with scope_for(self.paul):
                save_closure(
                    by=self.paul,
                    at=self.at,
                    on=day,
                    name="Snow",
                    cite="Order of the day",
                    is_closed=True,
                )
            federal.forget()
        assert self.dates() == promised, "a promise is kept as it was made"

    @rule(promise=st.sampled_from(Promise.values), most=st.integers(1, 30))
    def answers_take_longer_from_tomorrow(self, promise, most):
        promised = self.dates()
        tomorrow = deadlines.local_date(self.at, deadlines.OFFICES_ZONE) + timedelta(days=1)
        self.attempt(
            self.paul,
            answer_times.set_time,
            promise=promise,
            from_on=tomorrow,
            least_days=1,
            most_days=most,
            why="A storm.",
        )
        assert self.dates() == promised

    @rule(days=st.sampled_from([0, 1, 3, 30, 170, 181]))
    def time_passes(self, days):
        self.at += timedelta(days=days, minutes=1)

    @rule()
    def the_timetable_closes(self):
        closing.close_stale(at=self.at)

    @rule()
    def the_timetable_reminds(self):
        reminders.send_due(at=self.at)
        assert reminders.send_due(at=self.at) == 0, "reminding twice sent something twice"

    # -- what always holds ---------------------------------------------------------------------

    @invariant()
    def every_case_waits_for_somebody_and_some_date(self):
        with system_scope():
            cases = list(Case.objects.select_related("agency", "handled_by"))
            queue = set(Case.objects.in_queue().values_list("pk", flat=True))
        for case in cases:
            assert (case.status in IN_REVIEW) == (case.reviewer_id is not None)
            if not case.is_open:
                assert case.waits_for == WaitsFor.NOBODY
                continue
            assert case.due_on is not None
            assert case.due_because["rule"]
            assert case.handled_by.is_active
            if case.status in WAITS_FOR_VERIFIER:
                assert case.waits_for == WaitsFor.VERIFIER
                on_its_way = case.status == CaseStatus.G845_MAILED and not case.papers_arrived_at
                assert case.reviewer_id or on_its_way or case.pk in queue
            else:
                assert case.waits_for == WaitsFor.CASEWORKER

    @invariant()
    def no_answer_is_lost_or_changed_or_untold(self):
        with system_scope():
            now = {("verifier", row["id"]): row for row in VerifierAnswer.objects.values()}
            now |= {("initial", row["id"]): row for row in InitialAnswer.objects.values()}
            told = set(
                Message.objects.filter(key__startswith="case.answered:").values_list(
                    "key", flat=True
                )
            )
        for key, row in self.answers.items():
            assert now[key] == row
        self.answers = now
        given = {f"case.answered:{key}" for kind, key in now if kind == "verifier"}
        assert given == told

    @invariant()
    def what_a_verifier_typed_is_kept_until_it_is_answered(self):
        with system_scope():
            kept = dict(ReviewDraft.objects.values_list("case_id", "data"))
            in_review = set(Case.objects.filter(status__in=IN_REVIEW).values_list("pk", flat=True))
            closed = set(Case.objects.filter(closed_at__isnull=False).values_list("pk", flat=True))
        assert in_review <= set(kept)
        for case, data in self.drafts.items():
            assert case in closed or kept[case] == data

    @invariant()
    def a_second_look_concluded_never_changes(self):
        with system_scope():
            now = {
                row["id"]: row
                for row in SecondReview.objects.filter(done_at__isnull=False).values()
            }
            blind = SecondReview.objects.filter(by=F("answer__by"))
            assert not blind.exists(), "nobody looks at the own answer"
        for key, row in self.looks.items():
            assert now[key] == row
        self.looks = now

    @invariant()
    def every_step_was_legal(self):
        with system_scope():
            steps = {}
            for pk, status in Case.history.order_by("history_id").values_list("id", "status"):
                steps.setdefault(pk, []).append(status)
            for case in Case.objects.all():
                for before, after in pairwise(steps[case.pk]):
                    assert before == after or (before, after) in LEGAL_MOVES
                assert steps[case.pk][-1] == case.status

    @invariant()
    def charges_and_audit_agree(self):
        with system_scope():
            charged = Counter(ChargeEvent.objects.values_list("kind", flat=True))
            verbs = Counter(AuditEvent.objects.values_list("verb", flat=True))
            asked = AuditEvent.objects.filter(verb="case.g845_asked").exclude(data__charge="")
            assert charged[ChargeKind.INITIAL] == verbs["case.initiated"]
            assert charged[ChargeKind.RETRY] == verbs["case.retried"]
            assert charged[ChargeKind.ADDITIONAL] == verbs["case.additional_requested"]
            assert charged[ChargeKind.G845] == asked.count()
            assert charged[ChargeKind.PAPER_G845] == verbs["case.paper_form_entered"]
            begun = charged[ChargeKind.INITIAL] + charged[ChargeKind.PAPER_G845]
            assert Case.objects.count() == begun
            assert InitialAnswer.objects.count() == verbs["case.initiated"] + verbs["case.retried"]
            assert VerifierAnswer.objects.count() == (
                verbs["case.review_answered"] + verbs["case.answer_corrected"]
            )
            closed = Case.objects.filter(status=CaseStatus.CLOSED).count()
            assert closed == verbs["case.closed"]
            assert Reminder.objects.count() == verbs["case.reminded"]
            assert CorrectionNotice.objects.count() == verbs["case.record_corrected"]
            assert AnswerCheck.objects.count() == verbs["case.answer_to_check"]
            for case in Case.objects.annotate(
                forms=Count("charges", filter=Q(charges__kind=ChargeKind.G845))
            ):
                assert case.forms <= 1, "a form is charged once a case"

    @invariant()
    def what_the_applicant_wants_is_never_closed_away(self):
        with system_scope():
            ended = Case.objects.filter(
                status=CaseStatus.CLOSED,
                wish=Wish.WANTS,
                closure_reason__in=[
                    ClosureReason.COMPLETED,
                    ClosureReason.EXPIRED,
                    ClosureReason.APPLICANT_DECLINED,
                ],
            )
            for case in ended:
                assert case.additional_requests.exists() or case.g845_mailings.exists()
            for old in Case.objects.filter(closure_reason=ClosureReason.SUPERSEDED):
                assert Case.objects.filter(supersedes=old).count() == 1

    @invariant()
    def every_correction_has_an_owner_and_a_date(self):
        with system_scope():
            for request in CorrectionRequest.objects.all():
                assert request.owner
                if request.status not in (CorrectionStatus.DRAFTED, CorrectionStatus.CLOSED):
                    assert request.due_on is not None
                assert (request.closure == "") == (request.status != CorrectionStatus.CLOSED)


@pytest.mark.django_db
def test_a_random_walk_never_loses_a_case_an_answer_or_a_charge(people_on_record):
    Walk.copy = uploads.clean(files.encoded("JPEG"))
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=LONG or 4,
            stateful_step_count=50 if LONG else 30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
