"""Forms of the sign-in that differ from allauth's."""

from allauth.account.forms import ResetPasswordForm
from django.db import transaction
from django.http import HttpRequest

from clinic.platform.jobs.queue import enqueue


class ForgottenPasswordForm(ResetPasswordForm):
    """Asks for a link to choose a new password. The worker sends it: who has no account causes the same work."""

    def save(self, request: HttpRequest, **kwargs) -> str:
        """Queue the mail; the key of no account is 0."""
        with transaction.atomic():
            enqueue("send_password_reset", {"user": self.users[0].pk if self.users else 0})
        return self.cleaned_data["email"]
