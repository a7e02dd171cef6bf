"""Tags that every template may use: icons, case numbers, links of a filtered list."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from save_portal.web.forms import first_control

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
    return request.path + query(context, **changes)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """This page's parameters, for another page's address, with some changed (None removes one)."""
    request: HttpRequest = context["request"]
    parameters = request.GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    encoded = parameters.urlencode()
    return f"?{encoded}" if encoded else ""


register.filter("first_control", first_control)


@register.filter
def dollars(amount: Decimal | str) -> str:
    """An amount in dollars and cents; "nothing" where nothing is paid."""
    amount = Decimal(amount or 0)
    sign = "−" if amount < 0 else ""
    return f"{sign}${abs(amount):,.2f}" if amount else "nothing"


@register.filter
def absolute(value: int) -> int:
    return abs(value)


@register.filter
def day(value: Any) -> str:
    """A date in words; what is no date (such as D/S) stays as it is."""
    if isinstance(value, dt.date):
        return f"{value:%B} {value.day}, {value.year}"
    return "duration of status (D/S)" if value == "D/S" else str(value)
