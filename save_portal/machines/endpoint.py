"""The manners of every endpoint: who asks, how often, in which scope, and how it is answered.

A request is authenticated, counted, then answered in the scope of the client's agency: one
transaction, which a refusal or a failure undoes whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from time import perf_counter
from typing import Any, ClassVar
from uuid import uuid4

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from save_portal import audit
from save_portal.accounts.roles import Permission
from save_portal.accounts.tenancy import agency_scope
from save_portal.machines import pacing, repeating, sandbox
from save_portal.machines.answers import Answer, as_json
from save_portal.machines.fields import field_errors
from save_portal.machines.oauth import TokenAuthentication
from save_portal.machines.operations import Operation
from save_portal.machines.problems import KINDS, FieldError, Problem, invalid, problem
from save_portal.machines.reading import Form, StrictJSON, is_text
from save_portal.web.timing import measuring

logger = structlog.get_logger(__name__)
Translate = Callable[[Any], Problem]
_refusals: dict[type[Exception], Translate] = {}
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# An answer is data: a browser that is led to one loads nothing by it and shows it in no frame.
NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'"
ENTITY_TAG = re.compile(r'"(\d{1,9})"')


def translates(refusal: type[Exception]) -> Callable[[Translate], Translate]:
    """Registers how an app's refusals become problems."""

    def register(function: Translate) -> Translate:
        _refusals[refusal] = function
        return function

    return register


class Bytes(BaseRenderer):
    """Lets a client accept what is no JSON; never used to render."""

    media_type = "application/pdf"
    format = "pdf"


class Picture(Bytes):
    media_type = "image/*"
    format = "picture"


class Endpoint(APIView):
    """Subclasses have methods that give an `Answer`; `form` is what their POST reads.

    `now` is the instant of the request: in a sandbox, what its clock shows.
    """

    authentication_classes: ClassVar = [TokenAuthentication]
    permission_classes: ClassVar[list[Any]] = []
    parser_classes: ClassVar = [StrictJSON]
    renderer_classes: ClassVar = [JSONRenderer]
    metadata_class = None
    permission: Permission = Permission.ACT_ON_CASE
    now: datetime
    operations: ClassVar[Mapping[str, Operation]] = {}
    form: type[Serializer] | None = None
    parameters: type[Serializer] | None = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)
        # Browsers' rules (terms, sessions) are not for machines; the permission is asked here.
        view.permission, view.public = cls.permission, True
        return view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        begun = perf_counter()
        self.args, self.kwargs = args, kwargs
        self.left: pacing.Left | None = None
        self.mode = ""
        self.request_id = _request_id(request)
        with measuring() as measured:
            made = self.initialize_request(request, *args, **kwargs)
            self.request = made
            try:
                request.get_host()  # refuses a host that is not ours
                self.initial(made, *args, **kwargs)
                response = _response(self._answer(made, *args, **kwargs))
            except Exception as error:
                response = self.refuse(error)
        if self.left is not None:
            for name, value in self.left.headers().items():
                response.headers.setdefault(name, value)
        operation = self.operations.get(str(request.method).lower())
        if operation is not None and operation.ends is not None:
            for name, value in operation.ends.headers().items():
                response.headers[name] = value
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers["Content-Security-Policy"] = NOTHING_RUNS
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["X-Request-ID"] = self.request_id
        if self.mode:
            response.headers["SAVE-Mode"] = self.mode
        total = perf_counter() - begun
        response.headers["Server-Timing"] = ", ".join(
            f"{name};dur={seconds * 1000:.1f}"
            for name, seconds in {"total": total, "sources": 0.0, **measured}.items()
        )
        return response

    def check_throttles(self, request: Request) -> None:
        self.mode = "sandbox" if request.auth.is_test else ""
        self.left = request.auth.left
        pacing.check(self.left)

    def perform_authentication(self, request: Request) -> None:
        if request.auth is None:
            raise exceptions.NotAuthenticated()

    def check_permissions(self, request: Request) -> None:
        if not request.user.can(self.permission):
            raise problem("not-permitted")

    def _answer(self, request: Request, *args: Any, **kwargs: Any) -> Answer:
        method = str(request.method).lower()
        handler = getattr(self, method, None) if method in self.http_method_names else None
        if handler is None:
            raise exceptions.MethodNotAllowed(method.upper())
        client = request.auth
        key = repeating.key_of(request.headers.get("Idempotency-Key")) if method == "post" else None
        asked = self._question(request) if key is not None else ""
        with (
            agency_scope(client.agency_id),
            audit.coming_by(client=client.client_id, request=self.request_id),
        ):
            self.now = sandbox.now_in(client.agency, at=timezone.now())
            if key is None:
                answer: Answer = handler(request, *args, **kwargs)
                return answer
            return repeating.once(
                key,
                asked,
                client=client,
                at=timezone.now(),
                act=lambda: handler(request, *args, **kwargs),
            )

    def _question(self, request: Request) -> str:
        files = {}
        for name, file in getattr(request, "FILES", {}).items():
            files[name] = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
        data = request.data
        fields = {name: data.getlist(name) for name in data} if hasattr(data, "getlist") else data
        fields = {name: value for name, value in fields.items() if name not in files}
        path = f"{request.path} {request.headers.get('If-Match', '')}"
        return repeating.question("POST", path, fields, files)

    # -- what handlers use

    def read(self) -> dict[str, Any]:
        """The body, checked by `form`."""
        assert self.form is not None
        return _checked(self.form, self.request.data)

    def query(self) -> dict[str, Any]:
        """The query parameters, checked by `parameters`; one that is not known is refused."""
        given = self.request.query_params
        for name in given:
            if not is_text(name) or not all(is_text(value) for value in given.getlist(name)):
                raise problem("malformed-request", "A query parameter has a character of no text.")
            if len(given.getlist(name)) > 1:
                raise problem("malformed-request", f"The parameter {name[:40]} stands twice.")
        known = form_of(self.parameters).fields if self.parameters is not None else {}
        if unknown := [name[:40] for name in given if name not in known]:
            raise problem("malformed-request", f"There is no parameter {', '.join(unknown)}.")
        if self.parameters is None:
            return {}
        try:
            return _checked(self.parameters, given.dict())
        except Problem as wrong:
            raise problem(
                "malformed-request",
                " ".join(f"{error.pointer[2:]}: {error.detail}" for error in wrong.errors),
            ) from None

    def version(self) -> int:
        """The version of the case that the client has seen, by `If-Match`."""
        field = self.request.headers.get("If-Match")
        if field is None:
            raise problem("precondition-required", "Send If-Match with the ETag of the case.")
        match = ENTITY_TAG.fullmatch(field.strip())
        if match is None:
            raise problem("case-changed", "If-Match does not name the case as it is now.")
        return int(match[1])

    # -- what goes wrong

    def refuse(self, error: Exception) -> HttpResponse:
        found = self._problem_of(error)
        response = HttpResponse(
            as_json(found.as_json(request_id=self.request_id)),
            status=found.kind.status,
            content_type="application/problem+json",
            headers=found.headers,
        )
        if found.kind.status == HTTPStatus.UNAUTHORIZED:
            response["WWW-Authenticate"] = TokenAuthentication().authenticate_header(self.request)
        if found.kind.status == HTTPStatus.METHOD_NOT_ALLOWED:
            response["Allow"] = ", ".join(self.allowed_methods)
        return response

    @property
    def allowed_methods(self) -> list[str]:
        return [name.upper() for name in ("get", "head", "post", "delete") if hasattr(self, name)]

    def _problem_of(self, error: Exception) -> Problem:
        if isinstance(error, Problem):
            return error
        for base in type(error).__mro__:
            if (translate := _refusals.get(base)) is not None:
                return translate(error)
        if isinstance(error, exceptions.ValidationError):
            return invalid(field_errors(error.detail))
        slug = next((slug for known, slug in SLUGS if isinstance(error, known)), "")
        if slug == "unavailable":
            logger.exception("api.unavailable", code=slug)
            return problem(slug, KINDS[slug].example, headers={"Retry-After": "5"})
        if not slug:
            logger.exception("api.failed", code="server-error")
            return problem("server-error", KINDS["server-error"].example)
        told = isinstance(error, exceptions.APIException) and slug != "not-found"
        return problem(slug, str(error) if told else KINDS[slug].means)


SLUGS: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.AuthenticationFailed, "not-authenticated"),
    (exceptions.NotAuthenticated, "not-authenticated"),
    (exceptions.PermissionDenied, "not-permitted"),
    (PermissionDenied, "not-permitted"),
    (exceptions.NotFound, "not-found"),
    (Http404, "not-found"),
    (exceptions.MethodNotAllowed, "method-not-allowed"),
    (exceptions.NotAcceptable, "not-acceptable"),
    (exceptions.UnsupportedMediaType, "unsupported-media-type"),
    (exceptions.ParseError, "malformed-request"),
    (UnreadablePostError, "too-slow"),
    (RequestDataTooBig, "body-too-large"),
    (SuspiciousOperation, "malformed-request"),
    (OperationalError, "unavailable"),
    (InterfaceError, "unavailable"),
)


class FileEndpoint(Endpoint):
    """An endpoint that takes a file as well."""

    parser_classes: ClassVar = [Form]


_forms: dict[type[Serializer], Serializer] = {}


def form_of(form: type[Serializer]) -> Serializer:
    """The form, made once a process: making its fields takes longer than checking a body.

    It is never given `data`, so nothing of a request stays in it, and threads may share it.
    """
    if (made := _forms.get(form)) is None:
        made = form()
        _ = made.fields  # made here, before another thread has it
        _forms[form] = made
    return made


def _checked(form: type[Serializer], data: Any) -> dict[str, Any]:
    try:
        return dict(form_of(form).run_validation(data))
    except exceptions.ValidationError as error:
        raise invalid(field_errors(error.detail)) from None


def _response(answer: Answer) -> HttpResponse:
    return HttpResponse(
        answer.body(),
        status=answer.status,
        headers=answer.headers,
        content_type=answer.content_type,
    )


def _request_id(request: HttpRequest) -> str:
    """The client's own id where it is one, else the one that the logs have."""
    given = request.headers.get("X-Request-ID", "")
    if not REQUEST_ID.fullmatch(given):
        given = str(structlog.contextvars.get_contextvars().get("request_id") or uuid4())
        if not REQUEST_ID.fullmatch(given):
            given = str(uuid4())
    structlog.contextvars.bind_contextvars(request_id=given)
    return given


__all__ = ["Answer", "Endpoint", "FieldError", "FileEndpoint", "translates"]
