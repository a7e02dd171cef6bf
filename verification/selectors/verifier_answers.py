"""What status verifiers answered, in the words that the agency reads (S3.8–S3.10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from save_portal.accounts.models import User
from verification import policies
from verification.enums import AnswerKind
from verification.models import AnswerCheck, Case, VerifierAnswer
from verification.rules.answer_words import AnswerWords, words

CORRECTABLE = (AnswerKind.FINAL, AnswerKind.CORRECTION)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer given. `corrected_by` is the answer that followed it, `corrects` the one before."""

    answer: VerifierAnswer
    words: AnswerWords
    corrected_by: VerifierAnswer | None
    corrects: VerifierAnswer | None
    may_correct: bool
    to_check_since: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether no correction followed."""
        return self.corrected_by is None

    @property
    def happened(self) -> str:
        """The answer as a line of a timeline."""
        return {
            AnswerKind.FINAL: "A status verifier answered",
            AnswerKind.INTERIM: "A status verifier is searching further",
            AnswerKind.RESUBMIT: "A status verifier asked for documents again",
            AnswerKind.G845_RECOMMENDED: "A status verifier recommended a Form G-845",
            AnswerKind.CORRECTION: "A status verifier corrected an answer",
        }[AnswerKind(self.answer.kind)]


def given_answers(case: Case, *, user: User) -> list[Given]:
    """All answers to the case, oldest first. One query, and for an office one more.

    An agency does not see the people of an office, so only the office's readers get the name.
    """
    found = case.verifier_answers.all()
    answers = list(found.select_related("by") if user.is_office_staff else found)
    known = {answer.pk: answer for answer in answers}
    waiting = (
        dict(
            AnswerCheck.objects.filter(answer__in=answers, done_at=None).values_list(
                "answer_id", "at"
            )
        )
        if user.is_office_staff
        else {}
    )
    followed = {answer.corrects_id: answer for answer in answers if answer.corrects_id}
    return [
        Given(
            answer=answer,
            words=words(answer),
            corrected_by=followed.get(answer.pk),
            corrects=known.get(answer.corrects_id) if answer.corrects_id else None,
            may_correct=answer.pk not in followed
            and answer.kind in CORRECTABLE
            and policies.can_correct(by=user, answer=answer),
            to_check_since=waiting.get(answer.pk),
        )
        for answer in answers
    ]
