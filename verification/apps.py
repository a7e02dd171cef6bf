from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "verification"
    verbose_name = "Verification"

    def ready(self) -> None:
        from verification import receivers
        from verification.selectors import people

        receivers.connect()
        people.register()
