"""NIIS, the Nonimmigrant Information System: both halves of the I-94, as written at entry."""

from .columns import ADMISSION_COLUMNS, Column, System

NIIS = System(
    name="NIIS",
    full_name="Nonimmigrant Information System",
    owner="CBP",
    holds="The arrival and departure halves of Form I-94; the statistics of admissions rest on it",
    updated="Daily. The same admissions as ADIS, before anything later reached them",
    successor="the I-94 part of TECS",
    own=(*ADMISSION_COLUMNS, Column("carrier"), Column("us_address")),
)
