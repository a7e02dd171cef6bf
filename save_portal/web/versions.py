"""Which state of a thing a page was made from."""

from django.http import HttpRequest


def version_of(request: HttpRequest) -> int:
    """The version that the form carries; one that no row has, where it is missing or bent."""
    try:
        return int(request.POST.get("version", ""))
    except ValueError:
        return -1
