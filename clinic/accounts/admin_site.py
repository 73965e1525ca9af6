"""The admin: reference data and accounts for administrators, records of what happened for auditors."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from clinic.accounts.actors import staff_actor
from clinic.accounts.backend import ADMIN_ANY
from clinic.platform.audit.record import Entry, record, record_many


class ClinicAdminSite(admin.AdminSite):
    """Entered through the staff's own sign-in, with the second factor where it is required."""

    site_header = settings.CLINIC_SHORT_NAME
    site_title = settings.CLINIC_SHORT_NAME
    index_title = _("Reference data")
    site_url = "/staff/"
    index_template = "admin/clinic_index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Only with a permission to keep something, or to read the audit."""
        user = request.user
        if not (user.is_active and user.is_authenticated and user.is_staff):
            return False
        if settings.STAFF_MFA_REQUIRED and not is_mfa_enabled(user):
            return False
        return any(user.has_perm(permission) for permission in ADMIN_ANY)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """The staff's sign-in page; who is signed in and still not allowed gets a plain refusal, not a loop."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """The staff's sign-out page."""
        return redirect("account_logout")


admin_site = ClinicAdminSite(name="admin")


class AuditedAdmin(admin.ModelAdmin):
    """Each change is audited in its own transaction (names of fields only, never values)."""

    def log_addition(self, request, obj, message):
        record("admin.added", by=staff_actor(request.user), subject=obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        record("admin.changed", by=staff_actor(request.user), subject=obj, data={"fields": changed_fields(message)})
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        by = staff_actor(request.user)
        record_many(Entry("admin.deleted", by, row) for row in queryset)
        return super().log_deletions(request, queryset)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shown, never changed: what happened is not reference data."""

    actions = None

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


def changed_fields(message: object) -> list[str]:
    """The names of the changed fields in Django's change message."""
    parts = message if isinstance(message, list) else []
    return [
        str(name)
        for part in parts
        for name in next(iter(part.values()), {}).get("fields", [])
        if isinstance(part, dict)
    ][:50]
