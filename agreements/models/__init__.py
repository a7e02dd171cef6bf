"""Agreements, their texts, signatures and papers, and the links of registrations."""

from agreements.models.agreement import Agreement
from agreements.models.text import (
    AgreementText,
    EndReminder,
    RegistrationLink,
    Signature,
    SignedPaper,
)

__all__ = [
    "Agreement",
    "AgreementText",
    "EndReminder",
    "RegistrationLink",
    "Signature",
    "SignedPaper",
]
