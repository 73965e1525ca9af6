"""allauth, made ours: nobody signs up, guessing is slowed before any password is hashed, sign-ins are audited."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from clinic.accounts.actors import staff_actor
from clinic.platform.audit.record import record
from clinic.platform.crypto.sealing import current_key_id, key_id_of, open_sealed, seal
from clinic.platform.limits.buckets import give_back, take

MINUTE = 60
TRIES_PER_NAME, NAME_SECONDS = 5, 15 * MINUTE  # never more than 15 minutes for the rightful person
TRIES_PER_ADDRESS, ADDRESS_SECONDS = 20, 60 * MINUTE


class StaffAdapter(DefaultAccountAdapter):
    """The staff's way in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: the administrator makes accounts."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials) -> None:
        """Takes a token for the name (with the address it comes from) and one for the address; hashing comes later.

        In place of allauth's own limit, which counts a name from everywhere and so lets strangers lock somebody out.
        """
        network = self.get_client_ip(request)
        name = str(credentials.get("email") or "").strip().lower()
        by_name = take("sign_in", f"{name} {network}", capacity=TRIES_PER_NAME, per_seconds=NAME_SECONDS)
        by_network = take("sign_in_network", network, capacity=TRIES_PER_ADDRESS, per_seconds=ADDRESS_SECONDS)
        if not (by_name and by_network):
            raise ValidationError(_("Too many tries. Wait 15 minutes, then try again."), code="too_many_tries")

    def _was_right(self, request: HttpRequest, user) -> None:
        """Only wrong tries count: a whole clinic signs in from one address, each of them many times a day."""
        network = self.get_client_ip(request)
        give_back("sign_in", f"{user.email.strip().lower()} {network}", capacity=TRIES_PER_NAME)
        give_back("sign_in_network", network, capacity=TRIES_PER_ADDRESS)

    def reauthenticate(self, user, password: str) -> bool:
        """Checks the password of the signed-in member of staff again; their e-mail is on the account itself."""
        found = self.authenticate(self.request, email=user.email, password=password)
        if found is None or found.pk != user.pk:
            return False
        self._was_right(self.request, user)
        return True

    def set_password(self, user, password: str) -> None:
        """Keeps the new password and that it was changed."""
        with transaction.atomic():
            super().set_password(user, password)
            record("password_changed", by=staff_actor(user), subject=user)

    def login(self, request: HttpRequest, user) -> None:
        """Opens the session and audits it in one transaction."""
        with transaction.atomic():
            self._was_right(request, user)
            super().login(request, user)
            record("signed_in", by=staff_actor(user), subject=user)

    def logout(self, request: HttpRequest) -> None:
        """Ends the session and audits it in one transaction."""
        user = request.user
        with transaction.atomic():
            if user.is_authenticated:
                record("signed_out", by=staff_actor(user), subject=user)
            super().logout(request)


def axes_username(request: HttpRequest | None, credentials: dict | None) -> str:
    """The name django-axes counts failures by: the e-mail, in lower case."""
    given = (credentials or {}).get("email") or (credentials or {}).get("username")
    if not given and request is not None:
        given = request.POST.get("login", "")
    return str(given or "").strip().lower()


MFA_PLACE = "mfa_authenticator.data"


class SecondFactorAdapter(DefaultMFAAdapter):
    """The secrets of apps and recovery codes are sealed like patient data."""

    def encrypt(self, text: str) -> str:
        """The sealed secret."""
        return seal(text, place=MFA_PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret."""
        return open_sealed(encrypted_text, place=MFA_PLACE)

    def get_totp_issuer(self) -> str:
        """What the app on the phone calls us."""
        return settings.CLINIC_SHORT_NAME


def rotate_second_factors() -> int:
    """Seals older secrets with the current key; how many accounts' factors were changed."""
    changed = 0
    for factor in Authenticator.objects.iterator():
        anew = _resealed(factor.data)
        if anew != factor.data:
            changed += Authenticator.objects.filter(pk=factor.pk, data=factor.data).update(data=anew)
    return changed


def _resealed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _resealed(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_resealed(part) for part in value]
    if isinstance(value, str) and key_id_of(value) not in ("", current_key_id()):
        return seal(open_sealed(value, place=MFA_PLACE), place=MFA_PLACE)
    return value
