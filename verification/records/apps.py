"""The records app: daily uploads of the source systems, the VIS index, initial verification."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "verification.records"
    label = "records"
    verbose_name = "Source records"
    default_auto_field = "django.db.models.BigAutoField"
