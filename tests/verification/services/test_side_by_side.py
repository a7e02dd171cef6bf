"""The verifier's table leaves out nothing that this verifier may see."""

from datetime import date

from verification.records.held import Held
from verification.records.systems import Viewer
from verification.services.person_records import PersonRecords
from verification.services.side_by_side import arrange


def test_an_order_of_removal_and_columns_without_a_line_of_their_own_are_shown():
    record = Held(
        pk=1,
        system="CIS",
        record_id="C1",
        updated_on=date(2026, 11, 1),
        family_name="KUMAR",
        given_name="PRIYA",
        date_of_birth=date(1984, 3, 13),
        own={"order_date": "2026-10-09", "file_control_office": "NYC", "passport_number": "X1"},
    )
    table = arrange(
        PersonRecords((record,), ()), Viewer.VERIFIER, uploads=(), today=date(2026, 11, 23)
    )
    lines = {line.kind.label: line.cells[0].text for line in table.lines}

    assert lines["Order of removal"] == "Oct 9, 2026"
    assert lines["File control office"] == "NYC"
    assert "X1" not in lines.values()
