"""Settings of the benchmarks: the portal's own, without a request log and hashed static files.

And with an empty page, which the others stand beside.
"""

from save_portal.settings import *  # noqa: F403
from save_portal.settings import DATABASES, LOGGING, STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "benchmarks.urls"
LOGGING["root"] = {**LOGGING.get("root", {}), "level": "WARNING"}
for logger in LOGGING.get("loggers", {}).values():
    logger["level"] = "WARNING"
# Sixty-four threads share the pool of one process; each waits for its turn.
DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = 600
