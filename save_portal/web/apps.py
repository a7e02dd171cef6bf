from django.apps import AppConfig


class WebConfig(AppConfig):
    """What all pages share: shell, components, errors, health."""

    name = "save_portal.web"
    label = "web"
