"""The sentences of CaseCheck, found in its templates and modules as they are translated."""

from __future__ import annotations

import ast
import calendar
import re
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

from casecheck.languages import WITHOUT_DATES

MONTHS_IN_ENGLISH = tuple(calendar.month_name)[1:]
# What Django makes of {% translate %} and {% blocktranslate %}.
MARKED = re.compile(r"""\b(?:_|gettext)\((u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))\)""")


def sentences(language: str = "en") -> list[str]:
    """Each sentence once, in the order of files and lines; months where Django lacks them."""
    found: dict[str, None] = {}
    base = Path(settings.BASE_DIR)
    drawings = (base / "templates" / "verification" / "documents").glob("*.svg")
    for template in sorted([*(base / "templates" / "casecheck").rglob("*.*"), *drawings]):
        marked = templatize(template.read_text(encoding="utf-8"), origin=template.name)
        found |= dict.fromkeys(ast.literal_eval(text) for text in MARKED.findall(marked))
    for module in sorted((base / "casecheck").rglob("*.py")):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        found |= dict.fromkeys(
            str(call.args[0].value)
            for call in ast.walk(tree)
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id == "_"
            and isinstance(call.args[0], ast.Constant)
        )
    return [*found, *(MONTHS_IN_ENGLISH if language in WITHOUT_DATES else ())]
