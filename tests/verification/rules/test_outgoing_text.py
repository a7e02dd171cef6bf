"""What a verifier may not write to an agency (S8.2, 8 CFR 208.6, 8 USC 1367)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verification.rules.outgoing_text import refusal

SECRET = ("ZX0418827", "4471HK92", "C01X00T47")
OWN = ("209448177", "648812035B7", "N0031450003", "MSC2155330947")


@pytest.mark.parametrize(
    "text",
    [
        "Passport ZX0418827 shows the entry.",
        "Passport zx 041 8827 shows the entry.",
        "Passport ZX-041-8827",
        "see Z X 0 4 1 8 8 2 7",
        "visa 4471HK92",
        "booklet C01X00T47.",
    ],
)
def test_the_person_s_own_passport_and_visa_numbers_are_found_however_they_are_spaced(text):
    assert "never leave the records (S8.2)" in refusal(text, secret=SECRET, own=OWN)


@pytest.mark.parametrize(
    "text",
    [
        "The new one is P1234567.",
        "The new one is 912345678",
        "The new one is AB 1234567",
        "The new one is 31AA12345",
        "The new one is K-123 456 78",
    ],
)
def test_whatever_is_shaped_like_a_passport_number_is_refused_with_a_remedy(text):
    assert "Write “the passport”" in refusal(text, secret=(), own=OWN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Change of status from F-1 to H-1B took effect on October 1, 2026. No new visa is needed.",
        "A 209-448-177 is the A-number of the applicant.",
        "A-number 209448177, I-94 648812035B7, SEVIS N0031450003, receipt MSC2155330947",
        "Approved on 09/30/2029, 2029-09-30 or 20290930.",
        "Form I-797A of 2026; Form G-845, items 3 and 9",
        "Call 800-555-0199 or write to ZIP 60601-1234.",
        "Admitted under 212(d)(5) at El Paso",
        "Granted asylum on March 3, 2019; asylum was granted to the spouse too",
    ],
)
def test_what_an_agency_may_read_passes(text):
    assert refusal(text, secret=SECRET, own=OWN) == ""


def test_another_person_s_a_number_is_refused():
    assert "not a number of this applicant" in refusal("Wife: A209448188", secret=(), own=OWN)


@pytest.mark.parametrize(
    "text",
    [
        "Her asylum application is pending.",
        "An asylum case pends",
        "Asylum was denied; she appealed",
        "They seek asylum here",
        "Form I-360 approved",
        "A VAWA self-petitioner",
        "holds U-1 status",
        "Victim of trafficking",
        "found credible fear",
    ],
)
def test_protected_facts_are_refused(text):
    assert "8 USC 1367" in refusal(text, secret=(), own=OWN)


# The first number is slow to be drawn on a busy machine.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    number=st.from_regex(r"[A-Z]{0,2}[0-9]{6,9}", fullmatch=True),
    before=st.text(alphabet="abcdefgh ,.", max_size=20),
    gap=st.sampled_from(["", " ", "-", "."]),
)
def test_no_spacing_lets_a_known_number_out(number, before, gap):
    written = gap.join(number)
    assert refusal(f"{before} {written}.", secret=(number,), own=())
