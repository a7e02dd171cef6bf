from django.apps import AppConfig


class MachinesConfig(AppConfig):
    name = "save_portal.machines"
    default_auto_field = "django.db.models.BigAutoField"
