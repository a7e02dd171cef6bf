"""The case and what belongs to it."""

from verification.models.additional_request import AdditionalDraft, AdditionalRequest
from verification.models.answer import InitialAnswer
from verification.models.answer_time import AnswerTime
from verification.models.batch import Batch, BatchChunk, BatchFault, BatchRow
from verification.models.case import Case
from verification.models.case_document import CaseDocument
from verification.models.case_move import CaseMove
from verification.models.charge import ChargeEvent
from verification.models.correction import (
    CorrectionEvidence,
    CorrectionNotice,
    CorrectionRequest,
)
from verification.models.draft import CaseDraft, NoQuery
from verification.models.event import Event
from verification.models.g845 import G845Form, G845Mailing
from verification.models.reminder import Reminder
from verification.models.review import (
    AnswerCheck,
    ReviewDraft,
    SecondReview,
    SecondReviewShare,
    VerifierAnswer,
)
from verification.models.saved_view import SavedView
from verification.models.wrongful_disclosure import WrongfulDisclosure

__all__ = [
    "AdditionalDraft",
    "AdditionalRequest",
    "AnswerCheck",
    "AnswerTime",
    "Batch",
    "BatchChunk",
    "BatchFault",
    "BatchRow",
    "Case",
    "CaseDocument",
    "CaseDraft",
    "CaseMove",
    "ChargeEvent",
    "CorrectionEvidence",
    "CorrectionNotice",
    "CorrectionRequest",
    "Event",
    "G845Form",
    "G845Mailing",
    "InitialAnswer",
    "NoQuery",
    "Reminder",
    "ReviewDraft",
    "SavedView",
    "SecondReview",
    "SecondReviewShare",
    "VerifierAnswer",
    "WrongfulDisclosure",
]
