"""What apps add by a module of a certain name, for those below that may not import them."""

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from django.apps import apps
from django.utils.module_loading import module_has_submodule


def modules_named(name: str) -> Iterator[ModuleType]:
    """The modules of this name, in the order of INSTALLED_APPS."""
    for app in apps.get_app_configs():
        if app.module is not None and module_has_submodule(app.module, name):
            yield import_module(f"{app.name}.{name}")
