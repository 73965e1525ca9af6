"""Reference data of the clinic in the admin."""

import re

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

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


LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")


class ClinicianForm(forms.ModelForm):
    """The languages of an interpreter as a list of codes."""

    def clean_languages(self) -> list[str]:
        """Codes of two or three letters, as patients choose them."""
        codes = self.cleaned_data.get("languages") or []
        words = [one for one in codes if isinstance(one, str)] if isinstance(codes, list) else [""]
        if words != codes or not all(LANGUAGE_CODE.fullmatch(one) for one in words):
            raise ValidationError(_('Enter the codes as a list, like ["es", "ase"]'))
        return codes


@admin.register(Clinician, site=admin_site)
class ClinicianAdmin(AuditedAdmin):
    form = ClinicianForm
    list_display = ("name", "specialty", "site", "is_active")
    list_filter = ("specialty", "site", "is_active")
    list_select_related = ("specialty", "site")
    search_fields = ("name",)
    autocomplete_fields = ("user",)


@admin.register(Holiday, site=admin_site)
class HolidayAdmin(AuditedAdmin):
    list_display = ("on", "name")
    date_hierarchy = "on"
