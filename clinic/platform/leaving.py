"""Leaving a shared computer: the browser itself forgets what it kept of us."""

from django.http import HttpResponse


def clear_site_data(response: HttpResponse) -> HttpResponse:
    """Ask the browser to drop our cookies, stored pages and other data. Only heeded over HTTPS, so not relied on."""
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
