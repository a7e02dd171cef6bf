"""The registry of source systems. To add one: a module here with its `System`, and its name below.

A file may leave out columns that are not marked required, and may hold no column not named.
"""

from .adis import ADIS
from .ccd import CCD
from .cis import CIS
from .claims3 import CLAIMS3
from .claims4 import CLAIMS4
from .columns import Column, Kind, System
from .isrs import ISRS
from .sevis import SEVIS

SYSTEMS: dict[str, System] = {
    system.name: system for system in (CIS, ADIS, SEVIS, CLAIMS3, CLAIMS4, ISRS, CCD)
}

__all__ = ["SYSTEMS", "Column", "Kind", "System"]
