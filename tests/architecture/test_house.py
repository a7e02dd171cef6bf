"""Rules of the house that no single module can keep alone."""

import ast
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("save_portal", "agreements", "verification", "billing", "casecheck")
# Sign-in, second factors and static files are guarded by their own packages.
FOREIGN = ("allauth.", "django.")


def views(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from views(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback


def sources():
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def test_every_address_declares_who_may_enter():
    undeclared = [
        route
        for route, view in views()
        if not view.__module__.startswith(FOREIGN)
        and not getattr(view, "permission", None)
        and not getattr(view, "public", False)
    ]
    assert undeclared == []


def test_the_state_machine_is_the_freely_licensed_one():
    assert packages_distributions()["django_fsm"] == ["django-fsm-2"]


def test_the_diagrams_are_current():
    call_command("lifecycle_diagrams", "--check")


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_nothing_an_agency_reads_of_a_record_names_a_passport_or_a_visa():
    from verification.selectors.case_page import RETURNED_LABELS

    assert not [name for name in RETURNED_LABELS if "passport" in name or "visa" in name]


def test_templates_of_answers_never_reach_into_records():
    for template in (ROOT / "templates").rglob("*"):
        if template.is_file():
            text = template.read_text(encoding="utf-8")
            assert "passport_number" not in text, template
            assert "returned." not in text or "passport" not in text, template


def test_no_file_is_a_drawer_for_odds_and_ends():
    names = {path.stem for path in sources()}
    assert not names & {"utils", "helpers", "common", "misc"}


def test_files_stay_readable_in_one_sitting():
    long = [
        f"{path.relative_to(ROOT)} {length}"
        for path in sources()
        if "migrations" not in path.parts
        and (length := len(path.read_text(encoding="utf-8").splitlines())) > 600
    ]
    assert long == []


def test_the_clock_is_read_at_the_edge_and_passed_inward():
    inner = [ROOT / "verification" / part for part in ("services", "rules", "selectors")]
    clocks = {"now", "today", "localdate", "utcnow"}
    for folder in inner:
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    assert node.func.attr not in clocks, f"{path}:{node.lineno}"


def test_services_take_the_actor_and_the_instant_as_keywords():
    for path in (ROOT / "verification" / "services").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            decorated = any("atomic" in ast.dump(decorator) for decorator in node.decorator_list)
            if decorated:
                keywords = {argument.arg for argument in node.args.kwonlyargs}
                assert {"by", "at"} <= keywords, f"{path.name}: {node.name}"


def test_every_table_with_an_agency_is_fenced(django_db_setup, django_db_blocker):
    from django.db import connection

    open_at_sign_in = {"accounts_user", "accounts_agency"}
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        if any(field.column == "agency_id" for field in model._meta.concrete_fields)
        and not model._meta.db_table.startswith(("accounts_historical",))
    }
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        fenced = {name for (name,) in cursor.fetchall()}
    assert tables - fenced <= open_at_sign_in
