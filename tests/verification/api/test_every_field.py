"""Each field of each body: missing, null, of every other type, too long; each address by others."""

import copy

import pytest
from rest_framework import serializers

from save_portal.machines.fields import Flag
from tests.verification.api.conftest import unknown
from tests.verification.api.test_acts import card
from tests.verification.api.test_batches import NOBODYS
from verification.api import acts, cases, description, urls
from verification.case_number import new_case_number

pytestmark = pytest.mark.django_db

WRONG = (None, 7.0, True, "", "x" * 5_000, [[]], {"x": 1})
ENDPOINTS = {
    "cases": cases.Cases,
    "retry": acts.Retry,
    "newer-document": acts.NewerDocument,
    "photo-match": acts.PhotoMatch,
    "duties": acts.Duties,
    "additional-verification": acts.AdditionalVerification,
    "g845": acts.AskForForm,
    "g845-mailed": acts.FormMailed,
    "close": acts.Close,
}


def fields_of(form, before=()):
    """(path, field) of every field of a form, those of forms inside too."""
    for name, field in form.fields.items():
        yield (*before, name), field
        if isinstance(field, serializers.Serializer):
            yield from fields_of(field, (*before, name))


def may_be(field, value):
    """Whether the type fits, so that only a rule could refuse it."""
    if value is None:
        return field.allow_null
    if isinstance(value, str):
        text = isinstance(field, serializers.CharField)
        return text and (field.allow_blank if not value else len(value) <= field.max_length)
    if isinstance(value, bool):
        return isinstance(field, Flag)
    if isinstance(value, list):
        return isinstance(field, serializers.ListField) and not value and not field.min_length
    if isinstance(value, dict):
        return not value and isinstance(field, serializers.Serializer) and not field.required
    return False


def changed(body, path, value, *, missing=False):
    body = copy.deepcopy(body)
    inside = body
    for name in path[:-1]:
        inside = inside.setdefault(name, {})
    inside.pop(path[-1], None)
    if not missing:
        inside[path[-1]] = value
    return body


@pytest.fixture
def begun(machine, people_on_record):
    answer = machine.post("cases", unknown())
    return f"cases/{answer.json()['case_number']}", answer


@pytest.mark.parametrize("act", ENDPOINTS)
def test_each_field_refuses_by_name_what_it_cannot_be(machine, begun, act, settings):
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    case, seen = begun
    path, headers = ("cases", {}) if act == "cases" else (f"{case}/{act}", {"seen": seen})
    endpoint = ENDPOINTS[act]
    example = description.OPERATIONS[act]["post"].request_example
    tried = 0
    for place, field in fields_of(endpoint.form()):
        wrong = [(value, False) for value in WRONG if not may_be(field, value)]
        if field.required:
            wrong.append((None, True))
        for value, missing in wrong:
            body = changed(example, place, value, missing=missing)
            answer = machine.post(path, body, **headers)
            shown = (act, place, value if not missing else "missing", answer.content[:300])
            assert answer.status_code == 422, shown
            assert answer["Content-Type"] == "application/problem+json", shown
            pointers = [error["pointer"] for error in answer.json()["errors"]]
            assert any(one.startswith("#/" + "/".join(place)) for one in pointers), shown
            tried += 1
    assert tried >= 6
    assert machine.get(case)["ETag"] == seen["ETag"]


@pytest.mark.parametrize("act", ENDPOINTS)
def test_an_unknown_field_is_refused_by_its_name(machine, begun, act):
    case, seen = begun
    path, headers = ("cases", {}) if act == "cases" else (f"{case}/{act}", {"seen": seen})
    example = description.OPERATIONS[act]["post"].request_example
    answer = machine.post(path, {**example, "surprise": 1}, **headers)
    assert answer.status_code == 422
    assert "#/surprise" in [error["pointer"] for error in answer.json()["errors"]]


def addresses():
    """(address, method, example of a body) of everything that is named in an address."""
    for entry in urls.urlpatterns:
        if "<" in str(entry.pattern):
            for method, operation in entry.callback.cls.operations.items():
                yield str(entry.pattern), method, operation.request_example


def test_what_is_anothers_is_as_missing_as_what_is_not_there(machine, other_machine, begun):
    case, seen = begun
    found = list(addresses())
    assert len(found) >= 18
    for pattern, method, example in found:
        answers = []
        for name in (case.removeprefix("cases/"), new_case_number()):
            path = pattern.replace("<case_number:number>", name)
            for part in ("<int:document>", "<int:event>"):
                path = path.replace(part, "1")
            path = path.replace("<uuid:key>", NOBODYS)
            if method == "get":
                answer = other_machine.get(path)
            elif method == "delete":
                answer = other_machine.delete(path)
            elif example is None:
                answer = other_machine.upload(path, card())
            else:
                answer = other_machine.post(path, example, seen=seen)
            answers.append((answer.status_code, answer.json()["type"], answer.json()["detail"]))
        assert answers[0] == answers[1], (pattern, method)
        assert answers[0][0] == 404, (pattern, method, answers)
