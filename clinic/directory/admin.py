"""Reference data of the clinic in the admin."""

from django.contrib import admin

from clinic.accounts.admin_site import AuditedAdmin, admin_site
from clinic.directory.models import Clinician, Holiday, Room, Site, Specialty


class RoomInline(admin.TabularInline):
    model = Room
    extra = 0
    fields = ("name", "kind", "is_active")


@admin.register(Site, site=admin_site)
class SiteAdmin(AuditedAdmin):
    list_display = ("name", "address", "is_active")
    inlines = [RoomInline]


@admin.register(Room, site=admin_site)
class RoomAdmin(AuditedAdmin):
    list_display = ("name", "site", "kind", "is_active")
    list_filter = ("site", "kind", "is_active")
    list_select_related = ("site",)
    search_fields = ("name",)


@admin.register(Specialty, site=admin_site)
class SpecialtyAdmin(AuditedAdmin):
    list_display = ("name", "code", "default_minutes", "is_physician", "is_leg", "position")
    search_fields = ("name", "code")


@admin.register(Clinician, site=admin_site)
class ClinicianAdmin(AuditedAdmin):
    list_display = ("name", "specialty", "site", "is_active")
    list_filter = ("specialty", "site", "is_active")
    list_select_related = ("specialty", "site")
    search_fields = ("name",)
    autocomplete_fields = ("user",)


@admin.register(Holiday, site=admin_site)
class HolidayAdmin(AuditedAdmin):
    list_display = ("on", "name")
    date_hierarchy = "on"
