"""The program's words: statuses, reasons, benefits, as `docs/contract.md` fixes them."""

from django.db import models

from save_portal.benefits import Benefit as Benefit


class Step(models.TextChoices):
    """The three steps and the end (S3)."""

    INITIAL = "initial", "Initial verification"
    ADDITIONAL = "additional", "Additional verification"
    G845 = "g845", "Form G-845"
    CLOSED = "closed", "Closed"


class WaitsFor(models.TextChoices):
    CASEWORKER = "caseworker", "Caseworker"
    VERIFIER = "verifier", "Status verifier"
    NOBODY = "nobody", "Nobody"


class Pile(models.TextChoices):
    """Where an open case lies; PostgreSQL keeps it (`Case.pile`). One that is done lies nowhere."""

    PROMPT = "prompt", "Prompted, nobody has acted"
    UNREAD = "unread", "An answer that nobody has opened"
    ACT = "act", "Waits for an act of the agency"
    SAVE = "save", "Waits for SAVE"


class Need(models.TextChoices):
    """What a case needs today, most urgent first: the sections of My work."""

    PROMPT = "prompt", "Prompted, nobody has acted"
    OVER = "over", "Overdue"
    SOON = "soon", "Due soon"
    READ = "read", "Answers to read"
    LATER = "later", "Due later"
    SAVE = "save", "Waiting for SAVE"


class Outcome(models.TextChoices):
    """What initial verification found; a miss says nothing about the person (S1.4)."""

    CONFIRMED = "confirmed", "Confirmed"
    ADDITIONAL_VERIFICATION = "additional_verification", "Institute additional verification"


class Reason(models.TextChoices):
    """Why initial verification did not confirm: which typed field to look at, never a value."""

    NO_RECORD = "no_record", "No record was found for this document number."
    NAME_MISMATCH = "name_mismatch", "Not the name on the record found."
    DATE_OF_BIRTH_MISMATCH = "date_of_birth_mismatch", "Not the date on the record found."
    DOCUMENT_MISMATCH = "document_mismatch", "The numbers do not belong to one document."
    AMBIGUOUS = "ambiguous", "More than one record could be meant."
    SEVIS_ID_REQUIRED = "sevis_id_required", "A student's record is found by its SEVIS ID."
    SEVIS_INACTIVE = "sevis_inactive", "The school's record is not active."
    STATUS_NEEDS_REVIEW = "status_needs_review", "The records need a status verifier's eyes."
    DOCUMENT_SUSPECT = "document_suspect", "You doubt that the document is genuine."
    SOURCE_UNAVAILABLE = "source_unavailable", "A record system that is needed did not answer."


class Certainty(models.TextChoices):
    """How sure a confirmed answer is, from whose records they are and which status is theirs."""

    VERY_SURE = "very_sure", "Very sure"
    SURE = "sure", "Sure"
    FAIRLY_SURE = "fairly_sure", "Fairly sure"


class ClosureReason(models.TextChoices):
    COMPLETED = "completed", "Completed"
    APPLICANT_DECLINED = "applicant_declined", "The applicant declined further verification"
    ENTERED_IN_ERROR = "entered_in_error", "Entered in error"
    SUPERSEDED = "superseded", "Superseded by a newer document"
    WITHDRAWN = "withdrawn", "Withdrawn by the agency"
    EXPIRED = "expired", "180 days without action"


class PhotoAnswer(models.TextChoices):
    """The caseworker's answer to "Is this the person?" (S3.5)."""

    YES = "yes", "Yes, the same person"
    NO = "no", "No, another person"
    CANNOT_TELL = "cannot_tell", "I cannot tell"


class Wish(models.TextChoices):
    """What the applicant said about additional verification (S2.2, S3.7)."""

    WANTS = "wants", "Yes, wants it"
    DECLINES = "declines", "No, does not want it"


class AdditionalReason(models.TextChoices):
    """Why a status verifier is asked (S3.7)."""

    STATUS_EXPECTED = "status_expected", "Another status was expected"
    DATE_NEEDED = "date_needed", "A date is needed that the answer does not show"
    DOCUMENT_DOUBTFUL = "document_doubtful", "The document or the photo is doubtful"
    PROMPTED = "prompted", "SAVE could not confirm"
    CUBAN_HAITIAN = "cuban_haitian", "Cuban or Haitian entrant"
    VAWA = "vawa", "Self-petitioner under the Violence Against Women Act"
    OTHER = "other", "Other"


class DateNeeded(models.TextChoices):
    """The dates that an agency may need beside a status (item 19 of Form G-845)."""

    EAD = "ead", "Date of employment authorization"
    GRANT = "grant", "Date the status was granted"
    ADMITTED_TO = "admitted_to", "Date to which the person is admitted"


class AnswerKind(models.TextChoices):
    """What a status verifier's answer does to the case (S3.8–S3.10)."""

    FINAL = "final", "Answer"
    INTERIM = "interim", "Interim answer"
    RESUBMIT = "resubmit", "Documents to be sent again"
    G845_RECOMMENDED = "g845_recommended", "Form G-845 recommended"
    CORRECTION = "correction", "Corrected answer"


class ResubmitReason(models.TextChoices):
    """What exactly the agency sends again, so that the case goes on (S3.9)."""

    BOTH_SIDES = "both_sides", "Both sides of the document"
    ORIGINAL = "original", "A copy made from the original"
    UNREADABLE = "unreadable", "A copy that can be read"
    EXPIRED = "expired", "The most recent document"
    CONSENT_NEEDED = "consent_needed", "The original signed consent to disclosure"


class ChargeKind(models.TextChoices):
    """What is charged (S4.1)."""

    INITIAL = "initial", "Initial verification"
    RETRY = "retry", "Retry"
    ADDITIONAL = "additional", "Additional verification"
    G845 = "g845", "Form G-845, additional verification skipped"
    PAPER_G845 = "paper_g845", "Paper Form G-845"


class NoQueryReason(models.TextChoices):
    """Situations in which nobody is queried (S6, S10.1)."""

    EMERGENCY_MEDICAID = "emergency_medicaid", "Emergency-only Medicaid"
    CITIZEN_BY_BIRTH = "citizen_by_birth", "Documented as a citizen by birth"


class EventKind(models.TextChoices):
    """What an eligibility system is told of (S10.1)."""

    ANSWERED = "answered", "A status verifier answered"
    CLOSED = "closed", "The case was closed"
    APPLICANT_WANTS = "applicant_wants", "The applicant asked for additional verification"
    RECORD_CORRECTED = "record_corrected", "A record behind the answer was corrected"
    COPY_REFUSED = "copy_refused", "A copy of a document was refused"


class Promise(models.TextChoices):
    """A time that the program sets for everybody, in federal working days."""

    NOTICE = "notice", "Telling the applicant"
    ADDITIONAL = "additional", "Additional verification"
    G845 = "g845", "Form G-845"
    CORRECTION = "correction", "A record owner's reply"


class RecordOwner(models.TextChoices):
    """The office that alone can correct a record, and where the applicant turns to (S7.2)."""

    USCIS_RECORDS = "uscis_records", "USCIS Records"
    CBP = "cbp", "CBP deferred inspection"
    SCHOOL_OR_SPONSOR = "school_or_sponsor", "School or program sponsor (SEVP)"
    STATE = "state", "Department of State"
    EOIR = "eoir", "Immigration court (EOIR)"
    ICE = "ice", "ICE"


class CorrectionSubject(models.TextChoices):
    """What an applicant finds wrong in a record, before anybody knows which datum it is (S7.2)."""

    NAME = "name", "The name"
    DATE_OF_BIRTH = "date_of_birth", "The date of birth"
    NUMBER = "number", "A number"
    STATUS = "status", "The status, or a date of it"
    OTHER = "other", "Something else"


class DisclosureFault(models.TextChoices):
    """Why a display of a person's data was wrongful (S10.3)."""

    NO_PURPOSE = "no_purpose", "No lawful purpose was found"
    OTHER_PERSON = "other_person", "It showed another person's data"
    NOT_COVERED = "not_covered", "The agreement does not cover it"
    ACCOUNT_MISUSED = "account_misused", "The account was used by somebody else"


class DocumentKind(models.TextChoices):
    """What the pages of a copy show (S3.9)."""

    FRONT = "front", "Front side"
    BACK = "back", "Back side"
    BOTH_SIDES = "both_sides", "Both sides"
    OTHER_PAGE = "other_page", "Another page of the document"
    CONSENT = "consent", "Signed consent to disclosure"
    OTHER = "other", "Another paper"


class DocumentLanguage(models.TextChoices):
    """In what a copy is written, so that a verifier who reads it can take the case."""

    ENGLISH = "en", "English"
    SPANISH = "es", "Spanish"
    ARABIC = "ar", "Arabic"
    CHINESE = "zh", "Chinese"
    CREOLE = "ht", "Haitian Creole"
    FARSI = "fa", "Farsi or Dari"
    FRENCH = "fr", "French"
    KOREAN = "ko", "Korean"
    PORTUGUESE = "pt", "Portuguese"
    RUSSIAN = "ru", "Russian"
    TAGALOG = "tl", "Tagalog"
    UKRAINIAN = "uk", "Ukrainian"
    VIETNAMESE = "vi", "Vietnamese"
    OTHER = "other", "Another language"


class ReminderKind(models.TextChoices):
    """What a mail reminds of; `_ESCALATED` goes to the supervisors (S3.7, S3.10)."""

    TELL_APPLICANT = "tell_applicant", "Tell the applicant that SAVE could not confirm"
    PROMPT = "prompt", "Additional verification is prompted"
    PROMPT_ESCALATED = "prompt_escalated", "Nobody acted on a prompt"
    ANSWER = "answer", "An answer waits to be read"
    ANSWER_ESCALATED = "answer_escalated", "Nobody read an answer"
    FORM = "form", "A Form G-845 waits to be mailed"
    FORM_ESCALATED = "form_escalated", "Nobody mailed a Form G-845"
    REVIEW_OVERDUE = "review_overdue", "An answer of the status verifiers is overdue"


class FormWay(models.TextChoices):
    """How a Form G-845 reached the status verifiers (S3.3, S3.4)."""

    POST = "post", "Printed and mailed"
    COPIES = "copies", "Copies sent electronically"
    PAPER = "paper", "Paper form alone"


class SupplementQuestion(models.TextChoices):
    """What the Supplement to Form G-845 asks beside the status (items 9a–9h)."""

    STATUS = "status", "Immigration status, and since when"
    CITIZENSHIP = "citizenship", "Citizenship"
    ABUSE = "abuse", "Special benefit provisions for victims of abuse"
    SPONSOR = "sponsor", "Affidavit of support: is there a sponsor?"
    CUBAN_HAITIAN = "cuban_haitian", "Cuban or Haitian entrant"
    RELEASE = "release", "A signed release form is enclosed (proceedings at EOIR)"
    STATUS_1996 = "status_1996", "Status as of August 22, 1996"
