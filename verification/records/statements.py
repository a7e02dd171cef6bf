"""The eligibility statements that initial verification may answer with, as published."""

TEXTS: dict[int, str] = {
    1: "Lawful Permanent Resident – Employment Authorized",
    3: "Section 245A Temporary Resident – Temporary Employment Authorized",
    4: "Cuban/Haitian Entrant – Temporary Employment Authorized",
    5: "Institute Additional Verification",
    7: "Application Pending – Temporary Employment Authorized",
    10: "Temporary Employment Authorized",
    12: "Lawful Permanent Resident",
    13: "Non-Immigrant",
    18: "Refugee – Employment Authorized",
    20: "Asylee – Employment Authorized",
    22: "Temporary Resident – Temporary Employment Authorized",
    24: "United States Citizen",
    32: "Student Requiring SEVIS ID Number",
    37: (
        "Initial Verification Failed: Name or DOB mismatch, or record not found for document number"
    ),
    119: "SEVIS ID is not active",
    122: "Student Status Temporary Authorized",
    128: "Non-Immigrant – Temporary Employment Authorized",
    148: "Asylum Application Pending – Employment Authorized",
    168: "Non-Immigrant – Employment Authorized CNMI Only",
    188: "DACA – Employment Authorized",
    189: "Temporary Protected Status – Employment Authorized",
}
