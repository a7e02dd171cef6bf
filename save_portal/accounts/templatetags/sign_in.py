"""Draws the controls of the sign-in forms with the classes of the design system."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()

CLASSES = {"checkbox": "usa-checkbox__input", "textarea": "usa-textarea", "select": "usa-select"}


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The control without a placeholder: its label says what it is for."""
    field.field.widget.attrs.pop("placeholder", None)
    style = CLASSES.get(field.widget_type, "usa-input")
    if field.errors:
        style += " usa-input--error"
    return field.as_widget(attrs={"class": style})
