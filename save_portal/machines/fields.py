"""Fields that take exactly their JSON type, and forms that refuse by name what they do not know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from save_portal.machines.problems import FieldError


class Text(serializers.CharField):
    """A JSON string; a number is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"trim_whitespace": False} | kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("Send a JSON string, in quotation marks.")
        return data

    def run_validators(self, value: Any) -> None:
        try:
            super().run_validators(value)
        except serializers.ValidationError as error:
            raise serializers.ValidationError([str(detail) for detail in error.detail]) from None


class Code(serializers.ChoiceField):
    """One of the published codes."""

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str) and data in self.choices:
            return data
        raise serializers.ValidationError(f"Send one of: {', '.join(map(str, self.choices))}.")


class Flag(serializers.BooleanField):
    """true or false, not their names."""

    def to_internal_value(self, data: Any) -> bool:
        if isinstance(data, bool):
            return data
        raise serializers.ValidationError("Send true or false, without quotation marks.")


class Day(serializers.DateField):
    """A day as 2026-11-20."""

    def to_internal_value(self, data: Any) -> date:
        if isinstance(data, str) and len(data) == 10 and data.isascii():
            try:
                return date.fromisoformat(data)
            except ValueError:
                pass
        raise serializers.ValidationError("Send a day as YYYY-MM-DD.")


class Instant(serializers.DateTimeField):
    """An instant as RFC 3339 writes it, with its offset."""

    def to_internal_value(self, data: Any) -> datetime:
        value = None
        if isinstance(data, str) and data.isascii():
            try:
                value = parse_datetime(data)
            except ValueError:
                value = None
        if value is None or value.tzinfo is None or not 1900 <= value.year <= 2200:
            raise serializers.ValidationError(
                "Send an instant with its offset, as 2026-11-20T15:00:00Z."
            )
        return value


class Whole(serializers.IntegerField):
    """A whole number: 3, not 3.0 and not "3"."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise serializers.ValidationError("Send a whole number, without a point.")
        return data


class Strict(serializers.Serializer):
    """A form that names what it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError("Send a JSON object.")
        unknown = [name for name in data if name not in self.fields]
        errors: dict[str, Any] = {
            str(name): ["There is no such field here. Take it out."] for name in unknown
        }
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            detail: Any = error.detail
            raise serializers.ValidationError({**detail, **errors}) from None
        if errors:
            raise serializers.ValidationError(errors)
        return value


def field_errors(detail: Any, pointer: str = "#") -> list[FieldError]:
    """DRF's nested findings as JSON pointers."""
    if isinstance(detail, Mapping):
        found: list[FieldError] = []
        for name, inner in detail.items():
            at = pointer if name == "non_field_errors" else f"{pointer}/{_token(name)}"
            found += field_errors(inner, at)
        return found
    if isinstance(detail, list):
        if any(isinstance(inner, (Mapping, list)) for inner in detail):
            return [
                error
                for place, inner in enumerate(detail)
                for error in field_errors(inner, f"{pointer}/{place}")
            ]
        return [FieldError(pointer, _sentence(inner)) for inner in detail]
    return [FieldError(pointer, _sentence(detail))]


def _token(name: Any) -> str:
    return str(name)[:80].replace("~", "~0").replace("/", "~1")


def _sentence(detail: Any) -> str:
    code = getattr(detail, "code", "")
    return {
        "required": "This field is needed.",
        "null": "This field cannot be null.",
        "blank": "This field cannot be empty.",
    }.get(code, str(detail))
