"""ISRS, the Image Storage and Retrieval System: the cards issued, with the holder's photo."""

from .columns import CODE, DATE, EVERYONE, IMAGE_FILE, RECEIPT, Column, System

ISRS = System(
    name="ISRS",
    full_name="Image Storage and Retrieval System",
    owner="USCIS",
    holds="Photos, signatures and prints on the cards issued, and what became of each card",
    updated="Daily, with the photos as files beside the CSV",
    successor="CPMS",
    own=(
        Column("card_number", RECEIPT, required=True, filled=True, key="card", seen_by=EVERYONE),
        Column("card_type", CODE, seen_by=EVERYONE),
        Column("issued_on", DATE, seen_by=EVERYONE),
        Column("expires_on", DATE, seen_by=EVERYONE),
        Column("photo", IMAGE_FILE, seen_by=EVERYONE),
        Column("card_status", CODE),
    ),
)
