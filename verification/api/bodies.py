"""What machines send: bodies and query parameters, as forms that take no surprise."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from save_portal.machines.fields import Code, Day, Flag, Instant, Strict, Text
from verification.enums import (
    AdditionalReason,
    ClosureReason,
    DateNeeded,
    DocumentKind,
    NoQueryReason,
    PhotoAnswer,
    Step,
    SupplementQuestion,
    WaitsFor,
    Wish,
)
from verification.errors import InvalidSubmission
from verification.immigration_documents import DOCUMENT_TYPES, ENUMERATORS, FIELDS, US_ISSUED
from verification.lifecycles.case import CaseStatus
from verification.rules.submission import Submission
from verification.rules.voter import LISTED

NUMBER_LENGTH = 40
CLOSING = [(code, label) for code, label in ClosureReason.choices if code != "expired"]
KINDS = [(code, kind.name) for code, kind in DOCUMENT_TYPES.items()]


class Applicant(Strict):
    family_name = Text(max_length=80, help_text="As on the document.")
    given_name = Text(max_length=80, required=False, allow_blank=True, default="")
    middle_name = Text(max_length=80, required=False, allow_blank=True, default="")
    date_of_birth = Day(help_text="YYYY-MM-DD, as on the document.")
    also_known_as = serializers.ListField(
        child=Text(max_length=90),
        required=False,
        max_length=10,
        default=list,
        help_text="Other names, each as `FAMILY, Given` or in one.",
    )


def _numbers() -> dict[str, Any]:
    return {
        name: Text(
            max_length=NUMBER_LENGTH,
            required=False,
            allow_blank=True,
            default="",
            help_text=f"{FIELDS[name].label}: {FIELDS[name].hint}, such as {FIELDS[name].example}.",
        )
        for name in ENUMERATORS
    }


class Document(Strict):
    """The document that the applicant showed, with the numbers that it carries and no others."""

    type = Code(choices=KINDS)
    expires_on = Day(required=False, allow_null=True, default=None)
    description = Text(
        max_length=60,
        required=False,
        allow_blank=True,
        default="",
        help_text="What it is, of a document of type other_a_number or other_i94.",
    )
    doubt = Text(
        max_length=200,
        required=False,
        allow_blank=True,
        default="",
        help_text="Why the original does not look genuine (S10.2). Then nothing is confirmed by "
        "data alone.",
    )

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), **_numbers()}


class NewCase(Strict):
    """One question about one applicant."""

    applicant = Applicant()
    document = Document()
    benefits = serializers.ListField(
        child=Code(choices=LISTED),
        min_length=1,
        max_length=15,
        help_text="What the person applies for.",
    )
    agency_reference = Text(
        max_length=40,
        required=False,
        allow_blank=True,
        default="",
        help_text="Your own number of the household or application.",
    )
    legal_basis = Text(max_length=200, required=False, allow_blank=True, default="")
    point_of_contact = Text(max_length=100, required=False, allow_blank=True, default="")
    no_query_reason = Code(
        choices=NoQueryReason.choices,
        required=False,
        allow_null=True,
        default=None,
        help_text="Say so where the rules need no query; then none is made (S6, S10.1).",
    )


class CorrectedCase(NewCase):
    """The whole question again, corrected.

    `document` may carry a number of another document, of those that `ask_for` of the answer names.
    """


class PhotoMatch(Strict):
    """Whether the photo that came back shows the applicant (S3.5)."""

    answer = Code(choices=PhotoAnswer.choices)


class Duties(Strict):
    """What was done for the applicant. `false` or null takes back what was recorded by mistake."""

    told_applicant = Flag(required=False, help_text="The applicant was told (S3.7, S5.2).")
    wish = Code(
        choices=Wish.choices,
        required=False,
        allow_null=True,
        help_text="Whether the applicant wants additional verification.",
    )
    correction_sheet = Flag(required=False, help_text="The applicant has the correction sheet.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError("Send at least one duty.")
        return attrs


class FurtherNumbers(Strict):
    def get_fields(self) -> dict[str, Any]:
        return {
            name: Text(max_length=NUMBER_LENGTH, required=False, help_text=FIELDS[name].label)
            for name in US_ISSUED
        }


class AdditionalVerification(Strict):
    """What a status verifier is asked (S3.7). Sending it says the applicant was told and agrees."""

    reason = Code(choices=AdditionalReason.choices)
    comment = Text(max_length=500, required=False, allow_blank=True, default="")
    expected = Text(
        max_length=100,
        required=False,
        allow_blank=True,
        default="",
        help_text="Which status was expected, with the reason status_expected.",
    )
    dates_needed = serializers.ListField(
        child=Code(choices=DateNeeded.choices), required=False, max_length=3, default=list
    )
    also_known_as = serializers.ListField(
        child=Text(max_length=90), required=False, max_length=5, default=list
    )
    further_numbers = FurtherNumbers(required=False, default=dict)


class FormAsked(Strict):
    """Why the documents are sent to the status verifiers with a Form G-845 (S3.9)."""

    reason = Code(choices=AdditionalReason.choices)
    comment = Text(max_length=200, required=False, allow_blank=True, default="")
    supplement = serializers.ListField(
        child=Code(choices=SupplementQuestion.choices), required=False, max_length=7, default=list
    )


class FormMailed(Strict):
    """The form and the copies are on their way; or the uploaded copies go in its place."""

    mailed_on = Day(required=False, help_text="The day of mailing. Leave it out with copies.")
    copies_instead = Flag(
        required=False,
        default=False,
        help_text="Send the uploaded copies electronically, in place of the mailed form.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["copies_instead"] == ("mailed_on" in attrs):
            raise serializers.ValidationError(
                {"mailed_on": "Send the day of mailing, or copies_instead, and not both."}
            )
        return attrs


class Closing(Strict):
    reason = Code(choices=CLOSING)


class CopyKind(serializers.Serializer):
    """One file: PDF, JPEG, PNG or HEIC, at most 20 MB. What is kept is a copy drawn anew."""

    file = serializers.FileField()
    kind = serializers.ChoiceField(choices=DocumentKind.choices, help_text="What the pages show.")


class CaseFilters(Strict):
    """Newest first; by the last action, oldest first, once an `updated_…` is given."""

    status = Code(choices=CaseStatus.choices, required=False)
    step = Code(choices=Step.choices, required=False)
    waiting_for = Code(choices=WaitsFor.choices, required=False)
    benefit = Code(choices=LISTED, required=False)
    reference = Text(required=False, max_length=40, help_text="Your own reference, whole.")
    user = serializers.RegexField(
        r"^[0-9]{1,15}$", required=False, help_text="The id in `handled_by` of a case."
    )
    created_from = Instant(required=False)
    created_to = Instant(required=False, help_text="Up to, and not with, this instant.")
    updated_from = Instant(required=False)
    updated_to = Instant(required=False, help_text="Up to, and not with, this instant.")
    cursor = Text(required=False, max_length=200, help_text="`next_cursor` of the page before.")
    limit = serializers.RegexField(
        r"^(?:[1-9][0-9]?|1[0-9]{2}|200)$",
        required=False,
        default="50",
        help_text="How many cases a page has, 1 to 200.",
    )


class EventFilters(Strict):
    after = serializers.RegexField(
        r"^[0-9]{1,15}$",
        required=False,
        default="0",
        help_text="Only events behind this id: for reading on before you acknowledge.",
    )
    limit = serializers.RegexField(
        r"^(?:[1-9][0-9]?|1[0-9]{2}|200)$",
        required=False,
        default="100",
        help_text="How many events at once, 1 to 200.",
    )


class Nothing(Strict):
    """An empty object."""


def submission_of(data: dict[str, Any]) -> Submission:
    """A checked body as the question that every channel asks."""
    applicant, document = data["applicant"], dict(data["document"])
    return Submission(
        document_type=document.pop("type"),
        document_expires_on=document.pop("expires_on"),
        document_description=document.pop("description"),
        document_doubt=document.pop("doubt"),
        **document,
        family_name=applicant["family_name"],
        given_name=applicant["given_name"],
        middle_name=applicant["middle_name"],
        date_of_birth=applicant["date_of_birth"],
        also_known_as=tuple(applicant["also_known_as"]),
        benefits=tuple(data["benefits"]),
        agency_reference=data["agency_reference"],
        legal_basis=data["legal_basis"],
        point_of_contact=data["point_of_contact"],
        no_query_reason=data["no_query_reason"] or "",
        original_examined=True,
        channel="machine",
    )


IN_APPLICANT = ("family_name", "given_name", "middle_name", "date_of_birth", "also_known_as")
IN_DOCUMENT = {
    "document_type": "type",
    "document_expires_on": "expires_on",
    "document_description": "description",
    "document_doubt": "doubt",
    **{name: name for name in ENUMERATORS},
}


def pointer_of(name: str, *, whole_case: bool) -> str:
    """Where a service's field stands in the body."""
    if whole_case and name in IN_APPLICANT:
        return f"#/applicant/{name}"
    if whole_case and name in IN_DOCUMENT:
        return f"#/document/{IN_DOCUMENT[name]}"
    if not whole_case and name in US_ISSUED:
        return f"#/further_numbers/{name}"
    return "#/file" if name == "files" else f"#/{name}"


def pointers(refused: InvalidSubmission, *, whole_case: bool) -> dict[str, str]:
    """Pointer → sentence."""
    return {
        pointer_of(name, whole_case=whole_case): sentence
        for name, sentence in refused.field_errors.items()
    }
