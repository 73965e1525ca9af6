"""A member of the staff. Patients have no account."""

from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.accounts.roles import Role


def validate_roles(value: object) -> None:
    """A list of different words from `Role`."""
    if not isinstance(value, list) or any(not isinstance(role, str) or role not in set(Role) for role in value):
        raise ValidationError(_("Choose roles from the list."), code="unknown_role")
    if len(set(value)) != len(value):
        raise ValidationError(_("Name each role once."), code="repeated_role")


class UserManager(BaseUserManager):
    """Finds and makes staff by e-mail, whatever its capitals."""

    def get_by_natural_key(self, username: str) -> "User":
        """The user of an e-mail address; raises User.DoesNotExist."""
        return self.get(email=self.normalize_email(username))

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """The address as it is stored: trimmed and in lower case."""
        return (email or "").strip().lower()

    def create_user(self, email: str, name: str, *, roles: list[str], password: str | None = None) -> "User":
        """A member of the staff; without a password nobody can sign in until one is set. Raises ValidationError."""
        user = self.model(email=self.normalize_email(email), name=name, roles=list(roles))
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Signs in by e-mail; what they may do comes from `roles` alone. There is no superuser."""

    email = models.EmailField(_("e-mail"), unique=True, error_messages={"unique": _("This e-mail is already in use.")})
    name = models.CharField(_("name"), max_length=120)
    roles = models.JSONField(_("roles"), default=list, blank=True, validators=[validate_roles])
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(default=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    is_superuser = False  # by design: nobody may do everything

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        """Normalizes the e-mail, so that capitals never make a second account."""
        super().clean()
        self.email = type(self).objects.normalize_email(self.email)

    def get_full_name(self) -> str:
        """The name as shown to colleagues."""
        return self.name

    def get_short_name(self) -> str:
        """The same name: nothing guesses which part is the first."""
        return self.name

    def has_role(self, *roles: str) -> bool:
        """Whether the user has one of these roles."""
        return self.is_active and any(role in self.roles for role in roles)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Asks the backends of the settings, as Django does."""
        for backend in auth.get_backends():
            if hasattr(backend, "has_perm"):
                try:
                    if backend.has_perm(self, perm, obj):
                        return True
                except PermissionDenied:
                    return False
        return False

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        """Whether all of these are allowed."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether anything in the app is open to the user in the admin."""
        return any(
            backend.has_module_perms(self, app_label)
            for backend in auth.get_backends()
            if hasattr(backend, "has_module_perms")
        )
