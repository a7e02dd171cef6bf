"""Papers: tagged PDFs, drawn in a process of their own (`save_portal.documents.pdf`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest


def render_pdf(
    template_name: str, context: dict[str, Any], request: HttpRequest | None = None
) -> bytes:
    """The template as a tagged PDF. Raises `save_portal.documents.pdf.DocumentFailed`.

    With a `request` the paper knows what every page knows: the demonstration, the prices.
    """
    # Imported here, for the drawing process imports this package and must not load Django.
    from save_portal.documents import pdf

    return pdf.render_pdf(template_name, context, request)
