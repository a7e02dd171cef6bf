"""EDMS, the Enterprise Document Management System: the scanned papers of an A-file."""

from .columns import DATE, IMAGE_FILE, STAFF, Column, Kind, System

PAGES = Kind("pages", r"[0-9]{1,5}", "a number of pages")

EDMS = System(
    name="EDMS",
    full_name="Enterprise Document Management System",
    owner="USCIS",
    holds="Digitized A-files: one record for each paper, with its image",
    updated="Daily, as files are scanned, with the images as files beside the CSV",
    successor="Content Management Services",
    seen_by=STAFF,
    rule="a paper of the file is shown to the staff that reviews it, never passed on",
    own=(
        Column("document_type", required=True),
        Column("document_date", DATE),
        Column("pages", PAGES),
        Column("image", IMAGE_FILE),
    ),
)
