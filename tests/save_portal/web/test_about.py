"""What anybody may read about the program without signing in (S9)."""

import pytest

EVENTS = {
    "1986": "six programs",
    "1996": "any lawful purpose",
    "2005": "REAL ID",
    "2008": "system-of-records notice",
    "2010": "privacy impact assessments",
    "2014": "mandatory for SNAP",
}


@pytest.mark.django_db
def test_the_history_of_the_program_is_told(client):
    text = client.get("/about/").content.decode()
    for year, event in EVENTS.items():
        assert event in text.partition(f"<strong>{year}.</strong>")[2].partition("</li>")[0]
    assert "neither affiliated with nor endorsed by" in text
