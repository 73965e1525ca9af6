"""Sessions, exceptions and closures in the admin.

The admin shows no patient, so it cannot show what a change would do to appointments: one that would leave any outside
working time is refused here and made on the staff's page, where they are listed with proposals.
"""

import copy

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.accounts.admin_site import AuditedAdmin, admin_site
from clinic.directory.leaving import try_out_by
from scheduling.availability import sessions
from scheduling.availability.models import Buffer, Closure, SessionException, WeeklySession
from scheduling.availability.read import meets_another
from scheduling.availability.what_if import left_outside


def _outside_by(write) -> int:
    return left_outside(write, now=timezone.now())


try_out_by(_outside_by)


class QuietForm(forms.ModelForm):
    """Refuses what would leave appointments outside working time."""

    def full_clean(self) -> None:
        """The form's own errors first; then the change is tried and taken back."""
        super().full_clean()
        if not self.is_bound or self.errors:
            return
        count = left_outside(self._write, now=timezone.now())
        if count:
            self.add_error(
                None,
                ngettext(
                    "%(n)s appointment would lie outside working time. A coordinator can make this change on the "
                    "page “Working time”, which shows it.",
                    "%(n)s appointments would lie outside working time. A coordinator can make this change on the "
                    "page “Working time”, which shows them.",
                    count,
                )
                % {"n": count},
            )

    def _write(self) -> None:
        row = copy.copy(self.instance)
        row.save()
        if "visit_types" in self.cleaned_data:
            row.visit_types.set(self.cleaned_data["visit_types"])


class QuietAdmin(AuditedAdmin):
    """Nothing is deleted here: a session gets a last date, and the rest is removed on the staff's page."""

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class WeeklySessionForm(QuietForm):
    """Refuses a session that overlaps another of the same clinician; sessions of weeks in turn only where they meet."""

    class Meta:
        model = WeeklySession
        fields = (
            "clinician",
            "weekday",
            "starts",
            "ends",
            "valid_from",
            "valid_until",
            "every_n_weeks",
            "reserve_minutes",
            "site",
            "visit_types",
        )

    def clean(self) -> dict:
        """Field errors first; then the others of the clinician on that weekday."""
        cleaned = super().clean()
        needed = ("clinician", "weekday", "starts", "ends", "valid_from", "every_n_weeks")
        if not all(cleaned.get(name) is not None for name in needed):
            return cleaned
        if cleaned["ends"] <= cleaned["starts"]:
            raise ValidationError(_("The session must end after it starts."))
        names = ("weekday", "starts", "ends", "valid_from", "valid_until", "every_n_weeks")
        new = sessions.WeeklySession(cleaned["clinician"].pk, *(cleaned.get(name) for name in names))
        if meets_another(new, except_key=self.instance.pk):
            raise ValidationError(_("This clinician has another session at that time."))
        return cleaned


@admin.register(WeeklySession, site=admin_site)
class WeeklySessionAdmin(QuietAdmin):
    form = WeeklySessionForm
    list_display = ("clinician", "weekday", "starts", "ends", "valid_from", "valid_until", "every_n_weeks", "site")
    list_filter = ("weekday", "clinician__specialty")
    list_select_related = ("clinician", "site")
    filter_horizontal = ("visit_types",)
    search_fields = ("clinician__name",)
    autocomplete_fields = ("clinician",)


class SessionExceptionForm(QuietForm):
    """Time added or taken on one date."""

    class Meta:
        model = SessionException
        fields = ("clinician", "on", "adds", "starts", "ends", "site", "reason")


@admin.register(SessionException, site=admin_site)
class SessionExceptionAdmin(QuietAdmin):
    form = SessionExceptionForm
    list_display = ("clinician", "on", "adds", "starts", "ends", "site", "reason")
    list_filter = ("adds",)
    list_select_related = ("clinician", "site")
    date_hierarchy = "on"
    autocomplete_fields = ("clinician",)


class ClosureForm(QuietForm):
    """One thing is closed, or the whole clinic."""

    class Meta:
        model = Closure
        fields = ("clinician", "room", "site", "starts_at", "ends_at", "reason")

    def clean(self) -> dict:
        """At most one of clinician, room and site; the end after the start."""
        cleaned = super().clean()
        if sum(cleaned.get(name) is not None for name in ("clinician", "room", "site")) > 1:
            raise ValidationError(_("Choose one of clinician, room and site, or none of them for the whole clinic."))
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            raise ValidationError(_("The closure must end after it starts."))
        return cleaned


@admin.register(Closure, site=admin_site)
class ClosureAdmin(AuditedAdmin):
    form = ClosureForm
    list_display = ("starts_at", "ends_at", "clinician", "room", "site", "reason")
    list_select_related = ("clinician", "room", "site")
    autocomplete_fields = ("clinician", "room")
    date_hierarchy = "starts_at"


@admin.register(Buffer, site=admin_site)
class BufferAdmin(AuditedAdmin):
    list_display = ("clinician", "before_minutes", "after_minutes")
    list_select_related = ("clinician",)
    search_fields = ("clinician__name",)
    autocomplete_fields = ("clinician",)
