"""WSGI entry point, served by gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "save_portal.settings")

application = get_wsgi_application()

# What the program is made of stays for good: the collector need not look through it each time.
gc.collect()
gc.freeze()
