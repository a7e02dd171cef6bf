"""A filter that somebody uses often."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """A named set of filters of a list, kept by one person."""

    agency = models.ForeignKey(
        "accounts.Agency", null=True, on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=400)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints = [
            models.UniqueConstraint(name="saved_view_name_is_unique", fields=["user", "name"])
        ]

    def __str__(self) -> str:
        return self.name
