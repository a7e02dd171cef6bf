"""What an administrator fills in about people, and the password that an invited person sets."""

from __future__ import annotations

from typing import Any

from django import forms

from save_portal.accounts.models import User
from save_portal.accounts.people.policies import is_office, roles_to_give
from save_portal.accounts.people.selectors import places
from save_portal.accounts.roles import AGENCY_ROLES
from save_portal.web.forms import PortalForm

ROLE_HELP = (
    "A caseworker sees their own cases, and those of a group that shares them. A supervisor sees "
    "the agency's. An administrator keeps people, the agreement and invoices too."
)


def _role_field(by: User, *, of_offices: bool | None = None) -> forms.ChoiceField:
    roles = [
        role
        for role in roles_to_give(by)
        if of_offices is None or (role not in AGENCY_ROLES) == of_offices
    ]
    return forms.ChoiceField(
        label="Role",
        choices=[(str(role), role.label) for role in roles],
        widget=forms.RadioSelect,
        help_text="" if is_office(by) else ROLE_HELP,
        error_messages={"required": "Choose the role."},
    )


def _place_fields(by: User) -> dict[str, forms.Field]:
    if is_office(by):
        return {
            "office": forms.ChoiceField(
                label="Office", choices=[("", "Choose an office"), *places(by)], required=False
            )
        }
    return {
        "place": forms.ChoiceField(
            label="Department or group",
            choices=[("", "No department"), *places(by)],
            required=False,
        )
    }


class PlaceForm(PortalForm):
    """A form with a role and a place; `placed()` gives the place as services take it."""

    def placed(self) -> dict[str, int | None]:
        chosen = self.cleaned_data.get("place") or self.cleaned_data.get("office") or ""
        names = {"d": "department_id", "g": "group_id", "o": "office_id"}
        return {names[chosen[0]]: int(chosen[1:])} if chosen else {}


class InviteForm(PlaceForm):
    full_name = forms.CharField(
        label="Name",
        max_length=150,
        error_messages={"required": "Write the name of the person."},
    )
    email = forms.EmailField(
        label="E-mail address",
        help_text="The person's own address at work. It is what they sign in with.",
        error_messages={
            "required": "Write the e-mail address.",
            "invalid": "Write an e-mail address, such as name@agency.example.",
        },
    )

    def __init__(self, data: Any = None, *, by: User) -> None:
        super().__init__(data)
        self.fields["role"] = _role_field(by)
        self.fields.update(_place_fields(by))
        if is_office(by):
            self.fields["agency_code"] = forms.CharField(
                label="Code of the agency",
                help_text="Only for an agency administrator. Example: CALHOUN",
                max_length=20,
                required=False,
            )
        _dress(self)


class MoveForm(PlaceForm):
    def __init__(self, data: Any = None, *, by: User, person: User) -> None:
        super().__init__(data, initial={"role": person.role, **_place_of(person)})
        self.fields["role"] = _role_field(by, of_offices=person.office_id is not None)
        self.fields.update(_place_fields(by))
        _dress(self)


class DepartmentForm(PortalForm):
    name = forms.CharField(
        label="Name", max_length=200, error_messages={"required": "Write a name."}
    )


class GroupForm(DepartmentForm):
    cases_shared = forms.BooleanField(
        label="Members see and act on each other's cases",
        required=False,
    )


class SetPasswordForm(PortalForm):
    password = forms.CharField(
        label="Password",
        help_text="At least 12 characters. A few words that nobody would guess are best.",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": "Set a password."},
    )
    again = forms.CharField(
        label="The same password again",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": "Type the password a second time."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "password" in cleaned and "again" in cleaned and cleaned["password"] != cleaned["again"]:
            self.add_error("again", "The two passwords differ. Type both again.")
        return cleaned


def _place_of(person: User) -> dict[str, str]:
    if person.office_id is not None:
        return {"office": f"o{person.office_id}"}
    if person.group_id is not None:
        return {"place": f"g{person.group_id}"}
    return {"place": f"d{person.department_id}"} if person.department_id is not None else {}


def _dress(form: PortalForm) -> None:
    """Fields that were added late carry the classes of the design system too."""
    for field in form.fields.values():
        if "class" not in field.widget.attrs and (extra := form.CLASSES.get(type(field.widget))):
            field.widget.attrs["class"] = extra
