"""What every life cycle is made of: a named move, and a status that only moves can change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django_fsm import FSMField, FSMFieldDescriptor, transition


@dataclass(frozen=True, slots=True)
class Transition:
    """One named move: where from, where to, and on which side the person stands who makes it."""

    name: str
    sources: tuple[Any, ...]
    target: Any
    side: str
    label: str


class ProtectedStatus(FSMFieldDescriptor):
    """Refuses assignment outside a transition, per object.

    The stock descriptor is opened for a whole process while any one object is refreshed; here only
    loading from the database (an object without a value) and transitions may set the status.
    """

    def __set__(self, instance: Any, value: Any) -> None:
        name = self.field.name
        kept = instance.__dict__.get(name, value)
        if kept != value and not instance.__dict__.get("_reading"):
            raise AttributeError(f"{name} changes by a transition only.")
        self.field.set_proxy(instance, value)
        self.field.set_state(instance, value)


class StatusField(FSMField):
    descriptor_class = ProtectedStatus

    def contribute_to_class(self, cls: Any, name: str, *args: Any, **kwargs: Any) -> None:
        """The models of migrations know no moves.

        The stock field would look for some in every class that is made from then on, for each of
        the thousands of models that are made while migrations run.
        """
        if cls.__module__ == "__fake__":
            models.CharField.contribute_to_class(self, cls, name, *args, **kwargs)
        else:
            super().contribute_to_class(cls, name, *args, **kwargs)


class Lifecycle(models.Model):
    """A row whose `status` is a `StatusField`."""

    class Meta:
        abstract = True

    def refresh_from_db(
        self, using: str | None = None, fields: Any = None, from_queryset: Any = None
    ) -> None:
        """Read again; the protection of the status is lifted for this object alone."""
        self._reading = True
        try:
            super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)
        finally:
            self._reading = False


def by_name(transitions: Iterable[Transition]) -> dict[str, Transition]:
    return {move.name: move for move in transitions}


def move(table: Mapping[str, Transition], name: str) -> Any:
    """The decorator of the method that makes the move of this name."""
    made = table[name]
    return transition(
        field="status", source=[s.value for s in made.sources], target=made.target.value
    )


def changes(transitions: Iterable[Transition]) -> list[tuple[str, str]]:
    """Every change of status that is legal, for the trigger: (from, to), without staying."""
    return sorted(
        {
            (source.value, made.target.value)
            for made in transitions
            for source in made.sources
            if source != made.target
        }
    )
