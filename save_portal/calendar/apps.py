from django.apps import AppConfig


class FederalCalendarConfig(AppConfig):
    name = "save_portal.calendar"
    label = "federal_calendar"
    verbose_name = "Federal calendar"
    default_auto_field = "django.db.models.BigAutoField"
