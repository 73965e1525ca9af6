"""Gathers the capability models so that Django finds them."""

from clinic.accounts.models import User
from clinic.directory.models import Clinician, Holiday, Room, Site, Specialty
from clinic.education.models import Article, ArticleRevision, GlossaryTerm, HelpfulCount, Resource, SearchText, Trial
from clinic.messages.models import Message, StoppedNumber
from clinic.platform.audit.models import AuditEntry, Seal
from clinic.platform.jobs.models import Job
from clinic.platform.kept.models import KeptForm
from clinic.platform.limits.models import TokenBucket
from clinic.platform.submits.models import Submit
from clinic.site.models import ContentStamp

__all__ = [
    "Article",
    "ArticleRevision",
    "AuditEntry",
    "Clinician",
    "ContentStamp",
    "GlossaryTerm",
    "HelpfulCount",
    "Holiday",
    "Job",
    "KeptForm",
    "Message",
    "Resource",
    "Room",
    "Seal",
    "SearchText",
    "Site",
    "Specialty",
    "StoppedNumber",
    "Submit",
    "TokenBucket",
    "Trial",
    "User",
]
