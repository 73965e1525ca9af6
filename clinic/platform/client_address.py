"""Whose request it is when a proxy stands in front: limits on tries count people, not the proxy."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class ClientAddress:
    """Takes the address that our own proxy saw, the last of `X-Forwarded-For`; what stands before it is anyone's word.

    Only in the list of middleware with BEHIND_PROXY: without a proxy the header would be a stranger's claim.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1].strip()
        if seen:
            request.META["REMOTE_ADDR"] = seen
        return self.get_response(request)
