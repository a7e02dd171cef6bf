"""MiDAS, the Microfilm Digitization Application System: some 85 million historical records."""

from .columns import CERTIFICATE, CODE, DATE, EVERYONE, IMAGE_FILE, Column, System

MIDAS = System(
    name="MIDAS",
    full_name="Microfilm Digitization Application System",
    owner="USCIS",
    holds="Indexes from microfilm: naturalizations 1906 to 1956, registry, visa and early A-files",
    updated="History; uploaded when a roll was read again, with the images beside the CSV",
    every_days=None,
    own=(
        Column("c_file_number", CODE),
        Column("certificate_number", CERTIFICATE, key="certificate", seen_by=EVERYONE),
        Column("naturalization_date", DATE, seen_by=EVERYONE),
        Column("court", seen_by=EVERYONE),
        Column("legibility", CODE),
        Column("image", IMAGE_FILE),
    ),
)
