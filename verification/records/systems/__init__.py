"""The registry of source systems. To add one: a module here with its `System`, and its name below.

A file may leave out columns that are not marked required, and may hold no column not named.
docs/systems.md is made from these modules (`manage.py describe_systems`).
"""

from .adis import ADIS
from .ccd import CCD
from .cis import CIS
from .claims3 import CLAIMS3
from .claims4 import CLAIMS4
from .columns import IMAGE_FILE, Column, Kind, System, Viewer
from .edms import EDMS
from .eid import EID
from .eoir import EOIR
from .isrs import ISRS
from .mfas import MFAS
from .midas import MIDAS
from .niis import NIIS
from .raps import RAPS
from .rnacs import RNACS
from .sevis import SEVIS

SYSTEMS: dict[str, System] = {
    system.name: system
    for system in (
        CIS, ADIS, NIIS, SEVIS, CLAIMS3, CLAIMS4, RNACS, ISRS, MFAS, RAPS, EDMS, MIDAS,
        EID, CCD, EOIR,
    )
}  # fmt: skip

__all__ = ["IMAGE_FILE", "SYSTEMS", "Column", "Kind", "System", "Viewer"]
