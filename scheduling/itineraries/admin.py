"""Visit types with their legs in the admin."""

from django.contrib import admin

from clinic.accounts.admin_site import AuditedAdmin, admin_site
from scheduling.itineraries.models import VisitType, VisitTypeLeg


class VisitTypeLegInline(admin.TabularInline):
    model = VisitTypeLeg
    extra = 0
    fields = ("position", "specialty", "minutes", "mode", "stage", "extra_room_kind")


@admin.register(VisitType, site=admin_site)
class VisitTypeAdmin(AuditedAdmin):
    list_display = ("name", "code", "takes_suggested_legs", "is_self_bookable", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "code")
    inlines = [VisitTypeLegInline]
