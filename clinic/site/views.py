"""Public pages and error pages. Only the team and the way here are read from the database."""

import logging

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clinic.directory.models import Site
from clinic.platform.words import clinic_facts
from clinic.site.forms import PreferencesForm
from clinic.site.notices import current_notice
from clinic.site.preferences import TEXT_COOKIE, TEXT_SIZES, THEME_COOKIE, remember, shown_text, shown_theme
from clinic.site.public_pages import public_page
from clinic.site.structured import as_script, clinic_data
from clinic.site.team import the_team

log = logging.getLogger(__name__)
STAFF_PAGES = "/staff/"


@public_page(reads_content=False)
def home(request):
    return render(request, "site/home.html")


@public_page(reads_content=False)
def get_help_now(request):
    return render(request, "site/get_help_now.html")


@public_page(reads_content=False)
def contact(request):
    context = {"structured": as_script(clinic_data()), "crumbs": _crumbs(_("Contact"))}
    return render(request, "site/contact.html", context)


@public_page()
def your_visit(request):
    """What to bring, how long it takes, how to get here: for people who have a day, and for those who think of one."""
    sites = Site.objects.filter(is_active=True).order_by("name")
    return render(request, "site/your_visit.html", {"sites": list(sites), "crumbs": _crumbs(_("Your visit"))})


@public_page()
def our_team(request):
    """Who somebody may meet, and what each of them does."""
    return render(request, "site/our_team.html", {"team": the_team(), "crumbs": _crumbs(_("Our team"))})


@public_page(reads_content=False)
def refer(request):
    """For clinicians: whom to send, whom to call now, what to have at hand."""
    context = {
        "crumbs": _crumbs(_("Refer a patient")),
        "visit_days": settings.VISIT_DUE_DAYS,
        "contact_days": settings.PLANNED_CONTACT_BUSINESS_DAYS,
        "urgent_open_hours": settings.URGENT_CONTACT_OPEN_HOURS,
        "urgent_clock_hours": settings.URGENT_CONTACT_CLOCK_HOURS,
    }
    return render(request, "site/refer.html", context)


@public_page(reads_content=False)
def nondiscrimination(request):
    return render(request, "site/nondiscrimination.html", {"crumbs": _crumbs(_("Nondiscrimination"))})


def _crumbs(here: str) -> list[tuple[str, str]]:
    return [(_("Home"), reverse("site:home")), (here, "")]


@public_page(reads_content=False)
def accessibility(request):
    return render(request, "site/accessibility.html", {"crumbs": _crumbs(_("Accessibility"))})


@public_page(reads_content=False)
def privacy(request):
    return render(request, "site/privacy.html", {"notice": current_notice(), "crumbs": _crumbs(_("Privacy"))})


@public_page(reads_content=False, has_form=True)
def preferences(request):
    """Text size and colors, kept in cookies; works the same without script."""
    shown = {"text_size": shown_text(request), "theme": shown_theme(request)}
    form = PreferencesForm(request.POST if request.method == "POST" else None, initial=shown)
    if request.method == "POST" and form.is_valid():
        response = redirect("site:preferences")
        remember(response, TEXT_COOKIE, form.cleaned_data["text_size"], secure=settings.SECURE_COOKIES)
        remember(response, THEME_COOKIE, form.cleaned_data["theme"], secure=settings.SECURE_COOKIES)
        return response
    return render(request, "site/preferences.html", {"form": form}, status=422 if form.errors else 200)


@csrf_exempt  # sets nothing but a display preference, and so public pages need no cookie for its form
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def text_size(request):
    """The three buttons of the header: set the size and go back to the page; a GET shows the preferences."""
    if request.method != "POST":
        return redirect("site:preferences")
    chosen, back = request.POST.get("size"), request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = redirect(back if safe and back.startswith("/") else "site:home")
    if chosen in dict(TEXT_SIZES):
        remember(response, TEXT_COOKIE, chosen, secure=settings.SECURE_COOKIES)
    return response


# Error pages: the same frame, with the phone numbers that help when the site does not


def _frame(request) -> dict[str, str]:
    """Staff read an error in their own frame, with the emergencies that wait; everybody else in that of the public."""
    user = getattr(request, "user", None) if request.path.startswith(STAFF_PAGES) else None
    return {"frame": "frames/staff.html"} if user is not None and user.is_authenticated else {}


def bad_request(request, exception=None):
    return render(request, "400.html", _frame(request), status=400)


def forbidden(request, exception=None):
    return render(request, "403.html", _frame(request), status=403)


def not_found(request, exception=None):
    return render(request, "404.html", _frame(request), status=404)


def csrf_failure(request, reason=""):
    return render(request, "csrf.html", _frame(request), status=403)


def maintenance(request, ends: str = ""):
    """For a planned interruption: served by the proxy or a middleware while the clinic is being updated."""
    return render(request, "503.html", {"ends": ends}, status=503)


def server_error(request):
    """Settings only: no session, no database, no context processor; a plain text if even the page cannot be made."""
    try:
        return HttpResponseServerError(render_to_string("500.html", {"clinic": clinic_facts()}))
    except Exception:
        log.exception("The page for server errors could not be made")
        facts = clinic_facts()
        text = "Something went wrong on our side. Emergency? Call {emergency_number}. Nurse line: {nurse_line}."
        return HttpResponse(text.format(**facts), content_type="text/plain; charset=utf-8", status=500)
