"""Structured data (schema.org, JSON-LD) for search engines: who reviewed an article, when, and for whom it is."""

from django.conf import settings

from clinic.education.models import Article, ArticleRevision, Audience
from clinic.education.render import ShownArticle
from clinic.education.text import plain

AUDIENCES = {
    Audience.PATIENT: "Patient",
    Audience.CAREGIVER: "Caregiver",
    Audience.REFERRING_CLINICIAN: "Clinician",
}


def article_data(article: Article, revision: ArticleRevision) -> dict:
    """schema.org MedicalWebPage."""
    return {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": revision.title,
        "description": revision.summary,
        "url": settings.PUBLIC_URL + article.get_absolute_url(),
        "inLanguage": article.language,
        "lastReviewed": article.reviewed_on.isoformat() if article.reviewed_on else None,
        "reviewedBy": {"@type": "Person", "jobTitle": revision.reviewer_role},
        "audience": {"@type": "MedicalAudience", "audienceType": AUDIENCES[Audience(article.audience)]},
        "about": {"@type": "MedicalCondition", "name": "Bone metastasis"},
        "publisher": {"@type": "MedicalClinic", "name": settings.CLINIC_NAME},
    }


def questions_data(revision: ArticleRevision, shown: ShownArticle, texts: dict[str, str]) -> dict:
    """schema.org FAQPage; `texts` are the answers as they were written, by anchor."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "name": revision.title,
        "mainEntity": [
            {
                "@type": "Question",
                "name": one.heading,
                "acceptedAnswer": {"@type": "Answer", "text": " ".join(plain(texts[one.anchor]).split())},
            }
            for one in shown.sections
        ],
    }


def crumbs_data(crumbs: list[tuple[str, str]], here: str) -> dict:
    """schema.org BreadcrumbList; `here` is the path of the page itself."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": text, "item": settings.PUBLIC_URL + (url or here)}
            for number, (text, url) in enumerate(crumbs, start=1)
        ],
    }
