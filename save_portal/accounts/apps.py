from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "save_portal.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from save_portal.accounts import (  # noqa: F401  registers the check and a handler
            checks,
            mails,
            receivers,
        )
        from save_portal.accounts.people import links  # noqa: F401  registers a handler
        from save_portal.accounts.tenancy import grant_rights

        post_migrate.connect(grant_rights, sender=self, dispatch_uid="accounts.grant_rights")
        receivers.connect()
