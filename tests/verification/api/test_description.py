"""The description is OpenAPI 3.1, its examples are what it says, and people can read it."""

import json

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from save_portal.machines.problems import KINDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def described(client):
    answer = client.get("/api/schema/")
    assert answer.status_code == 200
    return json.loads(answer.content)


def contents(described):
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                for content in answer.get("content", {}).values():
                    yield f"{method} {path} {status}", content


def test_the_description_is_valid_openapi_3_1(described):
    assert described["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(described).iter_errors()) == []


def test_every_answer_in_json_has_an_example_that_fits_its_shape(described):
    found = 0
    for place, content in contents(described):
        if content["schema"].get("format") == "binary":
            continue
        assert content.get("examples"), place
        schema = {**content["schema"], "components": described["components"]}
        for example in content["examples"].values():
            errors = list(Draft202012Validator(schema).iter_errors(example["value"]))
            assert errors == [], (place, errors)
            found += 1
    assert found > 50


def test_every_kind_of_problem_has_its_page(client):
    for kind in KINDS.values():
        page = client.get(kind.address)
        assert page.status_code == 200
        assert kind.title in page.content.decode()
    assert client.get("/api/problems/unheard-of/").status_code == 404


def test_the_documentation_names_every_operation(client, described):
    page = client.get("/api/docs/").content.decode()
    for path, operations in described["paths"].items():
        assert path in page
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in page
    assert client.get("/api/docs/changes/").status_code == 200
