"""Public pages to read: the list, an article, the words, the questions, search. At most 3 queries each."""

from html import escape

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseGone
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from clinic.education.actions import count_helpful
from clinic.education.forms import SearchForm, is_searchable
from clinic.education.models import QUESTIONS_SLUG, Article, ArticleRevision, GlossaryTerm, Resource, Trial
from clinic.education.render import Word, shown
from clinic.education.search import Hit, crisis_words, search
from clinic.education.structured import article_data, crumbs_data, questions_data
from clinic.education.symptoms import related_symptoms
from clinic.education.text import read
from clinic.platform.limits import take
from clinic.site.public_pages import framed_page, public_page
from clinic.site.structured import as_script

SAID = ("yes", "no")
ANSWERS_A_PAGE, DAY = 3, 24 * 3600  # from one network address: a family at one table


def public(view):
    """A page that is made anew for what was asked: sign-in not needed, GET only, answered 304 when it is the same."""
    return login_not_required(require_safe(conditional_page(view)))


def _crumbs(*last: str) -> list[tuple[str, str]]:
    return [(_("Home"), reverse("site:home")), (_("Learn"), reverse("education:index")), *((one, "") for one in last)]


def _words() -> tuple[Word, ...]:
    rows = GlossaryTerm.objects.filter(is_active=True).values_list("term", "slug", "definition")
    return tuple(rows)


@public_page()
def index(request: HttpRequest) -> HttpResponse:
    """All articles in order, the words and the questions, and the way to search."""
    rows = Article.objects.readable(timezone.localdate()).select_related("published")
    articles = [one for one in rows if one.slug != QUESTIONS_SLUG]
    context = {
        "has_questions": len(articles) < len(rows),
        "for_patients": [one for one in articles if one.audience != "referring_clinician"],
        "for_clinicians": [one for one in articles if one.audience == "referring_clinician"],
        "form": SearchForm(),
        "crumbs": [(_("Home"), reverse("site:home")), (_("Learn"), "")],
    }
    return render(request, "education/index.html", context)


@public_page()
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article. A retired one says so and leads on; one that never was does not exist."""
    one = Article.objects.select_related("published").filter(slug=slug, published__isnull=False).first()
    if one is None or slug == QUESTIONS_SLUG:
        raise Http404
    if not one.is_readable(timezone.localdate()):
        return _gone(request)
    context = page_of(one, one.wording) | {"crumbs": _crumbs(one.wording.title)}
    data = [article_data(one, one.wording), crumbs_data(context["crumbs"], request.path)]
    context["structured"] = [as_script(part) for part in data]
    return render(request, "education/article.html", context)


@csrf_exempt  # adds one to a count and nothing else, and so the pages need no cookie for their two buttons
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def helpful(request: HttpRequest, slug: str) -> HttpResponse:
    """Yes or no from the foot of a page, then thanks. Who presses more often than that is thanked, and not counted."""
    rows = Article.objects.readable(timezone.localdate()).select_related("published")
    one = get_object_or_404(rows, slug=slug)
    if request.method == "POST":
        said = request.POST.get("said")
        if said not in SAID:
            return HttpResponseBadRequest(render(request, "400.html").content)
        per_page = f"{request.META.get('REMOTE_ADDR', '')} {one.published_id}"
        if take("helpful", per_page, capacity=ANSWERS_A_PAGE, per_seconds=DAY):
            count_helpful(one.wording, said=said)
        return redirect(f"{request.path}?said={said}")
    context = {"article": one, "said": request.GET.get("said"), "form": SearchForm(), "crumbs": _crumbs(_("Thank you"))}
    return render(request, "education/helpful.html", context)


def _gone(request: HttpRequest) -> HttpResponse:
    crumbs = _crumbs(_("Not shown any more"))
    return HttpResponseGone(render(request, "education/gone.html", {"crumbs": crumbs}).content)


def page_of(one: Article, wording: ArticleRevision) -> dict:
    """What the page of an article shows in this wording: 2 queries."""
    readable = Article.objects.readable(timezone.localdate()).filter(slug__in=one.related).select_related("published")
    related = {other.slug: other for other in readable} if one.related else {}
    return {
        "article": one,
        "article_url": settings.PUBLIC_URL + one.get_absolute_url(),
        "revision": wording,
        "symptoms": related_symptoms(one.related_keys),
        "shown": shown(wording.text, _words(), get_language() or "en"),
        "related": [related[slug] for slug in one.related if slug in related],
    }


@public_page()
def questions(request: HttpRequest) -> HttpResponse:
    """The common questions with short answers."""
    rows = Article.objects.select_related("published")
    one = rows.filter(slug=QUESTIONS_SLUG, published__isnull=False).first()
    if one is None:
        raise Http404
    if not one.is_readable(timezone.localdate()):
        return _gone(request)
    context = page_of(one, one.wording) | {"crumbs": _crumbs(one.wording.title)}
    texts = {section.anchor: section.text for section in read(one.wording.text).sections}
    data = [questions_data(one.wording, context["shown"], texts), crumbs_data(context["crumbs"], request.path)]
    context["structured"] = [as_script(part) for part in data]
    return render(request, "education/questions.html", context)


@public_page()
def words(request: HttpRequest) -> HttpResponse:
    """All words, alphabetical, each with how to say it and what it means."""
    terms = list(GlossaryTerm.objects.filter(is_active=True).order_by("term"))
    letters: dict[str, list[GlossaryTerm]] = {}
    for one in sorted(terms, key=lambda term: term.term.lower()):
        letters.setdefault(one.term[0].upper(), []).append(one)
    return render(request, "education/words.html", {"letters": list(letters.items()), "crumbs": _crumbs(_("Words"))})


@public_page(reads_content=False)
def search_page(request: HttpRequest) -> HttpResponse:
    """What was found for `?q=`; nothing of it is kept. A query that is too long is said to be, and stays in the field.

    Whoever may be looking for help with thoughts of suicide sees the number to call first.
    """
    typed = request.GET.get("q")
    if typed and is_searchable(typed):
        response = _found(request, typed.strip())
    else:
        form = SearchForm(request.GET if typed is not None else None)
        context = _search_context() | {"form": form, "query": form["q"].value() or "", "title": _("Search")}
        response = render(request, "education/search.html", context, status=422 if form.errors else 200)
    if typed is not None:
        response["Cache-Control"] = "no-store"  # what somebody looks for stays on no shared computer
    return response


def _listed(hit: Hit) -> str:
    """One result. There may be thirty: a template takes long for them, and so do Django's helpers."""
    return f'<li><h2><a href="{escape(hit.address)}">{escape(hit.title)}</a></h2><p>{hit.excerpt}</p></li>'


def _search_context() -> dict:
    return {"crumbs": [(_("Home"), reverse("site:home")), (_("Search"), "")]}


def _found(request: HttpRequest, query: str) -> HttpResponse:
    """The page of results: only what depends on the query is made anew."""
    results = search(query)
    count, instead = len(results.hits), results.instead
    flags = {
        "is_asked": True,
        "is_crisis": crisis_words(query),
        "is_nothing": not results.hits,
        "has_better": bool(instead),
    }
    return framed_page(
        request,
        "education/search.html",
        _search_context,
        flags=flags,
        title=ngettext("%(n)s result for your search", "%(n)s results for your search", count) % {"n": count},
        query=escape(query),
        count=ngettext("%(n)s result", "%(n)s results", count) % {"n": count},
        better=escape(instead),
        better_query=urlencode({"q": instead}),
        hits="".join(map(_listed, results.hits)),
    )


@public_page()
def trials(request: HttpRequest) -> HttpResponse:
    """Studies that recruit and were verified not long ago."""
    shown_trials = list(Trial.objects.shown(timezone.localdate()))
    crumbs = [(_("Home"), reverse("site:home")), (_("Clinical trials"), "")]
    return render(request, "education/trials.html", {"trials": shown_trials, "crumbs": crumbs})


@public_page()
def resources(request: HttpRequest) -> HttpResponse:
    """Help from outside, by kind; what was not verified lately is not shown."""
    kinds: dict[str, list[Resource]] = {}
    for one in Resource.objects.shown(timezone.localdate()):
        kinds.setdefault(str(one.get_kind_display()), []).append(one)
    crumbs = [(_("Home"), reverse("site:home")), (_("Help from outside"), "")]
    return render(request, "education/resources.html", {"kinds": list(kinds.items()), "crumbs": crumbs})


@public
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may look at; every page that is not public says `noindex` itself, too."""
    return render(request, "education/robots.txt", {"public_url": settings.PUBLIC_URL}, content_type="text/plain")
