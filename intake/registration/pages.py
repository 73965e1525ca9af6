"""What the pages of a registration share: the draft open here, what the frame needs, and the way out when none is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from clinic.platform.db.batch import Batch
from clinic.platform.kept.safe import hand_out, is_asked_for, keep, restore
from intake.access.sessions import lapsed_subject, patient_session
from intake.flow.flow import Step
from intake.registration.actions import ask_for_draft, keep_alive
from intake.registration.models import Draft


def address_of(step: Step | None, *, change: bool = False) -> str:
    """The address of a page; without one, that of check answers."""
    if step is None:
        return reverse("registration:check")
    return reverse("registration:step", args=[step.section, step.slug]) + ("?change=1" if change else "")


def show(
    request: HttpRequest, template: str, *, status: int = 200, draft: Draft | None = None, **context: Any
) -> HttpResponse:
    """A page of the registration, with the warning before its session ends and the way to save it."""
    by_phone = draft is not None and getattr(getattr(request, "actor", None), "kind", "") == "staff"
    if draft is not None:
        context |= {
            "by_phone": by_phone,
            "draft": draft,
            "caregiver": draft.filled_by == "caregiver",
            "session_idle_seconds": settings.PATIENT_IDLE_MINUTES * 60,
        }
        context.setdefault("save_url", reverse("registration:save"))
    return render(request, template, context, status=status)


def lost(request: HttpRequest) -> HttpResponse:
    """No draft is open here: say whether the answers are kept, and how to go on. What was posted now is kept, too."""
    subject = lapsed_subject(request, "draft")
    kept = (
        bool(subject)
        and Draft.objects.filter(pk=subject, state=Draft.State.OPEN, expires_at__gt=timezone.now())
        .exclude(birth_date_index="")
        .exists()
    )
    is_typed_kept = kept and keep(request, owner=f"draft:{subject}")
    page = show(request, "registration/lost.html", status=403, kept=kept, is_typed_kept=is_typed_kept)
    return hand_out(request, page)


def _draft(key: str) -> Draft | None:
    batch = Batch()
    answer = ask_for_draft(key, batch)
    batch.send()
    return next(iter(answer.objects()), None)


def draft_page(
    view: Callable[..., HttpResponse] | None = None, *, sent_too: bool = False
) -> Callable[..., HttpResponse]:
    """Make `view(request, draft, ...)` a page of the draft open in this browser; `request.actor` is the person.

    A draft that was sent leads to the page after sending, unless `sent_too`.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            session = patient_session(request)
            if session is None or session.kind != "draft":
                return lost(request)
            draft = _draft(session.subject_id)
            if draft is not None and draft.state == Draft.State.SENT and not sent_too:
                return redirect("requests:sent")
            if draft is None or draft.state == Draft.State.EXPIRED:
                return lost(request)
            if draft.state == Draft.State.OPEN:
                if draft.expires_at <= timezone.now():
                    return lost(request)
                keep_alive(draft)
            if is_asked_for(request) and not restore(request, owner=f"draft:{draft.pk}"):
                return redirect(request.get_full_path())
            request.actor = session.actor
            return view(request, draft, *args, **kwargs)

        return login_not_required(page)

    return decorate(view) if view is not None else decorate
