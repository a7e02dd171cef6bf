"""Agreements, their texts, supplements, signatures and papers, and the links of registrations."""

from agreements.models.agreement import Agreement
from agreements.models.supplement import Supplement, SupplementPaper, SupplementSignature
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
    "Supplement",
    "SupplementPaper",
    "SupplementSignature",
]
