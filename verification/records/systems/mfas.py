"""MFAS, the Marriage Fraud Amendment System: residence on conditions, and its petitions."""

from .columns import CODE, DATE, EVERYONE, Column, System

MFAS = System(
    name="MFAS",
    full_name="Marriage Fraud Amendment System",
    owner="USCIS",
    holds="Residents on conditions, by marriage or investment, and the petitions to lift them",
    updated="Daily. A pending petition extends the two years; the Central Index does not show it",
    own=(
        Column("spouse_name"),
        Column("conditional_from", DATE, seen_by=EVERYONE),
        Column("conditional_to", DATE, seen_by=EVERYONE),
        Column("petition", CODE),
        Column("joint_or_waiver", CODE),
        Column("outcome", CODE),
    ),
)
