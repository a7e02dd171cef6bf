from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "save_portal.outbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from save_portal.outbox import mail  # noqa: F401  registers the handler of mail
