"""Which requests a person may open here: the one of their link, the one they sent, or all of theirs after signing in.

A caregiver whose right to speak for the patient was not checked yet sees of a request they filled in: how far it is,
our numbers, and what they entered themselves. Nothing flows back before staff have verified them.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.platform.audit.actors import Actor
from clinic.platform.db.batch import Batch, stored
from intake.access.sessions import PatientSession
from intake.patients.models import Patient, Proxy
from intake.registration.models import Draft
from scheduling.requests.models import AppointmentRequest

_OF_PROXIES = "EXISTS (SELECT 1 FROM intake_proxy p WHERE p.patient_id = t.patient_id AND p.verified_at IS"
PROXIES = (("proxy_waits", f"{_OF_PROXIES} NULL)"), ("proxy_verified", f"{_OF_PROXIES} NOT NULL)"))


def own_requests(session: PatientSession) -> QuerySet:
    """The requests that this session opens, each with `proxy_waits` and `proxy_verified`."""
    proxies = Proxy.objects.filter(patient=OuterRef("patient"))
    rows = AppointmentRequest.objects.annotate(
        proxy_waits=Exists(proxies.filter(verified_at=None)), proxy_verified=Exists(proxies.exclude(verified_at=None))
    )
    if session.kind == "request":
        return rows.filter(pk=session.subject_id)
    if session.kind == "draft":
        sent = Draft.objects.filter(pk=session.subject_id, state=Draft.State.SENT).exclude(request_reference="")
        return rows.filter(reference__in=sent.values("request_reference"))
    return rows.filter(patient__in=_same_person(session.subject_id))


def own_request(session: PatientSession, reference: str) -> AppointmentRequest | None:
    """The row of `own_requests` with this reference. In plain SQL for the commonest session: each POST comes here."""
    if session.kind != "request":
        return own_requests(session).filter(reference=reference).first()
    batch = Batch()
    keys = [stored(AppointmentRequest._meta.pk, session.subject_id), reference]
    found = batch.select(AppointmentRequest, "WHERE t.id = %s AND t.reference = %s", keys, more=PROXIES)
    batch.send()
    return next(iter(found.objects()), None)


def _same_person(patient_id: str) -> QuerySet:
    """The patient, and records of the same name, birth date and e-mail address that nobody has merged yet."""
    me = Patient.objects.filter(pk=patient_id)
    names = ("email_index", "birth_date_index", "name_index")
    alike = Q(**{f"{name}__in": me.exclude(email_index="").values(name) for name in names})
    return Patient.objects.filter(Q(pk=patient_id) | alike).values("pk")


def tells_back(wanted: AppointmentRequest) -> bool:
    """Whether more than their own words may be shown to whoever opens this request (a row of `own_requests`).

    The page cannot tell which of several caregivers sits before it: one who is not verified closes it for all.
    """
    if wanted.filled_by == "caregiver":
        return wanted.proxy_verified and not wanted.proxy_waits
    return wanted.filled_by == "patient" or not wanted.proxy_waits


def reader_of(wanted: AppointmentRequest) -> Actor:
    """As whom answers are shown to whoever opened this request: as a caregiver where one may sit there unverified."""
    person = person_of(wanted)
    return person if tells_back(wanted) else Actor("caregiver", person.id)


def person_of(wanted: AppointmentRequest) -> Actor:
    """Whoever opened this request, as its actions know them."""
    return Actor("caregiver" if wanted.filled_by == "caregiver" else "patient", f"request:{wanted.pk}")
