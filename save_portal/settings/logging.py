"""Logs are one JSON object a line, and carry no data about a person.

Tracebacks are written without local variables and without the message: either may hold an
applicant's name, as a refused row does in what PostgreSQL says of it.
"""

from typing import Any

import structlog

# Headers, bodies and query strings are never logged; what remains is an allowlist.
KEPT = {
    "attempts",
    "batch_id",
    "code",
    "event",
    "exc_type",
    "file_id",
    "frames",
    "given_up",
    "level",
    "logger",
    "message_id",
    "method",
    "path_template",
    "request_id",
    "status",
    "task",
    "timestamp",
    "topic",
    "user_id",
    "exception",
}


def keep_only_known_keys(
    logger: Any, method_name: str, event_dict: dict[str, Any]
) -> dict[str, Any]:
    """Drop every key that is not on the allowlist (requests, addresses, arguments, extras)."""
    kept = {key: event_dict[key] for key in event_dict if key in KEPT or key.startswith("_")}
    return kept


def keep_where_it_failed(
    logger: Any, method_name: str, event_dict: dict[str, Any]
) -> dict[str, Any]:
    """Of exceptions, their causes and their groups keep the types and the places, no message."""

    def places(stacks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                "exc_type": stack["exc_type"],
                "is_cause": stack.get("is_cause", False),
                "frames": stack.get("frames", []),
                "exceptions": [places(inner) for inner in stack.get("exceptions", [])],
            }
            for stack in stacks
        ]

    if isinstance(event_dict.get("exception"), list):
        event_dict["exception"] = places(event_dict["exception"])
    return event_dict


def keep_no_path(logger: Any, method_name: str, event_dict: dict[str, Any]) -> dict[str, Any]:
    """Of what Django says of a request, the reason without the path, which anybody may type."""
    record = event_dict.get("_record")
    if record is not None and record.name.startswith("django."):
        words = str(event_dict["event"])
        event_dict["event"] = words.split(":")[0] if record.msg == "%s: %s" else record.msg
    return event_dict


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                keep_no_path,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(
                    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
                ),
                keep_only_known_keys,
                keep_where_it_failed,
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
