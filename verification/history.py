"""The row history of cases, written by PostgreSQL in the statement that changes the row.

django-simple-history gives the model, the manager and the reading; a trigger made from the same
list of fields writes the rows. Cases change by the thousand in a batch, and a trigger costs a tenth
of a second statement. Whoever adds a column to the case runs `makemigrations`: the trigger follows.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from simple_history.models import HistoricalRecords

# What can be computed from the rest, and what the history has columns of its own for.
NOT_IN_HISTORY = ("applicant_key", "fingerprint", "pile", "changed_by", "change_reason")


class RowHistory(HistoricalRecords):  # type: ignore[misc]
    """History read as ever, and written by `WriteHistory`. Its one index is by case."""

    _date_indexing = False

    def post_save(self, instance: Any, created: bool, using: Any = None, **kwargs: Any) -> None:
        """Nothing: the trigger has written it."""

    def copy_fields(self, model: type[models.Model]) -> dict[str, Any]:
        fields: dict[str, Any] = super().copy_fields(model)
        for field in fields.values():
            field.db_index = field.name == "id"
        return fields

    def _get_history_user_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super()._get_history_user_fields()
        fields["history_user"].db_index = False
        return fields


class WriteHistory(pgtrigger.Trigger):
    """Copies each new or changed row into the history, with who changed it and by which act."""

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: Any) -> str:
        columns = [
            f'"{field.column}"'
            for field in model._meta.concrete_fields
            if field.name not in NOT_IN_HISTORY
        ]
        written = {
            **{column: f"NEW.{column}" for column in columns},
            "history_date": "clock_timestamp()",
            "history_type": "CASE TG_OP WHEN 'INSERT' THEN '+' ELSE '~' END",
            "history_user_id": "NEW.changed_by_id",
            "history_change_reason": "nullif(NEW.change_reason, '')",
        }
        table = f"{model._meta.app_label}_historical{model._meta.model_name}"
        return (
            f'INSERT INTO "{table}" ({", ".join(written)}) '  # noqa: S608 (the model's own names)
            f"VALUES ({', '.join(written.values())}); RETURN NULL;"
        )
