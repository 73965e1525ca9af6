"""The records of the engine room in the admin, read only, for auditors (the engine room itself knows no accounts)."""

from django.contrib import admin

from clinic.accounts.admin_site import ReadOnlyAdmin, admin_site
from clinic.platform.audit.models import AuditEntry, Seal
from clinic.platform.jobs.models import Job


@admin.register(AuditEntry, site=admin_site)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "action", "actor_kind", "actor_id", "subject_kind", "subject_id", "sequence")
    list_filter = ("actor_kind", "action")
    search_fields = ("=subject_id", "=actor_id")
    date_hierarchy = "at"
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Seal, site=admin_site)
class SealAdmin(ReadOnlyAdmin):
    list_display = ("id", "at", "entries", "hash")
    ordering = ("-id",)


@admin.register(Job, site=admin_site)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("kind", "run_after", "attempt", "done_at", "failed_at", "last_error")
    list_filter = ("kind",)
    fields = ("kind", "run_after", "lease_until", "attempt", "max_attempts", "done_at", "failed_at", "last_error")
    ordering = ("-id",)
    show_full_result_count = False
