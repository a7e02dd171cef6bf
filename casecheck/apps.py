from django.apps import AppConfig


class CasecheckConfig(AppConfig):
    name = "casecheck"
    verbose_name = "CaseCheck"

    def ready(self) -> None:
        from casecheck import messages  # noqa: F401  registers the handler of its messages
