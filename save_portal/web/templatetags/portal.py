"""Tags that every template may use: icons, case numbers, links of a filtered list."""

from typing import Any

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A USWDS icon beside words that say the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("uswds/img/sprite.svg"),
        name,
    )


@register.filter
def case_number(number: str) -> SafeString:
    """15 characters in three groups, as they are read aloud; copied without spaces."""
    return format_html(
        '<span class="cn"><span>{}</span><span>{}</span><span>{}</span></span>',
        number[:5],
        number[5:10],
        number[10:],
    )


@register.simple_tag(takes_context=True)
def address(context: template.Context, **changes: Any) -> str:
    """This page's own address with some parameters changed (None removes one)."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    encoded = query.urlencode()
    return f"{request.path}?{encoded}" if encoded else request.path


@register.filter
def first_control(field: BoundField) -> str:
    """The id of the control that an error summary leads to."""
    if field.use_fieldset:
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id
