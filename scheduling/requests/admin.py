"""Requests in the admin: where each stands, for auditors; never who the patient is, and nothing can be changed."""

from django.contrib import admin
from django.http import HttpRequest

from clinic.accounts.admin_site import ReadOnlyAdmin, admin_site
from clinic.accounts.roles import Permission
from scheduling.requests.models import AppointmentRequest


class StateAdmin(ReadOnlyAdmin):
    """Rows of the corridor as an auditor sees them: keys, states and times only."""

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        """Only for those who may read the audit."""
        return request.user.has_perm(Permission.VIEW_AUDIT)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same."""
        return self.has_view_permission(request)

    def get_fields(self, request: HttpRequest, obj=None):
        """What the list shows is all that there is to see."""
        return self.list_display


@admin.register(AppointmentRequest, site=admin_site)
class AppointmentRequestAdmin(StateAdmin):
    list_display = ("reference", "status", "level", "submitted_at", "contact_due_at", "visit_due_on", "closed_at")
    list_filter = ("status", "level")
    search_fields = ("reference",)
    date_hierarchy = "submitted_at"
