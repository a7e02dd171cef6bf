"""Papers: tagged PDFs, drawn in a process of their own (`save_portal.documents.pdf`)."""

from typing import Any


def render_pdf(template_name: str, context: dict[str, Any]) -> bytes:
    """The template as a tagged PDF. Raises `save_portal.documents.pdf.DocumentFailed`."""
    # Imported here, for the drawing process imports this package and must not load Django.
    from save_portal.documents import pdf

    return pdf.render_pdf(template_name, context)
