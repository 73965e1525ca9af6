"""Headers that keep a person's pages private, set in one place so that no view can forget them."""

from collections.abc import Callable

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
