"""A case in an address, of a page or of the API: its number, however it is written there."""

from __future__ import annotations

from django.urls import register_converter

from verification import case_number


class CaseNumber:
    """`<case_number:number>`: whatever spaces, dashes and small letters, it arrives canonical.

    Whether there is such a case, the service or selector behind the address says.
    """

    regex = "[0-9A-Za-z -]{15,19}"

    def to_python(self, value: str) -> str:
        return case_number.canonical(value)

    def to_url(self, value: object) -> str:
        return str(value)


register_converter(CaseNumber, "case_number")
