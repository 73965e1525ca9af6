"""The mail with the link for a new password, sent by the worker so that its time tells nobody who has an account."""

from urllib.parse import quote

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from clinic.platform.jobs.registry import job


@job("send_password_reset", outside=True)
def send_password_reset(user: int) -> None:
    """`user` is the key of an account; 0, or one that was switched off since, gets nothing."""
    member = get_user_model().objects.filter(pk=user, is_active=True).first()
    if member is None:
        return
    key = f"{user_pk_to_url_str(member)}-{default_token_generator.make_token(member)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    context = {
        "link": settings.PUBLIC_URL + path.replace("UID-KEY", quote(key)),
        "name": settings.MESSAGE_NAME,
        "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
    }
    subject = " ".join(render_to_string("sign_in/reset.subject.txt", context).split())
    EmailMessage(subject, render_to_string("sign_in/reset.txt", context), to=[member.email]).send()
