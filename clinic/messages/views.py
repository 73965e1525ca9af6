"""The address to which the provider of text messages passes on what people answer."""

import json
import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from clinic.messages.texts.stop import take_answer

LONGEST_NUMBER, LONGEST_ANSWER = 20, 1600


@csrf_exempt
@require_POST
@login_not_required
def answered(request: HttpRequest) -> HttpResponse:
    """`/texts/answered/`: JSON or a form with the number and the answer, and our token. Without a token set: no page.

    It is a program that calls, not a person: the token stands in the place of a CSRF check.
    """
    if not settings.SMS_ANSWER_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(given.encode(), settings.SMS_ANSWER_TOKEN.encode()):
        return HttpResponse(status=401)
    fields = _fields(request)
    number = str(fields.get(settings.SMS_ANSWER_FROM_FIELD) or "")
    text = str(fields.get(settings.SMS_ANSWER_TEXT_FIELD) or "")
    if not number or len(number) > LONGEST_NUMBER or len(text) > LONGEST_ANSWER:
        return HttpResponse(status=400)
    take_answer(number, text)
    return HttpResponse(status=204)


def _fields(request: HttpRequest) -> dict:
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        fields = json.loads(request.body)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}
