from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "save_portal.documents"
    default_auto_field = "django.db.models.BigAutoField"
