"""What a price list names: each kind of act, and the least that a month with any use costs."""

from __future__ import annotations

from verification.enums import ChargeKind

MINIMUM = "minimum"
PRICED = [*ChargeKind.choices, (MINIMUM, "Minimum for a month with any use")]
EXEMPTABLE = ("federal", "state", "local", "tribal")  # a contractor counts as whom it acts for
