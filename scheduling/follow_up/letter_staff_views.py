"""Staff: letters about a request. Written from facts, changed while a draft, printed, marked as sent, corrected."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.decorators import requires
from clinic.accounts.roles import Permission
from clinic.platform.numbers import whole_number
from clinic.platform.refusals import Refused
from clinic.platform.told import told_above, told_in
from scheduling.follow_up.forms import ChangeLetterForm, NewLetterForm, SendForm
from scheduling.follow_up.letter_text import addressee_of, read_facts, report_text
from scheduling.follow_up.letters import (
    change_letter,
    correct_letter,
    discard_letter,
    send_letter,
    take_up_letter,
    write_letter,
)
from scheduling.follow_up.models import Letter
from scheduling.follow_up.plan_staff_views import STALE, crumbs, written_by
from scheduling.requests.models import AppointmentRequest
from scheduling.worklist.staff_views import find_wanted, note_look


def _found(request: HttpRequest, wanted: AppointmentRequest, letter_id) -> Letter:
    rows = Letter.objects.visible_to(request.user).select_related("written_by", "sent_by", "visit__visit_type")
    return get_object_or_404(rows, request=wanted, pk=letter_id)


def _to(letter: Letter, wanted: AppointmentRequest, page: str = "letter") -> HttpResponse:
    return redirect(f"staff-follow-up:{page}", wanted.reference, letter.pk)


@requires(Permission.VIEW_PATIENT, Permission.FOLLOW_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def letter_add(request: HttpRequest, reference: str) -> HttpResponse:
    """A report to the referrer, written from what is known; nothing is kept before it is saved."""
    wanted = find_wanted(request, reference)
    note_look(request, wanted, "letter_add")
    facts = read_facts(wanted)
    name, addressee = addressee_of(wanted)
    initial = {
        "visit": str(facts.visit.pk) if facts.visit else "",
        "addressee": addressee,
        "body": report_text(wanted, facts, to=name, signed_by=str(request.user)),
    }
    form = NewLetterForm(request.POST or None, initial=initial, visits=facts.visits)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        words = {"addressee": said["addressee"], "body": said["body"], "template": "visit_report"}
        kind, visit = Letter.Kind.REPORT, form.visit_of()
        with told_in(form):
            letter = write_letter(wanted, kind=kind, visit=visit, **words, **written_by(request), key=said["key"])
            messages.success(request, _("The draft is saved. Print it, send it, then mark it as sent."))
            return _to(letter, wanted)
    context = {"wanted": wanted, "form": form, "has_addressee": bool(addressee)}
    context["crumbs"] = crumbs(wanted, _("Report to the referrer"))
    return render(request, "follow_up/letter_add.html", context, status=422 if form.errors else 200)


@requires(Permission.VIEW_PATIENT)
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, reference: str, letter_id) -> HttpResponse:
    """A letter: a draft with its form, a sent one as it stands. A colleague's change in between loses nothing."""
    wanted = find_wanted(request, reference)
    found, status = _found(request, wanted, letter_id), 200
    may_write = request.user.has_perm(Permission.FOLLOW_UP)
    note_look(request, wanted, "letter")
    form = None
    if may_write and (found.state == Letter.State.DRAFT or request.method == "POST"):
        initial = {"version": found.version, "addressee": found.addressee, "body": found.body}
        form = ChangeLetterForm(request.POST or None, initial=initial)
    if request.method == "POST":
        status = 403 if form is None else 422
        if form is not None and form.is_valid():
            said = form.cleaned_data
            words = {"addressee": said["addressee"], "body": said["body"], "version": said["version"]}
            try:
                change_letter(found, **words, **written_by(request), key=said["key"])
            except Refused as no:
                found = _found(request, wanted, letter_id)
                form.add_error(None, str(no))
                form.show_newer(found.version)
                status = 409 if no.code in STALE else 422
            else:
                messages.success(request, _("The draft is saved."))
                return _to(found, wanted)
    context = {
        "wanted": wanted,
        "letter": found,
        "form": form,
        "is_stale": status == 409,
        "can_follow_up": may_write,
        "crumbs": crumbs(wanted, str(found.get_kind_display())),
    }
    return render(request, "follow_up/letter.html", context, status=status)


@requires(Permission.VIEW_PATIENT, Permission.FOLLOW_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def letter_send(request: HttpRequest, reference: str, letter_id) -> HttpResponse:
    """Say how and when a letter went out; it never changes after that."""
    wanted = find_wanted(request, reference)
    found, status = _found(request, wanted, letter_id), 200
    note_look(request, wanted, "letter_send")
    form = SendForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            facts = {"how": said["how"], "sent_at": form.sent_at(), "version": said["version"]}
            try:
                send_letter(found, **facts, **written_by(request), key=said["key"], now=timezone.now())
            except Refused as no:
                found = _found(request, wanted, letter_id)
                form.add_error("sent_on" if no.code == "when" and said["when"] == "earlier" else None, str(no))
                form.show_newer(found.version)
                status = 409 if no.code in STALE else 422
            else:
                messages.success(request, _("The letter is marked as sent."))
                return redirect("staff-follow-up:plan", wanted.reference)
    context = {"wanted": wanted, "letter": found, "form": form, "is_stale": status == 409}
    context["crumbs"] = [*crumbs(wanted, "")[:-1], (found.get_kind_display(), _address(wanted, found)), (_("Sent"), "")]
    return render(request, "follow_up/letter_send.html", context, status=status)


def _address(wanted: AppointmentRequest, letter: Letter) -> str:
    return reverse("staff-follow-up:letter", args=[wanted.reference, letter.pk])


@requires(Permission.VIEW_PATIENT, Permission.FOLLOW_UP)
@require_POST
def letter_correct(request: HttpRequest, reference: str, letter_id) -> HttpResponse:
    """Begin a new letter that corrects a sent one."""
    wanted = find_wanted(request, reference)
    found = _found(request, wanted, letter_id)
    with told_above(request):
        new = correct_letter(found, **written_by(request), key=request.POST.get("key", ""))
        messages.success(request, _("This is a new draft with the text of the letter that was sent."))
        return _to(new, wanted)
    return _to(found, wanted)


@requires(Permission.VIEW_PATIENT, Permission.FOLLOW_UP)
@require_POST
def letter_discard(request: HttpRequest, reference: str, letter_id) -> HttpResponse:
    """Throw a draft away; its page then offers to take it up again."""
    wanted = find_wanted(request, reference)
    found = _found(request, wanted, letter_id)
    version = request.POST.get("version", "")
    with told_above(request):
        discard_letter(
            found, version=whole_number(version) or 0, **written_by(request), key=request.POST.get("key", "")
        )
        messages.success(request, _("The draft is thrown away. You can take it up again."))
    return _to(found, wanted)


@requires(Permission.VIEW_PATIENT, Permission.FOLLOW_UP)
@require_POST
def letter_take_up(request: HttpRequest, reference: str, letter_id) -> HttpResponse:
    """Take a draft up again that was thrown away."""
    wanted = find_wanted(request, reference)
    found = _found(request, wanted, letter_id)
    with told_above(request):
        take_up_letter(found, **written_by(request), key=request.POST.get("key", ""))
        messages.success(request, _("The letter is a draft again."))
    return _to(found, wanted)


@requires(Permission.VIEW_PATIENT)
@require_safe
def letter_print(request: HttpRequest, reference: str, letter_id) -> HttpResponse:
    """The letter on paper, with the clinic's head."""
    wanted = find_wanted(request, reference)
    found = _found(request, wanted, letter_id)
    note_look(request, wanted, "letter_print")
    context = {"wanted": wanted, "letter": found, "back_url": _address(wanted, found)}
    return render(request, "follow_up/letter_print.html", context)
