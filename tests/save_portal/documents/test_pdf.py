"""Papers are drawn by a process of their own: readable, accessible, and unable to look around."""

import io
import os
import signal
import subprocess

import pytest
from page_validation import validate  # noqa: F401
