"""Where documents are kept and who scans them, as the environment names it by URL."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

FILE_MODE = 0o600
FOLDER_MODE = 0o700
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 3, 15, 3


def storage(url: str) -> dict[str, Any]:
    """The entry of `STORAGES` for `DOCUMENTS_URL`.

    `file:///folder`, or `s3://bucket/prefix?endpoint_url=…&region_name=…`; the keys to S3 come from
    the environment or the machine's role, never from the URL. A storage that does not answer is
    given up after some seconds, for somebody waits before a page.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path.startswith("/"):
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": unquote(parts.path),
                "file_permissions_mode": FILE_MODE,
                "directory_permissions_mode": FOLDER_MODE,
            },
        }
    if parts.scheme == "s3" and parts.hostname and "@" not in parts.netloc:
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if unknown := asked.keys() - {"endpoint_url", "region_name", "kms_key", "addressing_style"}:
            raise ImproperlyConfigured(f"DOCUMENTS_URL: {', '.join(sorted(unknown))} is not known.")
        sealed = {"ServerSideEncryption": "aws:kms" if "kms_key" in asked else "AES256"}
        if "kms_key" in asked:
            sealed["SSEKMSKeyId"] = asked.pop("kms_key")
        from botocore.config import Config  # only where S3 is asked for: it is large

        waits = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            s3={"addressing_style": asked.pop("addressing_style", "auto")},
        )
        return {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": parts.netloc,
                "location": parts.path.strip("/"),
                "default_acl": None,
                "file_overwrite": False,
                "querystring_auth": True,
                "object_parameters": sealed,
                "client_config": waits,
                **asked,
            },
        }
    raise ImproperlyConfigured(
        "DOCUMENTS_URL: give file:///an/absolute/folder or s3://bucket/prefix, without any key."
    )


def scanner(url: str) -> tuple[str, str | tuple[str, int]] | None:
    """The virus scanner of `CLAMD_URL`: ("tcp", (host, port)), ("unix", path), or None."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "tcp" and parts.hostname:
        return "tcp", (parts.hostname, parts.port or 3310)
    if parts.scheme == "unix" and parts.path:
        return "unix", unquote(parts.path)
    raise ImproperlyConfigured("CLAMD_URL: give tcp://host:port or unix:///path/to/socket.")
