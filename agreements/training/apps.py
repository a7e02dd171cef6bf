from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "agreements.training"
    verbose_name = "Training"

    def ready(self) -> None:
        from agreements.training import report

        report.register()
