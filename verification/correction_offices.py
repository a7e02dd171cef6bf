"""Which office corrects which record, in the applicant's words (S7.2). English and Spanish."""

from __future__ import annotations

from dataclasses import dataclass

from verification.enums import RecordOwner


@dataclass(frozen=True, slots=True)
class Office:
    """One row of the sheet: the record, its office, and how to ask, each in two languages."""

    owner: str
    record: tuple[str, str]
    office: tuple[str, str]
    how: tuple[str, str]


# The document types whose record each office keeps.
DOCUMENTS: dict[str, frozenset[str]] = {
    RecordOwner.USCIS_RECORDS: frozenset(
        {
            "i551",
            "i766",
            "i327",
            "i571",
            "i797",
            "temporary_i551",
            "mriv",
            "naturalization_certificate",
            "certificate_of_citizenship",
            "other_a_number",
        }
    ),
    RecordOwner.CBP: frozenset(
        {"i94", "i94_in_passport", "foreign_passport", "other_i94", "temporary_i551"}
    ),
    RecordOwner.SCHOOL_OR_SPONSOR: frozenset({"i20", "ds2019"}),
}
OFFICES: tuple[Office, ...] = (
    Office(
        RecordOwner.USCIS_RECORDS,
        (
            "Green card, work card, travel document, naturalization: name, date or number",
            "Tarjeta verde, permiso de trabajo, documento de viaje, naturalización: "
            "nombre, fecha o número",
        ),
        (
            "U.S. Citizenship and Immigration Services (USCIS)",
            "Servicio de Ciudadanía e Inmigración de Estados Unidos (USCIS)",
        ),
        (
            "Make an appointment at a USCIS field office, or ask in writing or online to have "
            "the record amended (Privacy Act).",
            "Pida una cita en una oficina de USCIS, o solicite por escrito o en línea que se "
            "corrija el registro (Ley de Privacidad).",
        ),
    ),
    Office(
        RecordOwner.CBP,
        (
            "Arrival record (I-94): name, date, class of admission",
            "Registro de llegada (I-94): nombre, fecha, clase de admisión",
        ),
        (
            "U.S. Customs and Border Protection (CBP)",
            "Oficina de Aduanas y Protección Fronteriza (CBP)",
        ),
        (
            "Go to a CBP deferred inspection site with your passport and the I-94.",
            "Vaya a una oficina de inspección diferida de CBP con su pasaporte y el I-94.",
        ),
    ),
    Office(
        RecordOwner.SCHOOL_OR_SPONSOR,
        (
            "Student or exchange visitor record (SEVIS)",
            "Registro de estudiante o visitante de intercambio (SEVIS)",
        ),
        (
            "The school official or program sponsor who issued the I-20 or DS-2019",
            "La persona encargada en la escuela o el patrocinador que emitió el I-20 o DS-2019",
        ),
        (
            "Ask that person to correct the record in SEVIS.",
            "Pida a esa persona que corrija el registro en SEVIS.",
        ),
    ),
    Office(
        RecordOwner.EOIR,
        ("Decision of an immigration judge", "Decisión de un juez de inmigración"),
        (
            "The immigration court that decided (EOIR)",
            "El tribunal de inmigración que decidió (EOIR)",
        ),
        ("Write to the clerk of that court.", "Escriba a la secretaría de ese tribunal."),
    ),
    Office(
        RecordOwner.STATE,
        ("Visa", "Visa"),
        (
            "The consulate that issued it (Department of State)",
            "El consulado que la emitió (Departamento de Estado)",
        ),
        ("Write to that consulate.", "Escriba a ese consulado."),
    ),
)


def keeps(owner: str, document_type: str) -> bool:
    """Whether the record behind a document of this type is that office's."""
    return document_type in DOCUMENTS.get(owner, ())


def offices_for(document_type: str) -> list[tuple[Office, bool]]:
    """Every office, those of the document's own record first and marked."""
    rows = [(office, keeps(office.owner, document_type)) for office in OFFICES]
    return sorted(rows, key=lambda row: not row[1])
