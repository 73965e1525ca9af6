"""Staff: the home of those who have no worklist: a clinician's day, trials that wait, or what a role may do."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clinic.accounts.actors import staff_actor
from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.audit.record import record_view
from scheduling.worklist import my_day as reads


@dataclass(frozen=True, slots=True)
class Card:
    """A page that a role works with: the name of its address, its words, and any permission that opens it."""

    address: str
    title: Any
    text: Any
    needs: tuple[Permission, ...]

    @property
    def url(self) -> str:
        """The address; empty where this installation does not have the page."""
        try:
            return reverse(self.address)
        except NoReverseMatch:
            return ""


CARDS = (
    Card(
        "admin:clinic_user_changelist",
        _("People and roles"),
        _("Who works here, what they may do, and who may no longer sign in."),
        (Permission.MANAGE_USERS,),
    ),
    Card(
        "admin:index",
        _("Set-up"),
        _("Clinicians, specialties, sites and rooms, kinds of visits, days off."),
        (Permission.MANAGE_REFERENCE,),
    ),
    Card(
        "staff-measures:access",
        _("Measures"),
        _("How long people wait, and how full the clinic is. Numbers only, no patients."),
        (Permission.VIEW_MEASURES,),
    ),
    Card(
        "admin:clinic_article_changelist",
        _("Articles"),
        _("What patients read: drafts, reviews, dates of the next look."),
        (Permission.EDIT_CONTENT, Permission.APPROVE_CONTENT),
    ),
    Card(
        "admin:clinic_glossaryterm_changelist",
        _("Words"),
        _("Medical words in plain language."),
        (Permission.EDIT_CONTENT,),
    ),
    Card(
        "admin:clinic_trial_changelist",
        _("Clinical trials"),
        _("Trials shown to patients, and when each was last checked."),
        (Permission.EDIT_CONTENT,),
    ),
    Card(
        "admin:clinic_resource_changelist",
        _("Outside help"),
        _("Help lines and groups, and when each was last checked."),
        (Permission.EDIT_CONTENT,),
    ),
    Card(
        "admin:clinic_auditentry_changelist",
        _("Audit"),
        _("Who looked at what, who changed what, and when. Nobody can change it."),
        (Permission.VIEW_AUDIT,),
    ),
    Card(
        "admin:clinic_message_changelist",
        _("Messages"),
        _("What was sent, and what could not be sent. No patient data."),
        (Permission.VIEW_AUDIT,),
    ),
    Card(
        "admin:clinic_job_changelist",
        _("Background work"),
        _("What the program does by itself, and what failed."),
        (Permission.VIEW_AUDIT,),
    ),
)


@requires(Permission.VIEW_PATIENT)
@require_safe
def my_day(request: HttpRequest) -> HttpResponse:
    """The day of a clinician, also of one who has the worklist as home."""
    return show_my_day(request)


def show_my_day(request: HttpRequest) -> HttpResponse:
    """Appointments of this person today and on the next days; for who handles trials, what waits for them."""
    user, now = request.user, timezone.now()
    with transaction.atomic():
        record_view(("my_day", str(user.pk)), by=staff_actor(user), purpose="my_day")
    if user.has_perm(Permission.HANDLE_TRIALS) and not user.has_perm(Permission.RECOMMEND):
        return render(request, "staff/trials_home.html", {"work": reads.trial_work(user), "now": now})
    return render(request, "staff/my_day.html", {"mine": reads.my_day(user, now=now), "now": now})


def show_welcome(request: HttpRequest) -> HttpResponse:
    """For roles without patients: the pages they work with."""
    cards = [card for card in CARDS if any(map(request.user.has_perm, card.needs)) and card.url]
    return render(request, "staff/welcome.html", {"cards": cards})
