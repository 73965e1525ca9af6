"""Visits, claims, their history and their changes in the admin, for auditors."""

from django.contrib import admin

from clinic.accounts.admin_site import admin_site
from scheduling.requests.admin import StateAdmin
from scheduling.visits.models import Claim, StateChange, Visit, VisitChange


@admin.register(Visit, site=admin_site)
class VisitAdmin(StateAdmin):
    list_display = ("id", "request", "visit_type", "room", "state", "starts_at", "ends_at", "booked_at", "cancelled_at")
    list_filter = ("state", "visit_type", "is_walk_in")
    list_select_related = ("request", "visit_type", "room")
    date_hierarchy = "starts_at"


@admin.register(Claim, site=admin_site)
class ClaimAdmin(StateAdmin):
    list_display = ("id", "clinician", "room", "visit_id", "starts_at", "ends_at", "expires_at", "is_overbooked")
    list_filter = ("is_overbooked",)
    list_select_related = ("clinician", "room")
    date_hierarchy = "starts_at"


@admin.register(StateChange, site=admin_site)
class StateChangeAdmin(StateAdmin):
    list_display = ("at", "thing", "thing_id", "from_state", "to_state", "by_kind", "by_id", "reason")
    list_filter = ("thing", "to_state")
    search_fields = ("thing_id",)
    date_hierarchy = "at"


@admin.register(VisitChange, site=admin_site)
class VisitChangeAdmin(StateAdmin):
    list_display = ("at", "visit_id", "kind", "by_kind", "by_id", "reason", "undone_at")
    list_filter = ("kind",)
    date_hierarchy = "at"
