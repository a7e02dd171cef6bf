from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "agreements.programs"
    verbose_name = "Programs"
