"""How long a Form G-845 takes to draw, beside typst setting the same words as a tagged PDF."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from benchmarks.measure import percentiles, timed
from benchmarks.row import Row
from save_portal.accounts.models import Agency, User
from save_portal.documents.pdf import Renderer
from verification import g845_form
from verification.g845_answers import COMMENTS, ITEMS
from verification.models import Case, G845Form
from verification.rules.g845 import copies_to_enclose

AT_ONCE = 10


def form_g845(*, times: int) -> list[Row]:
    """The form in the process that draws papers, warm; ten at once; and typst as a reference."""
    case, form = _case(), G845Form(reason="document_doubtful", comment="The seal looks altered")
    filled = g845_form.filled_form(case, form, completed_on=date(2026, 11, 23))
    html = _html(case, filled)
    numbers = (f"{number:013d}XY" for number in count())
    renderer = Renderer()

    def draw() -> None:
        # Another number each time, so that nothing is drawn from a memory of the last one.
        renderer.render(html.replace(filled.family_name, next(numbers)))

    try:
        draw()  # warm
        before = _processor_ms(renderer)
        one = _row("Form G-845 as a PDF", draw, times)
        spent = (_processor_ms(renderer) - before) / (times + 1)
        one.name += f", {spent:,.0f} ms of the processor"
        one.aim = "p50 ≤ 150 ms"
        rows = [one]
        crowd = timed(lambda: _together(lambda: renderer.render(html)))
        each = Row(f"{AT_ONCE} forms asked for at once, each", 0, 0, AT_ONCE)
        each.p50 = crowd * 1000 / AT_ONCE
        each.share, each.against = each.p50 / (one.p50 or 1), "p50 of one alone"
        rows.append(each)
    finally:
        renderer.close()
    try:
        import typst
    except ImportError:
        return rows
    source = _typst(case, filled)
    compiler = typst.Compiler(source.encode())

    def set_by_typst() -> None:
        words = source.replace(filled.family_name, next(numbers)).encode()
        compiler.compile(input=words, format="pdf", pdf_standards=["ua-1"])

    reference = _row("the same words by typst (no HTML)", set_by_typst, times)
    one.share, one.against = (reference.p50 or 0) / (one.p50 or 1), "typst's speed"
    return [*rows, reference]


def _row(name: str, draw: Callable[[], Any], times: int) -> Row:
    draw()
    p50, p99 = percentiles([timed(draw) for _ in range(times)])
    return Row(name, 0, 0, times, p50=p50, p99=p99, per_second=1000 / p50)


def _processor_ms(renderer: Renderer) -> float:
    """What the process that draws has used, user and system: a busy machine changes it little."""
    assert renderer._process is not None
    fields = Path(f"/proc/{renderer._process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") * 1000


def _together(draw: Callable[[], Any]) -> None:
    threads = [threading.Thread(target=draw) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _case() -> Case:
    """A case that was never saved; every name in it is made up."""
    return Case(
        number="7Q2M4K9T3B5XRAB",
        agency=Agency(name="Calhoun County Human Services"),
        handled_by=User(full_name="Dana Whitfield", role="general_user", phone="555-010-2000"),
        document_type="i551",
        family_name="Arreola-Quiñones",
        given_name="Ana Lucía",
        date_of_birth=date(1990, 5, 31),
        a_number="209448177",
        card_number="MSC2155330947",
        benefits=["snap", "medicaid"],
        agency_reference="HH-20571",
        status="g845_recommended",
    )


def _html(case: Case, filled: g845_form.FilledForm) -> str:
    page = {"mail_to": MAIL_TO, "enclose": copies_to_enclose(case.document_type)}
    return render_to_string(
        "pdf/g845.html",
        {
            "case": case,
            "filled": filled,
            "page": page,
            "edition": g845_form.EDITION,
            "answers": ITEMS.values(),
            "comments": COMMENTS.values(),
        },
    )


MAIL_TO = ["USCIS SAVE Program", "Status Verification Office", "000 Main Street", "Anytown, MD"]


def _typst(case: Case, filled: g845_form.FilledForm) -> str:
    """The same words in typst's own language: the two tables and the open boxes."""

    def text(value: object) -> str:
        said = str(value).replace("\\", "\\\\").replace('"', '\\"')
        return f'#"{said}"'

    def ticks(boxes: list[g845_form.Box]) -> str:
        return " \\ ".join(text(f"{'☒' if box.ticked else '☐'} {box.label}") for box in boxes)

    items = [
        ("1. A-Number", text(filled.a_number)),
        ("2. I-94 number", text(filled.i94_number)),
        ("3. Other number", text(filled.other_number)),
        ("4. Its document", text(filled.other_document)),
        ("5. Last name", text(filled.family_name)),
        ("First name", text(filled.given_name)),
        ("6. Case number", text(case.grouped_number)),
        ("7. Date of birth", text(filled.date_of_birth)),
        ("8. SSN", ""),
        ("9. SEVIS number", text(filled.sevis_id)),
        ("10. Nationality", ""),
        ("11. Copies attached", text(copies_to_enclose(case.document_type)[0])),
        ("12. Benefit or purpose", ticks(filled.purposes)),
        ("13. Agency case number", text(filled.agency_case_number)),
        ("14. Agency official", text(filled.official_name)),
        ("15. Title", text(filled.official_title)),
        ("16. Telephone", text(filled.phone)),
        ("17. Fax", ""),
        ("18. Date completed", text(filled.completed_on)),
        ("19. Reason", f"{ticks(filled.reasons)} \\ {text(filled.reason_text)}"),
    ]
    cells = ",\n".join(f"[{text(label)}], [{value}]" for label, value in items)
    details = {
        item.number: " ".join(f"{detail.label}: ________" for detail in item.details)
        for item in ITEMS.values()
    }
    answers = " \\\n".join(
        text(f"☐ {item.number}. {item.label} {details[item.number]}") for item in ITEMS.values()
    )
    comments = " \\\n".join(text(f"☐ {c.code}. {c.label}") for c in COMMENTS.values())
    address = " \\ ".join(text(line) for line in MAIL_TO)
    return f"""#set document(title: "Form G-845, case {case.number}")
#set page("us-letter", margin: 0.7in, header: {text(filled.applicant)[1:]})
#set text(lang: "en", size: 10pt)
= Document Verification Request
{address}
== Part 1. To be completed by the agency
#table(columns: (30%, 70%), {cells})
#pagebreak()
== Part 2. Response of USCIS
{answers}
== Part 3. Comments of USCIS
{comments}
"""
