"""Forms in the hand of the U.S. Web Design System: label, hint, error, control; dates in boxes."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates

MONTHS = list(calendar.month_name)
PARTS = ("month", "day", "year")
OLDEST_YEAR = 1850


class PortalRenderer(DjangoTemplates):
    """Fields as USWDS draws them, for our forms and those of the sign-in pages."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"


class MemorableDateWidget(forms.MultiWidget):
    """Month, day, year in three boxes; what was typed is shown again as it was typed."""

    template_name = "web/forms/memorable_date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes = [
            forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": size})
            for size in ("usa-input w-2", "usa-input w-2", "usa-input w-4")
        ]
        self.bad_parts: frozenset[int] = frozenset()
        super().__init__(boxes, attrs)

    def decompress(self, value: Any) -> list[str | None]:
        if isinstance(value, dt.date):
            return [str(value.month), str(value.day), f"{value.year:04d}"]
        return [None, None, None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for position, box in enumerate(context["widget"]["subwidgets"]):
            box["label"] = PARTS[position].capitalize()
            for inherited in ("aria-invalid", "aria-describedby"):
                box["attrs"].pop(inherited, None)
            if position in self.bad_parts:
                box["attrs"]["aria-invalid"] = "true"
                box["attrs"]["class"] += " usa-input--error"
        return context


class MemorableDateField(forms.Field):
    """A date typed by hand. An impossible one is refused with what may have happened."""

    widget = MemorableDateWidget

    def __init__(
        self,
        *,
        not_after_today: bool = False,
        name: str = "date",
        today: dt.date | None = None,
        **kwargs: Any,
    ) -> None:
        self.not_after_today = not_after_today
        self.called = name
        self.today = today
        super().__init__(**kwargs)

    def clean(self, value: Any) -> dt.date | None:
        typed = [str(part or "").strip() for part in (value or ["", "", ""])]
        try:
            return self._date(typed)
        except BadDate as refused:
            self.widget.bad_parts = refused.parts
            raise ValidationError(refused.sentence, code="bad_date") from None

    def _date(self, typed: list[str]) -> dt.date | None:
        if not any(typed):
            if self.required:
                raise BadDate(f"Enter the {self.called}.", 0, 1, 2)
            return None
        missing = [position for position in range(3) if not typed[position]]
        if missing:
            names = " and the ".join(PARTS[position] for position in missing)
            raise BadDate(f"The {names} is missing.".replace("and the", "and"), *missing)
        for position, part in enumerate(typed):
            if not (part.isascii() and part.isdigit()):
                raise BadDate(
                    f"Write the {PARTS[position]} in digits. Example: 4 18 1988", position
                )
        month, day = int(typed[0][:4]), int(typed[1][:4])
        if len(typed[2]) != 4:
            raise BadDate("Write the year with 4 digits. Example: 1988", 2)
        year = int(typed[2])
        self._possible(month, day, year)
        found = dt.date(year, month, day)
        today = self.today or dt.date.today()  # noqa: DTZ011
        if self.not_after_today and found > today:
            raise BadDate(f"This {self.called} is in the future.", 2 if year > today.year else 0)
        return found

    def _possible(self, month: int, day: int, year: int) -> None:
        if not 1 <= month <= 12:
            swapped = " Are day and month swapped?" if 1 <= day <= 12 < month <= 31 else ""
            raise BadDate(f"There is no month {month}.{swapped}", 0)
        if year < OLDEST_YEAR or year > 2200:
            raise BadDate(f"{year:04d} cannot be the year. Is one digit wrong?", 2)
        last = calendar.monthrange(year, month)[1]
        if not 1 <= day <= last:
            leap = f" {year}" if month == 2 else ""
            raise BadDate(f"{MONTHS[month]}{leap} has no day {day}; it has {last} days.", 1)


class BadDate(Exception):
    """Why three boxes are no date, and which of them to look at."""

    def __init__(self, sentence: str, *parts: int) -> None:
        self.sentence, self.parts = sentence, frozenset(parts)
        super().__init__(sentence)


class PortalForm(forms.Form):
    """A form drawn by `PortalRenderer`; controls carry the classes of the design system."""

    default_renderer = PortalRenderer
    use_required_attribute = False

    CLASSES: dict[type[Any], str] = {
        forms.CheckboxInput: "usa-checkbox__input",
        forms.CheckboxSelectMultiple: "usa-checkbox__input",
        forms.RadioSelect: "usa-radio__input",
        forms.Select: "usa-select",
        forms.Textarea: "usa-textarea",
        forms.TextInput: "usa-input",
        forms.PasswordInput: "usa-input",
        forms.EmailInput: "usa-input",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            widget = field.widget
            extra = self.CLASSES.get(type(widget))
            if extra:
                widget.attrs["class"] = f"{extra} {widget.attrs.get('class', '')}".strip()
            if isinstance(widget, forms.TextInput):
                widget.attrs.setdefault("autocomplete", "off")

    def full_clean(self) -> None:
        """Controls in error are drawn so."""
        super().full_clean()
        for name in self.errors:
            widget = self.fields[name].widget if name in self.fields else None
            if isinstance(
                widget, (forms.TextInput, forms.EmailInput, forms.Select, forms.Textarea)
            ):
                classes = widget.attrs.get("class", "")
                kind = classes.split(" ")[0]
                if kind.startswith("usa-") and f"{kind}--error" not in classes:
                    widget.attrs["class"] = f"{classes} {kind}--error"

    def add_field_errors(self, errors: dict[str, Any]) -> None:
        """A service's refusal, shown at the fields that it names."""
        for name, sentences in errors.items():
            target = name if name in self.fields else None
            for sentence in [sentences] if isinstance(sentences, str) else sentences:
                self.add_error(target, sentence)


def first_control(field: forms.BoundField) -> str:
    """The id of the control that an error summary leads to."""
    if field.use_fieldset:
        return f"{field.auto_id}_0"
    return str(field.id_for_label or field.auto_id)
