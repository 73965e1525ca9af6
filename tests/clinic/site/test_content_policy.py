"""The content security policy is that of the package, also where it is put together only once."""

from csp.utils import build_policy
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from clinic.site.middleware import ContentPolicy

HEADER = "Content-Security-Policy"


def answered(response=None, **attributes):
    page = response or HttpResponse()
    for name, value in attributes.items():
        setattr(page, name, value)
    return ContentPolicy(lambda request: page)(RequestFactory().get("/"))


def directives(text):
    return sorted(part.strip() for part in text.split(";"))


def test_a_plain_page_has_the_whole_policy():
    assert directives(answered()[HEADER]) == directives(build_policy())
    assert "default-src 'none'" in answered()[HEADER]


def test_a_policy_changed_by_a_view_is_kept():
    assert "https://example.org" in answered(_csp_update={"img-src": ["https://example.org"]})[HEADER]
    assert HEADER not in answered(_csp_exempt=True)


def test_a_header_that_is_there_is_kept():
    assert answered(HttpResponse(headers={HEADER: "default-src 'self'"}))[HEADER] == "default-src 'self'"


@override_settings(CONTENT_SECURITY_POLICY_REPORT_ONLY={"DIRECTIVES": {"default-src": ["'self'"]}})
def test_a_policy_on_trial_is_sent_beside_it():
    page = answered()
    assert "default-src 'self'" in page[f"{HEADER}-Report-Only"]
    assert directives(page[HEADER]) == directives(build_policy())
