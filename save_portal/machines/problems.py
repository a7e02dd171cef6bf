"""What can go wrong, as RFC 9457 says it: each kind with a stable address, a title and a remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem. `slug` and `status` never change; the rest may be worded better."""

    slug: str
    status: int
    title: str
    means: str
    remedy: str
    example: str = ""

    @property
    def address(self) -> str:
        return reverse("machines:problem", args=[self.slug])


KINDS: dict[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind(
            "malformed-request",
            400,
            "The request cannot be read",
            "The body is not one JSON object, or a header or query parameter has no readable "
            "value. Keys that stand twice, NaN, text that is not UTF-8, and more than 16 levels "
            "of nesting are refused here.",
            "Send the body through a JSON library, and only the parameters that the operation has.",
            "The body is no JSON: expecting ',' delimiter, line 1, column 12.",
        ),
        Kind(
            "not-authenticated",
            401,
            "No valid token",
            "The token is missing, unknown or expired, or its client was ended.",
            "Get a token at /oauth/token/ with the client's credentials, and send it as "
            "`Authorization: Bearer …`.",
            "The token is unknown, has expired, or its client was ended. "
            "Get a new one at /oauth/token/.",
        ),
        Kind(
            "not-permitted",
            403,
            "The client may not do this",
            "A rule of the program keeps this client from the act, whatever the state of the case.",
            "`rule` names the rule. Another client or another agreement may permit it.",
            "Only the caseworkers of the case's agency can do this.",
        ),
        Kind(
            "no-agreement",
            403,
            "No agreement permits this",
            "The agency has no agreement with SAVE in force, or it does not cover this.",
            "The agency administrator sees the agreement in the portal.",
            "Calhoun Human Services has no agreement with SAVE in force today, so nothing can "
            "be asked.",
        ),
        Kind(
            "not-found",
            404,
            "Not there",
            "There is no such thing, or it is not your agency's: the answer is the same.",
            "Check the number or the identifier.",
            "There is no such case among those you may see.",
        ),
        Kind(
            "method-not-allowed",
            405,
            "This address does not have that method",
            "The address exists, the method does not.",
            "`Allow` lists the methods that the address has.",
            'Method "PUT" not allowed.',
        ),
        Kind(
            "not-acceptable",
            406,
            "Not to be had in that format",
            "The `Accept` field names no media type that this address gives.",
            "Accept application/json, or leave the field out.",
            "Could not satisfy the request Accept header.",
        ),
        Kind(
            "too-slow",
            408,
            "The body did not come in time",
            "The body was cut off: for 10 seconds nothing came, or on the whole less than 1,000 "
            "bytes a second. Nothing was done.",
            "Send it again with the same `Idempotency-Key`, over a better line or in a smaller "
            "piece.",
            "The body did not come in time, and was cut off.",
        ),
        Kind(
            "refused",
            409,
            "A rule stands before this",
            "The case is not at a point where this can be done. Nothing was changed.",
            "`detail` says what to do first; `allowed_actions` of the case what can be done now.",
            "Only a case that was not confirmed can be corrected and retried.",
        ),
        Kind(
            "duty-open",
            409,
            "A duty toward the applicant comes first",
            "What the agency owes the applicant stands before the act (S3.5, S3.7).",
            "Do it, record it under …/duties or …/photo-match, and send the request again.",
            "Record first whether the applicant wants additional verification (duty 2).",
        ),
        Kind(
            "duplicate-case",
            409,
            "An open case asks the same",
            "An open case of the agency asks exactly the same. Nothing was sent or charged.",
            "Go on with the case named in `case_number`.",
            "An open case asks exactly the same: 4K7M2P9Q8R3TAXY. Nothing was sent or charged. "
            "Open that case and go on there.",
        ),
        Kind(
            "request-in-progress",
            409,
            "The same request is still being worked on",
            "A request with this `Idempotency-Key` has begun and not ended.",
            "Wait as `Retry-After` says, and send it again with the same key.",
            "A request with this Idempotency-Key is being worked on.",
        ),
        Kind(
            "case-changed",
            412,
            "The case was changed meanwhile",
            "`If-Match` does not name the case as it is now. Nothing of yours was saved.",
            "Get the case, look at it, and send the request with its new `ETag`.",
            "Somebody changed this case since you read it. Nothing of yours was saved.",
        ),
        Kind(
            "body-too-large",
            413,
            "The body is too large",
            "A JSON body has at most 1 MB, a copy of a document 20 MB, a batch 400 MB.",
            "Send less at once.",
            "A JSON body has at most 1,000,000 bytes.",
        ),
        Kind(
            "unsupported-media-type",
            415,
            "The body is of another type",
            "The `Content-Type` is none that this address reads.",
            "Send application/json, for files multipart/form-data.",
            'Unsupported media type "text/plain" in request.',
        ),
        Kind(
            "invalid-fields",
            422,
            "Some fields cannot be taken",
            "A field is missing, unknown, of another type, or breaks a rule. Nothing was charged.",
            "`errors` has a JSON pointer and a sentence for each field. Correct them all at once.",
            "1 field cannot be taken.",
        ),
        Kind(
            "key-used-for-another-request",
            422,
            "This Idempotency-Key belongs to another request",
            "The key came before, with another body or for another address.",
            "Use a new key for a new request, the old key only to repeat the old one.",
            "This Idempotency-Key was used for a request with other content.",
        ),
        Kind(
            "precondition-required",
            428,
            "Say which version of the case you have seen",
            "An act on a case needs `If-Match` with the `ETag` of the case that you looked at.",
            "Get the case and send its `ETag` as `If-Match`.",
            "Send If-Match with the ETag of the case.",
        ),
        Kind(
            "too-many-requests",
            429,
            "Too many requests",
            "The client used up what it may ask in a minute.",
            "Wait as `Retry-After` says. `RateLimit` tells beforehand what is left.",
            "The client may make 6,000 requests a minute.",
        ),
        Kind(
            "server-error",
            500,
            "The portal failed",
            "Something broke on our side. The request left nothing behind.",
            "Send it again with the same `Idempotency-Key`. If it persists, tell us `request_id`.",
            "The request failed and left nothing behind.",
        ),
        Kind(
            "unavailable",
            503,
            "The portal cannot answer now",
            "A part that is needed is not there for the moment. The request left nothing behind.",
            "Wait as `Retry-After` says, and send it again with the same `Idempotency-Key`.",
            "The database cannot be reached.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a field. `pointer` is a JSON pointer into the body."""

    pointer: str
    detail: str


@dataclass(eq=False)
class Problem(Exception):
    """A request that cannot be done, ready to be answered."""

    kind: Kind
    detail: str
    errors: list[FieldError] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.detail

    def as_json(self, *, request_id: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": self.kind.address,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "request_id": request_id,
        }
        if self.errors:
            body["errors"] = [
                {"pointer": error.pointer, "detail": error.detail} for error in self.errors
            ]
        return body | self.more


def problem(
    slug: str,
    detail: str = "",
    *,
    errors: Iterable[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Problem:
    kind = KINDS[slug]
    return Problem(kind, detail or kind.means, list(errors), more, dict(headers or {}))


def invalid(errors: Iterable[FieldError]) -> Problem:
    found = list(errors)
    count = "1 field" if len(found) == 1 else f"{len(found)} fields"
    return problem("invalid-fields", f"{count} cannot be taken.", errors=found)
