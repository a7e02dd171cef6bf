"""ISRS, the Image Storage and Retrieval System: the cards issued, with the holder's photo."""

from .columns import CODE, DATE, RECEIPT, Column, Kind, System

PHOTO_FILE = Kind(
    "photo_file",
    r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,3}",
    "the name of a file beside the CSV",
)

ISRS = System(
    name="ISRS",
    full_name="Image Storage and Retrieval System",
    owner="USCIS",
    own=(
        Column("card_number", RECEIPT, required=True, filled=True, key="card"),
        Column("card_type", CODE),
        Column("issued_on", DATE),
        Column("expires_on", DATE),
        Column("photo", PHOTO_FILE),
        Column("card_status", CODE),
    ),
)
