"""Logs are one JSON object a line, and carry no data about a person.

Tracebacks are written without local variables: a local variable may be an applicant's name.
"""

from typing import Any

import structlog

# Headers, bodies and query strings are never logged; what remains is an allowlist.
KEPT = {
    "code",
    "event",
    "exc_type",
    "frames",
    "level",
    "logger",
    "method",
    "path_template",
    "request_id",
    "status",
    "task",
    "timestamp",
    "user_id",
    "exception",
}


def keep_only_known_keys(
    logger: Any, method_name: str, event_dict: dict[str, Any]
) -> dict[str, Any]:
    """Drop every key that is not on the allowlist (requests, addresses, arguments, extras)."""
    kept = {key: event_dict[key] for key in event_dict if key in KEPT or key.startswith("_")}
    return kept


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(
                    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
                ),
                keep_only_known_keys,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
    },
}
