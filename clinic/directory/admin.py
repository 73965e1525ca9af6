"""Reference data of the clinic in the admin."""

import copy
import re

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.accounts.admin_site import AuditedAdmin, admin_site
from clinic.directory.leaving import appointments_ahead, left_outside
from clinic.directory.models import Clinician, Holiday, Room, Site, Specialty


class KnowinglyForm(forms.ModelForm):
    """Asks once more when appointments would lie outside working time: a room or a site goes, a day is a holiday."""

    leaves_visits = forms.BooleanField(
        label=gettext_lazy("save although appointments lie ahead"),
        required=False,
        help_text=gettext_lazy("Asked for only when there are any. They stay booked until a coordinator moves them."),
    )

    def full_clean(self) -> None:
        """The form's own errors first; then the change is tried and taken back."""
        super().full_clean()
        if not self.is_bound or self.errors or self.cleaned_data.get("leaves_visits"):
            return
        if count := left_outside(lambda: copy.copy(self.instance).save()):
            said = ngettext(
                "%(n)s appointment would lie outside working time. It is not canceled: a coordinator must move it, and "
                "finds it under “Working time”. Tick the box below to save all the same.",
                "%(n)s appointments would lie outside working time. They are not canceled: a coordinator must move "
                "them, and finds them under “Working time”. Tick the box below to save all the same.",
                count,
            )
            self.add_error(None, said % {"n": count})


class RoomInline(admin.TabularInline):
    model = Room
    extra = 0
    fields = ("name", "kind", "is_active")
    readonly_fields = ("is_active",)  # switched off on the page of the room, which asks about its visits


@admin.register(Site, site=admin_site)
class SiteAdmin(AuditedAdmin):
    form = KnowinglyForm
    list_display = ("name", "address", "is_active")
    inlines = [RoomInline]


@admin.register(Room, site=admin_site)
class RoomAdmin(AuditedAdmin):
    form = KnowinglyForm
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
    """The languages of an interpreter as a list of codes; a word of warning before somebody with visits leaves."""

    leaves_visits = forms.BooleanField(
        label=gettext_lazy("switch off although appointments lie ahead"),
        required=False,
        help_text=gettext_lazy("Asked for only when there are any. They stay booked until a coordinator moves them."),
    )

    def clean(self) -> dict:
        """Whoever has appointments ahead is switched off only knowingly."""
        cleaned = super().clean() or self.cleaned_data
        leaves = self.instance.pk and "is_active" in self.changed_data and not cleaned.get("is_active")
        self.ahead = appointments_ahead(self.instance.pk) if leaves else 0
        if self.ahead and not cleaned.get("leaves_visits"):
            said = ngettext(
                "%(n)s appointment lies ahead with this clinician. It is not canceled: somebody must move it. Tick "
                "the box below to switch them off all the same.",
                "%(n)s appointments lie ahead with this clinician. They are not canceled: somebody must move them. "
                "Tick the box below to switch them off all the same.",
                self.ahead,
            )
            self.add_error("is_active", said % {"n": self.ahead})
        return cleaned

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

    def get_fields(self, request, obj=None) -> list[str]:
        """Somebody new has no appointments to leave."""
        return [name for name in super().get_fields(request, obj) if obj is not None or name != "leaves_visits"]

    def save_model(self, request, obj, form, change) -> None:
        """Say what must be done now, and where it is listed."""
        super().save_model(request, obj, form, change)
        if count := getattr(form, "ahead", 0):
            said = ngettext(
                "%(n)s appointment must be moved to somebody else. A coordinator finds it under “Working time”, "
                "“Appointments outside working time”.",
                "%(n)s appointments must be moved to somebody else. A coordinator finds them under “Working time”, "
                "“Appointments outside working time”.",
                count,
            )
            messages.warning(request, said % {"n": count})


@admin.register(Holiday, site=admin_site)
class HolidayAdmin(AuditedAdmin):
    form = KnowinglyForm
    list_display = ("on", "name")
    date_hierarchy = "on"
