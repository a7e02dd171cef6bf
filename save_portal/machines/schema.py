"""The OpenAPI 3.1 description, made from the endpoints themselves."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from save_portal.machines.operations import Operation
from save_portal.machines.problems import KINDS, Kind

# Shapes of answers, by name; each app adds its own.
SHAPES: dict[str, dict[str, Any]] = {
    "Problem": {
        "type": "object",
        "description": "What went wrong, as RFC 9457 says it.",
        "required": ["type", "title", "status", "detail", "request_id"],
        "properties": {
            "type": {"type": "string", "description": "The page of this kind of problem."},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "A sentence for the person in charge."},
            "request_id": {"type": "string", "description": "As in X-Request-ID and our logs."},
            "rule": {"type": "string", "description": "The rule of the program behind it."},
            "case_number": {"type": "string", "description": "The case that asks the same."},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": {
                        "pointer": {"type": "string", "description": "A JSON pointer."},
                        "detail": {"type": "string"},
                    },
                },
            },
        },
    }
}
SECURITY = {
    "oauth2": {
        "type": "oauth2",
        "description": "Client credentials of the agency. A token holds for an hour.",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/oauth/token/",
                "scopes": {"save": "Everything that the client is bound to."},
            }
        },
    }
}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x21-\x7e]+$"},
    OpenApiParameter.HEADER,
    description="A UUID of your own for this request. Sent again with the same body it gives the "
    "same answer, for seven days; nothing is done or charged twice.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": r'^"[0-9]{1,9}"$'},
    OpenApiParameter.HEADER,
    required=True,
    description="The `ETag` of the case that you looked at.",
)
NUMBER = OpenApiParameter(
    "number",
    {"type": "string", "pattern": "^[0-9A-Z]{13}[A-Z]{2}$"},
    OpenApiParameter.PATH,
    description="The case verification number.",
)
HEADERS = {
    "X-Request-ID": "The id of this request; yours, if you sent one.",
    "RateLimit": "What is left of the minute, and for how many seconds.",
    "RateLimit-Policy": "How many requests a minute.",
    "SAVE-Mode": "`sandbox` where a client of the test mode asked; else there is none.",
    "Server-Timing": "Milliseconds: `total`, and `sources`, the federal record systems' share.",
}


class Described(AutoSchema):
    """Reads the `operations` of an endpoint, its `form` and its `parameters`."""

    @property
    def operation(self) -> Operation:
        found: Operation = self.view.operations[self.method.lower()]
        return found

    def is_excluded(self) -> bool:
        return self.method.lower() not in getattr(self.view, "operations", {})

    def get_operation_id(self) -> str:
        return self.operation.id

    def get_summary(self) -> str:
        return self.operation.summary

    def get_description(self) -> str:
        return str(type(self.view).__doc__ or "")

    def is_deprecated(self) -> bool:
        return self.operation.ends is not None

    def get_tags(self) -> list[str]:
        return [self.operation.tag]

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{"oauth2": ["save"]}]

    def get_override_parameters(self) -> list[Any]:
        found: list[Any] = []
        if "{number}" in self.path:
            found.append(NUMBER)
        if self.method == "POST":
            found.append(IDEMPOTENCY_KEY)
        if self.operation.versioned:
            found.append(IF_MATCH)
        if self.method == "GET" and self.view.parameters is not None:
            found.append(self.view.parameters)
        return found

    def get_request_serializer(self) -> Any:
        return self.view.form if self.method == "POST" else None

    def get_examples(self) -> list[OpenApiExample]:
        example = self.operation.request_example
        if example is None or self.method != "POST":
            return []
        return [OpenApiExample("A request", value=example, request_only=True)]

    def get_response_serializers(self) -> dict[Any, OpenApiResponse]:
        operation = self.operation
        answers: dict[Any, OpenApiResponse] = {}
        if operation.status == 204:
            answers[204] = OpenApiResponse(description="Done; nothing to say.")
        elif "/" in operation.answer:
            answers[operation.status, operation.answer] = OpenApiResponse(
                {"type": "string", "format": "binary"}, description=operation.summary
            )
        else:
            answers[operation.status, "application/json"] = OpenApiResponse(
                {"$ref": f"#/components/schemas/{operation.answer}"},
                description=operation.summary,
                examples=[OpenApiExample("An answer", value=operation.example)],
            )
        by_status: dict[int, list[Kind]] = {}
        for kind in operation.kinds(self.method.lower(), one="{" in self.path):
            by_status.setdefault(kind.status, []).append(kind)
        for status, kinds in by_status.items():
            answers[status, "application/problem+json"] = OpenApiResponse(
                {"$ref": "#/components/schemas/Problem"},
                description=", or: ".join(kind.title for kind in kinds) + ".",
                examples=[
                    OpenApiExample(kind.slug, value=example_of(kind), response_only=True)
                    for kind in kinds
                ],
            )
        return answers


def example_of(kind: Kind) -> dict[str, Any]:
    """A problem of this kind, as it is answered."""
    example: dict[str, Any] = {
        "type": kind.address,
        "title": kind.title,
        "status": kind.status,
        "detail": kind.example,
        "request_id": "0d9f5c1e-5b0f-4f0e-9a53-3d7a2b8c4e11",
    }
    if kind.slug == "invalid-fields":
        example["errors"] = [
            {
                "pointer": "#/document/a_number",
                "detail": "An A-number has 7 to 9 digits. You typed 6.",
            }
        ]
    if kind.slug == "duplicate-case":
        example |= {"rule": "S4.1", "case_number": "4K7M2P9Q8R3TAXY"}
    if kind.slug == "duty-open":
        example["rule"] = "S3.7"
    return example


def complete(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """The shapes of answers, the security scheme, the fields of every answer's head."""
    parts = result.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for schema in schemas.values():
        if schema.get("type") == "object":
            schema["additionalProperties"] = False
    schemas |= SHAPES
    parts["securitySchemes"] = SECURITY
    parts["headers"] = {
        name: {"description": text, "schema": {"type": "string"}} for name, text in HEADERS.items()
    }
    result["info"]["description"] = ABOUT
    result["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    result["servers"] = [{"url": "/", "description": "This portal"}]
    for path in result["paths"].values():
        for operation in path.values():
            for answer in operation["responses"].values():
                answer["headers"] = {
                    name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS
                }
    return result


ABOUT = (
    "All that a caseworker can do in the browser, for eligibility systems. SAVE decides nothing "
    "about eligibility. No matching record does not mean unlawful presence, ineligibility or "
    "non-citizenship: it only means that the records that could be searched did not confirm."
)

__all__ = ["KINDS", "SHAPES", "Described", "complete", "example_of"]
