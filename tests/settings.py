"""Settings of the test suite: the same portal, with fast hashing and no pool."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("DEMO", "1")
# A process of pytest-xdist (gw0, gw1, ...) works on the cluster that was started for it.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # Programs that a test starts are told their database by the test itself.
    urls = os.environ.pop("TEST_DATABASE_URLS", "").split()
    if urls:
        os.environ["DATABASE_URL"] = urls[int(worker.removeprefix("gw")) % len(urls)]
# The browser driver runs an event loop in the test's own thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

from save_portal.documents import places
from save_portal.settings import *  # noqa: F403
from save_portal.settings import DATABASES, STORAGES

DATABASES["default"]["OPTIONS"].pop("pool")
# Tests that commit are cleaned up by truncation, which append-only tables refuse otherwise.
DATABASES["default"]["OPTIONS"]["options"] = "-c save.allow_flush=on"
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
# The first process makes the folder and removes it; those that it starts have their place in it.
if "TEST_DOCUMENTS" not in os.environ:
    os.environ["TEST_DOCUMENTS"] = tempfile.mkdtemp(prefix="save-documents-")
    atexit.register(shutil.rmtree, os.environ["TEST_DOCUMENTS"], ignore_errors=True)
DOCUMENTS = Path(os.environ["TEST_DOCUMENTS"], worker or "alone")
STORAGES["documents"] = places.storage(DOCUMENTS.as_uri())
CLAMD_URL = ""
ALLOWED_HOSTS = ["*"]
