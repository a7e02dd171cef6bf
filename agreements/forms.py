"""What an agency and the program office fill in."""

from __future__ import annotations

from typing import Any

from django import forms

from agreements.articles import Article
from agreements.enums import AccessMode, Kind, Purpose
from agreements.rules import check_choices, check_terms
from agreements.text import TITLES
from save_portal.accounts.models import Agency
from save_portal.benefits import offered
from save_portal.web.forms import MemorableDateField, PortalForm

ZONES = (
    ("America/New_York", "Eastern"),
    ("America/Chicago", "Central"),
    ("America/Denver", "Mountain"),
    ("America/Phoenix", "Arizona"),
    ("America/Los_Angeles", "Pacific"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("America/Puerto_Rico", "Atlantic (Puerto Rico, Virgin Islands)"),
    ("Pacific/Guam", "Guam and Northern Marianas"),
    ("Pacific/Pago_Pago", "American Samoa"),
)
KINDS = [choice for choice in Agency.Kind.choices if choice[0] != Agency.Kind.CONTRACTOR]
SECTIONS = (
    ("Your agency", ("agency_name", "agency_kind", "tax_id", "street", "city", "state", "zip_code",
                     "time_zone")),
    ("What you need SAVE for", ("kind", "legal_basis", "purposes", "benefits", "access_modes",
                                "monthly_volume", "contractors")),
    ("Who speaks and signs for the agency", ("contact_name", "contact_email", "contact_phone",
                                             "signatory_name", "signatory_title",
                                             "signatory_email")),
    ("Your first administrator", ("administrator_name", "administrator_email")),
)  # fmt: skip
LISTS = ("purposes", "benefits", "access_modes")


def _text(label: str, hint: str = "", *, length: int = 150, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=length,
        error_messages={"required": f"Fill in: {label.lower()}."},
        **more,
    )


def _mail(label: str, hint: str = "") -> forms.EmailField:
    return forms.EmailField(
        label=label,
        help_text=hint,
        error_messages={
            "required": f"Fill in: {label.lower()}.",
            "invalid": "Write a whole address. Example: name@agency.gov",
        },
    )


def _boxes(label: str, choices: Any, hint: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        help_text=hint,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one."},
    )


class BeginForm(PortalForm):
    email = _mail("Your e-mail address at the agency", "We mail you a link to go on with.")


class ChoicesForm(PortalForm):
    """All that an agency says of itself and chooses (S1.2, S1.3, S2.4)."""

    agency_name = _text("Name of the agency", "Example: Calhoun County Human Services", length=200)
    agency_kind = forms.ChoiceField(
        label="Kind of government",
        choices=KINDS,
        help_text="A territory counts as a state, a city or county as local.",
    )
    tax_id = forms.RegexField(
        label="Tax identification number (EIN)",
        regex=r"^\d{2}-?\d{7}$",
        help_text="Example: 12-3456789",
        error_messages={
            "required": "Fill in: tax identification number.",
            "invalid": "It has 9 digits. Example: 12-3456789",
        },
    )
    street = _text("Street address")
    city = _text("City", length=80)
    state = forms.RegexField(
        label="State",
        regex=r"^[A-Za-z]{2}$",
        help_text="Two letters. Example: AL",
        error_messages={"invalid": "Two letters. Example: AL", "required": "Fill in: state."},
    )
    zip_code = forms.RegexField(
        label="ZIP code",
        regex=r"^\d{5}(-\d{4})?$",
        help_text="Example: 36201",
        error_messages={"invalid": "5 digits. Example: 36201", "required": "Fill in: ZIP code."},
    )
    time_zone = forms.ChoiceField(label="Time zone", choices=ZONES)
    kind = forms.ChoiceField(
        label="Kind of agreement",
        choices=Kind.choices,
        help_text="A memorandum, unless a federal matching program is the reason.",
    )
    legal_basis = _text(
        "Law that authorizes or requires the check",
        "Example: Social Security Act, section 1137(d)",
        length=500,
    )
    purposes = _boxes("Purposes", Purpose.choices, "Only what your decisions need (S5.3).")
    benefits = _boxes("Programs", offered, "Each needs its purpose ticked above.")
    access_modes = _boxes(
        "Ways of access", AccessMode.choices, "AAMVAnet is for motor-vehicle departments only."
    )
    monthly_volume = forms.IntegerField(
        label="Requests a month that you expect",
        min_value=1,
        max_value=5_000_000,
        widget=forms.TextInput({"inputmode": "numeric"}),
        error_messages={
            "required": "Write a number. Example: 250",
            "invalid": "Write a number in digits. Example: 250",
        },
    )
    contractors = forms.CharField(
        label="Contractors that act for you",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="One a line: name and task. Leave it empty if there is none.",
    )
    contact_name = _text("Contact for the agreement")
    contact_email = _mail("E-mail of the contact")
    contact_phone = _text("Telephone of the contact", "Example: 256-555-0134", length=30)
    signatory_name = _text("Official with authority to sign", "As in the official's account later.")
    signatory_title = _text("Title of the official", "Example: Director")
    signatory_email = _mail("E-mail of the official")
    administrator_name = _text("Name of the administrator", "Invites people, keeps accounts.")
    administrator_email = _mail("E-mail of the administrator", "May be the official's.")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["contractors"] = [
            line.strip() for line in str(data.get("contractors", "")).splitlines() if line.strip()
        ]
        data["state"] = str(data.get("state", "")).upper()
        if not self.errors:
            self.add_field_errors(check_choices(data))
        return data

    @property
    def sections(self) -> list[tuple[str, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in SECTIONS]

    @staticmethod
    def shown(choices: dict[str, Any]) -> dict[str, Any]:
        """Kept choices as the form shows them."""
        return {**choices, "contractors": "\n".join(choices.get("contractors") or [])}

    @classmethod
    def typed(cls, post: Any) -> dict[str, Any]:
        """What was typed, as it is kept while it cannot stand yet."""
        kept: dict[str, Any] = {}
        for name in cls.base_fields:
            value: Any = post.getlist(name) if name in LISTS else str(post.get(name, ""))[:2000]
            kept[name] = value.splitlines() if name == "contractors" else value
        return kept


class ProposalForm(PortalForm):
    """What is changed in a further version: choices, or a clause added to an article."""

    purposes = _boxes("Purposes", Purpose.choices, "")
    benefits = _boxes("Programs", offered, "")
    access_modes = _boxes("Ways of access", AccessMode.choices, "")
    legal_basis = _text("Law that authorizes or requires the check", length=500)
    contact_name = _text("Contact for the agreement")
    contact_email = _mail("E-mail of the contact")
    contact_phone = _text("Telephone of the contact", length=30)
    article = forms.TypedChoiceField(
        label="Add a clause to an article",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "None")] + [(a.value, f"{a}: {TITLES[a]}") for a in Article],
    )
    clause = forms.CharField(
        label="The clause",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Empty takes a clause of that article away again.",
    )
    note = forms.CharField(label="Why, for the other side", required=False, max_length=1000)


class SupplementForm(PortalForm):
    """What a signed agreement is changed in, and from when (S5)."""

    purposes = _boxes("Purposes", Purpose.choices, "Only what your decisions need (S5.3).")
    benefits = _boxes("Programs", offered, "Each needs its purpose ticked above.")
    access_modes = _boxes(
        "Ways of access", AccessMode.choices, "AAMVAnet is for motor-vehicle departments only."
    )
    contractors = forms.CharField(
        label="Contractors that act for the agency",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="One a line: name, then task. A contractor that is taken out asks nothing more.",
    )
    contact_name = _text("Contact for the agreement")
    contact_email = _mail("E-mail of the contact")
    contact_phone = _text("Telephone of the contact", length=30)
    signatory_name = _text("Official with authority to sign", "A new official signs this.")
    signatory_title = _text("Title of the official")
    signatory_email = _mail("E-mail of the official", "The address of the official's account.")
    effective_on = MemorableDateField(
        label="It holds from",
        help_text="Today or later. If the second signature comes later, from that day.",
        name="day from which it holds",
    )
    note = forms.CharField(label="Why, for the other side", required=False, max_length=1000)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["contractors"] = [
            line.strip() for line in str(data.get("contractors", "")).splitlines() if line.strip()
        ]
        if not self.errors:
            self.add_field_errors(check_terms(data))
        return data


class ContractorForm(PortalForm):
    """Which of the contractors that the agreement names, and its first administrator."""

    line = forms.ChoiceField(label="Contractor", widget=forms.RadioSelect)
    administrator_name = _text("Name of its administrator")
    administrator_email = _mail("E-mail of its administrator")

    def __init__(self, data: Any = None, *, lines: list[str]) -> None:
        super().__init__(data)
        field: Any = self.fields["line"]
        field.choices = [(line, line) for line in lines]
        field.error_messages["required"] = "Choose the contractor."


class SignForm(PortalForm):
    typed_name = _text("Your name, as it stands in your account")
    consent = forms.BooleanField(
        label="I have read the text, have the authority to sign it, and sign it with legal effect.",
        error_messages={
            "required": "Tick that you have read the text and sign it with legal effect."
        },
    )


class ReasonForm(PortalForm):
    message = forms.CharField(
        label="What the agency has to know",
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "Write what the agency has to know."},
    )
