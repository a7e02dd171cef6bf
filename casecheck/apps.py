from django.apps import AppConfig


class CasecheckConfig(AppConfig):
    name = "casecheck"
    verbose_name = "CaseCheck"
