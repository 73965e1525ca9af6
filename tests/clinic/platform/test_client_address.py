"""Behind a proxy the limits count people: the address is the one our proxy saw, never one a stranger wrote."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from clinic.platform.client_address import ClientAddress


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("", "127.0.0.1"),
        ("203.0.113.9, ", "127.0.0.1"),
    ],
)
def test_the_last_address_counts(header, address):
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=header)
    ClientAddress(lambda one: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == address


def test_without_a_proxy_the_header_is_not_read(settings):
    assert "clinic.platform.client_address.ClientAddress" not in settings.MIDDLEWARE
