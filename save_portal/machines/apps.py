from django.apps import AppConfig


class MachinesConfig(AppConfig):
    name = "save_portal.machines"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from save_portal.machines import webhooks  # noqa: F401  registers the handler of webhooks
