"""The fence between agencies, held by PostgreSQL itself (row-level security).

Work on fenced tables runs inside a scope: one transaction in which the connection acts as the
role `save_app`, which owns nothing, and says whose rows it may touch. Both last as long as the
transaction, so a pooled connection never carries a scope to the next request.

- `agency_scope(id)`: the rows of one agency;  `system_scope()`: the rows of all;
- `scope_for(user)`: an agency's user the agency's rows, the staff of an office all of them;
- `whole_scope()`: the rows of all agencies and their sandboxes, for the machinery alone;
- `system_rows(sql, values)`: one statement in that scope, in one exchange;
- outside any scope a fenced table shows nothing and takes nothing.

A sandbox is an agency with a negative key: `system_scope()` does not see it (ADR 0018).

`fence("table")` goes into the migration that makes a table with rows of agencies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from django.apps import apps
from django.db import connections, migrations, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

if TYPE_CHECKING:
    from save_portal.accounts.models import Agency, User

APP_ROLE = "save_app"

_ENTER = """
    WITH before AS MATERIALIZED (
        SELECT current_setting('role') AS role,
               coalesce(current_setting('save.scope', true), '') AS scope,
               coalesce(current_setting('save.agency_id', true), '') AS agency_id
    )
    SELECT before.role, before.scope, before.agency_id,
           set_config('role', %s, true),
           set_config('save.scope', %s, true),
           set_config('save.agency_id', %s, true)
    FROM before
"""
_BE = """
    SELECT set_config('role', %s, true),
           set_config('save.scope', %s, true),
           set_config('save.agency_id', %s, true)
"""


@contextmanager
def _scope(scope: str, agency_id: int | None, using: str = "default") -> Iterator[None]:
    connection = connections[using]
    nested = connection.in_atomic_block
    with transaction.atomic(using=using):
        with connection.cursor() as cursor:
            cursor.execute(_ENTER, [APP_ROLE, scope, "" if agency_id is None else str(agency_id)])
            before = cursor.fetchone()[:3]
        yield
        # A transaction's end forgets the scope, and so does a savepoint that is rolled back;
        # a savepoint that is kept does not.
        if nested and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(_BE, before)


def agency_scope(agency_id: int) -> AbstractContextManager[None]:
    """One transaction in which only the rows of this agency exist."""
    return _scope("agency", int(agency_id))


def system_scope() -> AbstractContextManager[None]:
    """One transaction over the rows of all agencies: offices, scheduled work, commands.

    The rows of sandboxes are not among them.
    """
    return _scope("all", None)


def scope_of(sandbox: Agency | None) -> AbstractContextManager[None]:
    """The scope of scheduled work: that of a sandbox, or else of all agencies."""
    return system_scope() if sandbox is None else agency_scope(sandbox.pk)


def whole_scope() -> AbstractContextManager[None]:
    """One transaction over all rows, those of sandboxes too.

    For what serves both alike and shows nothing to anybody: outbox, seals, virus scanner, sweeping.
    """
    return _scope("whole", None)


def is_sandbox(agency_id: int | None) -> bool:
    """Whether the key is that of a sandbox."""
    return agency_id is not None and agency_id < 0


def move_scope(agency_id: int) -> None:
    """Let the rest of this scope be that of another agency: a sandbox that was begun anew."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_BE, [APP_ROLE, "agency", str(int(agency_id))])


def scope_for(user: User) -> AbstractContextManager[None]:
    """The scope of a signed-in user: the own agency's rows, or all for the staff of an office."""
    if user.agency_id is not None:
        return agency_scope(user.agency_id)
    if user.office_id is not None:
        return system_scope()
    raise ValueError("This account belongs neither to an agency nor to an office.")


def system_rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of one statement over all agencies, in one exchange with the server.

    The same as a cursor in `system_scope()`, for a page that is asked for very often. Scope and
    statement go as one message, which PostgreSQL runs as one transaction: its end forgets the
    scope. Inside a transaction there is no such end, so there the scope is entered and left.
    """
    connection = connections["default"]
    if connection.in_atomic_block:
        with system_scope(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall())
    with connection.cursor() as cursor:
        cursor.execute(f"{_BE};{sql}", [APP_ROLE, "all", "", *values])
        cursor.nextset()
        return list(cursor.fetchall())


class TenancyMiddleware:
    """Runs the view of a signed-in user in that user's scope: one request, one transaction.

    The last of the middlewares. A view that raises or answers with a server error leaves
    nothing behind. Requests of anonymous users (sign-in, health) run without a scope.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return self.get_response(request)
        structlog.contextvars.bind_contextvars(user_id=user.pk)
        with scope_for(user):
            response = self.get_response(request)
            if getattr(request, "_view_failed", False) or response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        request._view_failed = True  # type: ignore[attr-defined]
        return None


def fence(
    table: str,
    column: str = "agency_id",
    *,
    rows: str | None = None,
    insert_by_all: bool = False,
    force: bool = True,
) -> migrations.RunSQL:
    """The migration step that puts a table behind the fence.

    `force` binds the owner of the table too, so that work outside a scope sees nothing; only the
    tables that sign-in itself must read do without it. `insert_by_all` lets every scope add rows
    (logs), without letting it read them. `rows` replaces the comparison with the agency where the
    table reaches its agency through another one.
    """
    own = rows or f"{column} = (SELECT nullif(current_setting('save.agency_id', true), '')::bigint)"
    scope = "(SELECT current_setting('save.scope', true))"
    production = "true" if rows else f"({column} > 0) IS NOT FALSE"
    rows_of_the_scope = f"{scope} = 'all' AND {production} OR {own} OR {scope} = 'whole'"
    forward = [f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY']
    if force:
        forward.append(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    forward.append(f'CREATE POLICY tenancy ON "{table}" USING ({rows_of_the_scope})')
    backward = [f'DROP POLICY tenancy ON "{table}"']
    if insert_by_all:
        forward.append(f'CREATE POLICY tenancy_insert ON "{table}" FOR INSERT WITH CHECK (true)')
        backward.append(f'DROP POLICY tenancy_insert ON "{table}"')
    backward.append(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
    backward.append(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    return migrations.RunSQL(sql=";\n".join(forward), reverse_sql=";\n".join(backward))


MAKE_APP_ROLE = f"""
DO $$
BEGIN
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
            CREATE ROLE {APP_ROLE} NOLOGIN;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;  -- another database of this server made it at the same moment
    END;
    BEGIN
        SET LOCAL ROLE {APP_ROLE};
        RESET ROLE;
    EXCEPTION WHEN insufficient_privilege THEN
        EXECUTE format('GRANT {APP_ROLE} TO %I', current_user);
    END;
END
$$
"""


def make_app_role() -> migrations.RunSQL:
    """The migration step that makes the role `save_app` and lets the owner act as it.

    The role belongs to the server, not to the database: it stays when the migration is undone.
    """
    return migrations.RunSQL(sql=MAKE_APP_ROLE, reverse_sql=migrations.RunSQL.noop)


def grant_rights(using: str = "default", **kwargs: Any) -> None:
    """After each migration: `save_app` may use all there is in the schema, and own none of it.

    Of a model that says `append_only = True` it may read and add rows only.

    Functions need no grant: PostgreSQL lets everybody execute them unless told otherwise.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        if cursor.fetchone() is None:
            return
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
        append_only = [
            connection.ops.quote_name(model._meta.db_table)
            for model in apps.get_models()
            if getattr(model, "append_only", False)
            and model._meta.db_table in connection.introspection.table_names(cursor)
        ]
        for statement in (
            f"GRANT USAGE ON SCHEMA {schema} TO {APP_ROLE}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {APP_ROLE}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {APP_ROLE}",
            *(f"REVOKE UPDATE, DELETE ON {table} FROM {APP_ROLE}" for table in append_only),
        ):
            cursor.execute(statement)
