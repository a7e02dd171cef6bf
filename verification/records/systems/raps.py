"""RAPS, Refugees, Asylum and Parole System: asked for protection, and what was decided."""

from .columns import CODE, DATE, PROTECTED, Column, System

RAPS = System(
    name="RAPS",
    full_name="Refugees, Asylum and Parole System",
    owner="USCIS",
    holds="Refugees, applicants for asylum, and parolees",
    updated="Daily, from the asylum offices",
    successor="Global",
    seen_by=PROTECTED,
    rule="8 CFR 208.6",
    own=(
        Column("filed_on", DATE),
        Column("decision", CODE),
        Column("decided_on", DATE),
        Column("parole_class", CODE),
        Column("parole_until", DATE),
    ),
)
