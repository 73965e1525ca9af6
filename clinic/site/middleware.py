"""Headers that keep a person's pages private, set in one place so that no view can forget them."""

from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

# What no page of ours uses, so that an injected script could not use it either
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "screen-wake-lock",
        "serial",
        "usb",
        "xr-spatial-tracking",
    )
)


class PrivacyHeaders:
    """Forbids keeping any page, unless its view allows it by a Cache-Control header of its own.

    A public page calls `django.views.decorators.cache.cache_control(public=True, max_age=...)`. Even then a response
    that sets a cookie is never kept: a shared computer or a proxy would hand one person's cookie to the next.
    Static files do not come here, WhiteNoise answers them before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.cookies or "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


class ContentPolicy(CSPMiddleware):
    """The content security policy, put together once: it is the same for every page.

    Where a view or a setting asks for more than that (another policy, a nonce, a trial), the package does its work.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        more = getattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY", None)
        is_same = not settings.DEBUG and not more and set(settings.CONTENT_SECURITY_POLICY) == {"DIRECTIVES"}
        self.policy = build_policy() if is_same else ""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        asks_for_more = hasattr(request, "_csp_nonce") or any(name.startswith("_csp") for name in vars(response))
        if not self.policy or asks_for_more or HEADER in response:
            return super().process_response(request, response)
        response[HEADER] = self.policy
        return response
