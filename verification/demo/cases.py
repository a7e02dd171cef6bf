"""Cases of the demo world beyond their first answer, each carried on by the services of the portal.

A story is a person of the truth file and a line of acts: what the agency and the status verifiers
did on the days since. Nothing is written past the services, so every rule held when it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from save_portal.accounts.models import User
from save_portal.accounts.tenancy import scope_for, system_scope
from verification.enums import AdditionalReason, DocumentKind
from verification.errors import CaseError
from verification.models import Case
from verification.records.population.papers import photographed
from verification.rules.review import AnswerInput
from verification.rules.submission import Submission
from verification.services import additional, correction, documents, g845, initial, review


@dataclass(frozen=True, slots=True)
class Story:
    """`acts` are methods of `Play`, spread over the days since the case was begun."""

    situation: str
    agency: str
    benefit: str
    days: int
    acts: str
    why: str = AdditionalReason.PROMPTED
    comment: str = ""


STORIES = (
    # Waiting for a verifier
    Story(
        "extension_not_in_admission", "CALHOUN", "medicaid", 3, "copies ask",
        comment="Has a letter that extends the stay; the copy is with this request.",
    ),
    Story("extension_pending", "LAKEDMV", "drivers_license", 2, "copies ask"),
    Story("final_order_still_resident", "HARBOR", "housing", 9, "ask"),
    Story("work_permit_extended", "CALHOUN", "snap", 1, "copies ask"),
    Story("left_by_land", "LAKEDMV", "state_id", 5, "ask"),
    Story("first_of_january_on_file", "CALHOUN", "tanf", 4, "ask"),
    Story("self_petitioner", "CALHOUN", "medicaid", 6, "ask"),
    # With a verifier
    Story("student_now_worker", "LAKEDMV", "drivers_license", 4, "ask take draft"),
    Story("twins_on_one_entry", "HARBOR", "housing", 6, "ask take_other"),
    # Answered
    Story("conditions_and_petition_pending", "CALHOUN", "snap", 8, "copies ask take answer"),
    Story("naturalized_last_week", "CALHOUN", "medicaid", 7, "ask take ask_correction answer"),
    Story("student_ended", "LAKEDMV", "drivers_license", 12, "ask take_other answer"),
    Story("died", "CALHOUN", "medicaid", 9, "ask take interim"),
    # On the way of Form G-845
    Story("residence_given_up_or_undecided", "CALHOUN", "housing", 10, "ask take recommend mail"),
    Story("card_of_another", "LAKEDMV", "state_id", 9, "copies ask take send_again"),
    Story(
        "naturalized_in_the_fifties", "CALHOUN", "snap", 20, "ask take_other recommend mail arrive",
    ),
    Story(
        "unreadable_papers", "HARBOR", "housing", 22,
        "ask take recommend mail arrive take_other send_again",
    ),
    Story(
        "expired_document", "CALHOUN", "tanf", 24,
        "ask take recommend mail arrive take_other draft",
    ),
)  # fmt: skip


def answers(today: date) -> dict[str, AnswerInput]:
    """What a verifier found, by situation."""
    later = (today + timedelta(days=600)).isoformat()
    return {
        "conditions_and_petition_pending": AnswerInput(
            items=(
                {"item": 2},
                {"item": 3, "until": "date", "expires_on": later},
                {"item": 5, "benefit": "Removal of the conditions of residence (I-751)"},
            ),
            comment="The petition was filed in time; the residence goes on until it is decided.",
        ),
        "naturalized_last_week": AnswerInput(items=({"item": 10},)),
        "student_ended": AnswerInput(
            items=({"item": 4},), comment="The school can tell whether the record may be restored."
        ),
        "student_now_worker": AnswerInput(
            items=({"item": 9, "class_code": "H1B", "until": "date", "expires_on": later},),
        ),
        "expired_document": AnswerInput(items=({"item": 4},)),
    }


def play(
    chosen: Mapping[str, dict[str, str]],
    submission_of: Callable[[dict[str, str]], Submission],
    caseworkers: Mapping[str, User],
    *,
    at: datetime,
) -> int:
    """Act out every story whose person is in the truth file; the number of cases begun.

    A case that was begun by an earlier run is left as it is.
    """
    with system_scope():
        verifiers = list(
            User.objects.select_related("office")
            .filter(office__code="SVO", role="status_verifier")
            .order_by("pk")
        )
    begun = 0
    for number, story in enumerate(STORIES):
        row = chosen.get(story.situation)
        if row is None:
            continue
        worker = caseworkers[story.agency]
        submission = replace(
            submission_of(row),
            benefits=(story.benefit,),
            agency_reference=f"{story.agency[:2]}-{31_500 + number}",
        )
        started = office_hours(at - timedelta(days=story.days), 0, now=at)
        try:
            with scope_for(worker):
                case = initial.initiate(by=worker, at=started, submission=submission)
        except CaseError:
            continue
        begun += 1
        acts = story.acts.split()
        stage = Play(story, row, case.number, worker, verifiers, started)
        for place, act in enumerate(acts, 1):
            moment = started + (at - started) * (place - 1) / len(acts)
            stage.at = office_hours(moment, place, now=at)
            getattr(stage, act)()
    return begun


def office_hours(moment: datetime, place: int, *, now: datetime) -> datetime:
    """A moment in the morning of that working day (UTC: the agencies' zones lie west of it).

    `place` keeps acts of one day in their order; what would lie ahead happens in the last hour.
    """
    back = max(0, moment.weekday() - 4)
    day = moment - timedelta(days=back)
    wanted = day.replace(hour=15, minute=4 * place, second=0, microsecond=0)
    return min(wanted, now - timedelta(minutes=40 - 3 * place))


def _typed(value: Any) -> str:
    """A value as it is typed: a day as 09/30/2029."""
    try:
        return f"{date.fromisoformat(str(value)):%m/%d/%Y}"
    except ValueError:
        return str(value)


@dataclass(slots=True)
class Play:
    """The acts of one story. Each asks the case anew, as whoever acts would see it."""

    story: Story
    row: dict[str, str]
    number: str
    worker: User
    verifiers: list[User]
    at: datetime

    def _case(self, by: User) -> Case:
        return Case.objects.visible_to(by).select_related("reviewer").get(number=self.number)

    def _by_worker(self, act: Callable[..., Any], **more: Any) -> None:
        with scope_for(self.worker):
            version = self._case(self.worker).version
            act(case_number=self.number, version=version, by=self.worker, at=self.at, **more)

    def _by_verifier(self, act: Callable[..., Any], **more: Any) -> None:
        with scope_for(self.verifiers[0]):
            case = self._case(self.verifiers[0])
            by = case.reviewer or self.verifiers[0]
        with scope_for(by):
            act(case_number=self.number, version=case.version, by=by, at=self.at, **more)

    def copies(self) -> None:
        """Front and back, as a telephone takes them."""
        sides = ((DocumentKind.FRONT, "Front"), (DocumentKind.BACK, "Back"))
        for place, (kind, side) in enumerate(sides):
            content = photographed(
                self.row["document_type"].upper().replace("_", " "), side, self.number,
                as_pdf=bool(place),
            )  # fmt: skip
            with scope_for(self.worker):
                documents.add(
                    case_number=self.number,
                    content=content,
                    name=f"{side.lower()}.{'pdf' if place else 'jpg'}",
                    kind=kind,
                    by=self.worker,
                    at=self.at,
                )

    def ask(self) -> None:
        self._by_worker(additional.request, reason=self.story.why, comment=self.story.comment)

    def mail(self) -> None:
        self._by_worker(g845.mark_mailed, mailed_on=self.at.date())

    def take(self, which: int = 0) -> None:
        by = self.verifiers[which]
        with scope_for(by):
            review.take(case_number=self.number, by=by, at=self.at)

    def take_other(self) -> None:
        self.take(1)

    def draft(self) -> None:
        """Half an answer, as the verifier's form holds what was ticked and typed."""
        items = self._answer().items
        data: dict[str, Any] = {"items": [str(row["item"]) for row in items]}
        for row in items:
            data |= {f"item_{row['item']}_{name}": _typed(value) for name, value in row.items()}
        data["comment"] = "Compared with the records of today."
        with scope_for(self.verifiers[0]):
            by = self._case(self.verifiers[0]).reviewer
        assert by is not None
        with scope_for(by):
            review.save_draft(case_number=self.number, data=data, by=by, at=self.at)

    def answer(self) -> None:
        self._by_verifier(review.answer, given=self._answer())

    def _answer(self) -> AnswerInput:
        return answers(self.at.date())[self.story.situation]

    def interim(self) -> None:
        self._by_verifier(review.interim_answer, given=AnswerInput(items=({"item": 19},)))

    def recommend(self) -> None:
        self._by_verifier(review.ask_for_documents, given=AnswerInput())

    def send_again(self) -> None:
        given = AnswerInput(send_again=("original", "both_sides"), comments=(3,))
        self._by_verifier(review.ask_for_documents, given=given)

    def arrive(self) -> None:
        with scope_for(self.verifiers[0]):
            g845.record_arrival(case_number=self.number, by=self.verifiers[0], at=self.at)

    def ask_correction(self) -> None:
        """The Central Index does not show the oath: its owner is asked to mend it."""
        by = self.verifiers[0]
        with scope_for(by):
            request = correction.draft(
                record_ref=f"CIS:{self.row['record_id']}",
                field="naturalization_date",
                case_number=self.number,
                by=by,
                at=self.at,
            )
            correction.send(
                request_id=request.pk,
                version=request.version,
                proposed_value=(self.at.date() - timedelta(days=20)).isoformat(),
                reason="CLAIMS 4 has the oath; the Central Index still says resident.",
                by=by,
                at=self.at,
            )
