"""Pages of the admin about one article: draft, preview, review, compare, restore, retire."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.roles import Permission
from clinic.education import actions
from clinic.education.admin_forms import DraftForm, RevisionForm, SendBackForm
from clinic.education.compare import compare
from clinic.education.models import Article, ArticleRevision, helped_words
from clinic.education.reading import HIGHEST_GRADE, TARGET_GRADE, grade
from clinic.education.text import LONGEST_TEXT, plain
from clinic.education.views import page_of
from clinic.platform.refusals import Refused

State = ArticleRevision.State
OPEN = (State.DRAFT, State.IN_REVIEW)


def _require(request: HttpRequest, *permissions: Permission) -> None:
    if not any(request.user.has_perm(one) for one in permissions):
        raise PermissionDenied


def _context(request: HttpRequest, site: admin.AdminSite, article: Article, title: str) -> dict:
    return site.each_context(request) | {
        "title": title,
        "article": article,
        "opts": Article._meta,
        "may_edit": request.user.has_perm(Permission.EDIT_CONTENT),
        "may_review": request.user.has_perm(Permission.APPROVE_CONTENT),
    }


def _article(pk: int) -> Article:
    return get_object_or_404(Article.objects.select_related("published"), pk=pk)


def overview(request: HttpRequest, pk: int, *, site: admin.AdminSite) -> HttpResponse:
    """Where an article stands, what may be done next, and all its revisions."""
    _require(request, Permission.EDIT_CONTENT, Permission.APPROVE_CONTENT)
    article = _article(pk)
    revisions = list(article.revisions.select_related("written_by", "reviewed_by"))
    waiting = next((one for one in revisions if one.state == State.IN_REVIEW), None)
    context = _context(request, site, article, str(article)) | {
        "revisions": revisions,
        "draft": next((one for one in revisions if one.state in OPEN), None),
        "waiting": waiting,
        "is_own": waiting is not None and request.user.pk in waiting.writers,
        "helped": helped_words(article.published),
        "form": SendBackForm(),
        "today": timezone.localdate(),
        "is_readable": article.is_readable(timezone.localdate()),
    }
    return render(request, "admin/education/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, pk: int, *, site: admin.AdminSite) -> HttpResponse:
    """Write: the text on one side, what is wrong with it and its reading grade on the other."""
    _require(request, Permission.EDIT_CONTENT)
    article = _article(pk)
    open_one = article.revisions.filter(state__in=OPEN).first()
    if open_one is not None and open_one.state == State.IN_REVIEW and request.method != "POST":
        messages.warning(request, _("This text is in review. It can be changed when it is sent back."))
        return redirect("admin:clinic_article_change", pk)
    base = open_one or article.published
    initial = {"title": base.title, "summary": base.summary, "text": base.text} if base else {"text": SKELETON}
    initial["version"] = open_one.version if open_one else None
    form = DraftForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (saved := _saved(request, article, form)):
            messages.success(request, _("The draft is saved."))
            name = "admin:clinic_article_preview" if "preview" in request.POST else "admin:clinic_article_draft"
            return redirect(name, pk, *([saved.number] if "preview" in request.POST else []))
    text = form["text"].value() or ""
    context = _context(request, site, article, _("Write: %(article)s") % {"article": article}) | {
        "form": form,
        "draft": open_one,
        "problems": actions.problems_with(open_one) if open_one else [],
        "grade": round(grade(plain(text[:LONGEST_TEXT])), 1),
        "target": TARGET_GRADE,
        "highest": HIGHEST_GRADE,
    }
    return render(request, "admin/education/draft.html", context, status=status)


SKELETON = """## Key points

- One
- Two
- Three

## What is it?

Write here. Name the source of each fact. [S1]

## Call the nurse line

- You have a question

## Questions to ask your team

- What is next?

## Sources

- S1: Who says so
"""


def _saved(request: HttpRequest, article: Article, form: DraftForm) -> ArticleRevision | None:
    said = form.cleaned_data
    try:
        return actions.write_draft(
            article,
            title=said["title"],
            summary=said["summary"],
            text=said["text"],
            version=said["version"],
            by=request.user,
            now=timezone.now(),
        )
    except Refused as no:
        form.add_error(None, str(no))
        return None


@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """The reading grade of what stands in the editor now, while it is being written. Nothing is kept."""
    _require(request, Permission.EDIT_CONTENT)
    text = request.POST.get("text", "")
    if len(text) > LONGEST_TEXT:
        return HttpResponseBadRequest()
    level = grade(plain(text))
    words = len(plain(text).split())
    return JsonResponse({"grade": round(level, 1), "words": words, "is_good": level <= TARGET_GRADE})


@require_safe
def preview(request: HttpRequest, pk: int, number: int, *, site: admin.AdminSite) -> HttpResponse:
    """A revision as its readers would see it."""
    _require(request, Permission.EDIT_CONTENT, Permission.APPROVE_CONTENT)
    article = _article(pk)
    revision = get_object_or_404(article.revisions, number=number)
    context = page_of(article, revision) | {"is_preview": True, "back_pk": pk}
    return render(request, "education/article.html", context)


@require_safe
def differences(request: HttpRequest, pk: int, number: int, other: int, *, site: admin.AdminSite) -> HttpResponse:
    """Two revisions side by side, the older one on the left."""
    _require(request, Permission.EDIT_CONTENT, Permission.APPROVE_CONTENT)
    article = _article(pk)
    before = get_object_or_404(article.revisions, number=min(number, other))
    after = get_object_or_404(article.revisions, number=max(number, other))
    heads = [f"{one.title}\n{one.summary}\n\n{one.text}" for one in (before, after)]
    context = _context(request, site, article, _("Compare revisions")) | {
        "before": before,
        "after": after,
        "rows": compare(*heads),
    }
    return render(request, "admin/education/differences.html", context)


@require_POST
def act(request: HttpRequest, pk: int, what: str, *, site: admin.AdminSite) -> HttpResponse:
    """One step of the workflow; whatever is refused is said on the page of the article."""
    article = _article(pk)
    said = STEPS.get(what)
    if said is None:
        return HttpResponseBadRequest()
    try:
        messages.success(request, said(request, article, _as_read(request, article)))
    except Refused as no:
        messages.error(request, str(no))
    return redirect("admin:clinic_article_change", pk)


def _as_read(request: HttpRequest, article: Article) -> ArticleRevision | None:
    """The revision that stood on the page of whoever pressed the button; None when its words are others by now."""
    form = RevisionForm(request.POST)
    return article.revisions.filter(**form.cleaned_data).first() if form.is_valid() else None


def _needs(revision: ArticleRevision | None) -> ArticleRevision:
    if revision is None:
        raise Refused(_("The text has changed since you opened this page. Read it again first."), code="stale")
    return revision


def _send(request: HttpRequest, article: Article, revision: ArticleRevision | None) -> str:
    actions.send_to_review(_needs(revision), by=request.user, now=timezone.now())
    return _("The text waits for its review by a clinician.")


def _send_back(request: HttpRequest, article: Article, revision: ArticleRevision | None) -> str:
    actions.send_back(_needs(revision), note=request.POST.get("note", ""), by=request.user)
    return _("The text is back with its writer.")


def _publish(request: HttpRequest, article: Article, revision: ArticleRevision | None) -> str:
    actions.publish(_needs(revision), by=request.user, now=timezone.now())
    return _("The article is published.")


def _confirm(request: HttpRequest, article: Article, revision: ArticleRevision | None) -> str:
    actions.confirm_review(_needs(revision), by=request.user, now=timezone.now())
    return _("The review is noted. The next one is due in a year.")


def _restore(request: HttpRequest, article: Article, revision: ArticleRevision | None) -> str:
    actions.restore(_needs(revision), by=request.user, now=timezone.now())
    return _("A new draft has these words.")


def _retire(request: HttpRequest, article: Article, revision: ArticleRevision | None) -> str:
    actions.retire(article, by=request.user, now=timezone.now())
    return _("The article is not shown any more.")


STEPS = {
    "send": _send,
    "send-back": _send_back,
    "publish": _publish,
    "confirm": _confirm,
    "restore": _restore,
    "retire": _retire,
}
