"""The waitlist in the admin, for auditors."""

from django.contrib import admin

from clinic.accounts.admin_site import admin_site
from scheduling.requests.admin import StateAdmin
from scheduling.waitlist.models import WaitlistEntry, WaitlistMatch


@admin.register(WaitlistEntry, site=admin_site)
class WaitlistEntryAdmin(StateAdmin):
    list_display = ("id", "request", "visit", "specialty", "state", "notice_hours", "joined_at", "ended_at")
    list_filter = ("state",)
    list_select_related = ("request", "visit", "specialty")
    date_hierarchy = "joined_at"


@admin.register(WaitlistMatch, site=admin_site)
class WaitlistMatchAdmin(StateAdmin):
    list_display = ("id", "entry", "offer", "outcome", "made_at", "ended_at")
    list_filter = ("outcome",)
    list_select_related = ("entry", "offer")
    date_hierarchy = "made_at"
