"""The signed agreement, its supplement and the certificate pass the rules of accessible PDF."""

import page as pdf_rules
import pytest

from agreements.models import SignedPaper, SupplementPaper
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from save_portal.documents import render_pdf
from tests.agreements.conftest import in_force
from tests.agreements.test_supplements import concluded
from tests.agreements.test_training import certificate_of, passed
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


def check_accessible(content: bytes) -> None:
    """PDF/UA-1: tagged, titled, in a language, every part with its role."""
    report = pdf_rules.validate_pdf_bytes(
        bytes(content), profile=pdf_rules.ValidationProfile.PDF_UA_1
    )
    assert report.is_compliant, str(report)


def test_the_signed_agreement_of_either_kind(officer):
    agreement, _ = in_force(officer, kind="cma", contractors=["Helping Hands, data entry"])
    with system_scope():
        content = SignedPaper.objects.get(agreement=agreement).content
    check_accessible(content)


def test_the_signed_supplement(officer):
    agreement, signatory = in_force(officer)
    concluded(agreement, signatory, officer, benefits=["snap"], contractors=["Helping Hands"])
    with system_scope():
        check_accessible(SupplementPaper.objects.get().content)


def test_the_certificate(agency):
    dana = make_user("Dana", Role.GENERAL_USER, agency=agency, trained=False)
    passed(dana)
    context = {"certificate": certificate_of(dana), "demo": True}
    check_accessible(render_pdf("pdf/certificate.html", context))
