"""The code on a remittance slip: an invoice's number that catches a slip of the pen.

It is written like a case verification number, with its two check letters, and can be typed or
scanned: `RSV2026000001` with check letters is invoice `SV-2026-000001`.
"""

from __future__ import annotations

import re

from billing.errors import BillingError
from verification.case_number import canonical, check_letters, is_case_number

CODE = re.compile(r"RSV(\d{4})(\d{6})[A-Z]{2}")


def code_of(number: str) -> str:
    """The code of the invoice with this number."""
    body = "R" + number.replace("-", "")
    return body + check_letters(body)


def number_of(typed: str) -> str:
    """The number of the invoice whose code was typed or scanned; an invoice's number is one too."""
    code = canonical(typed)
    if found := re.fullmatch(r"SV(\d{4})(\d{6})", code):
        return f"SV-{found[1]}-{found[2]}"
    found = CODE.fullmatch(code)
    if found is None:
        raise BillingError(
            "A code has 15 characters and begins with RSV. It stands under the bars of the slip.",
            field="code",
        )
    if not is_case_number(code):
        raise BillingError(
            "One character of this code is wrong, or two are swapped. Compare it with the slip.",
            field="code",
        )
    return f"SV-{found[1]}-{found[2]}"
