"""Signing in without a password: a code and a link by e-mail or text, each good for ten minutes and once.

Both ask for the birth date again. Whoever asks gets the same answer: the look-up happens in the worker, so that neither
words nor time tell who is known.
"""

from datetime import date, timedelta
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from clinic.messages.send import sign_in as send_sign_in
from clinic.platform.audit.actors import Actor
from clinic.platform.audit.record import record
from clinic.platform.jobs.queue import enqueue
from clinic.platform.limits import take
from intake.access.codes import shown
from intake.access.links import make_code, make_link_for_index, open_link, revoke_links
from intake.patients.identity import birth_date_index, email_index, phone_index
from intake.patients.models import Patient
from intake.patients.reach import Way, ways_to

Contact = Literal["email", "phone"]
LIFETIME = timedelta(minutes=10)
LINK, CODE = "sign_in", "sign_in_code"
ASKS_PER_PERSON, PERSON_SECONDS = 5, 15 * 60
ASKS_PER_NETWORK, NETWORK_SECONDS = 20, 60 * 60
MOST_PEOPLE = 3  # who share an address and a birth date: twins, not a mailing list


def ask_to_sign_in(contact: Contact, value: str, birth_date: date, *, network: str) -> None:
    """Have a message sent if somebody is known by this e-mail address or phone (E.164) and birth date.

    Does the same work for strangers, and too many asks are dropped without a word: nothing here tells who is a patient.
    """
    index = email_index(value) if contact == "email" else phone_index(value)
    born = birth_date_index(birth_date)
    by_network = take("sign-in-ask-network", network, capacity=ASKS_PER_NETWORK, per_seconds=NETWORK_SECONDS)
    by_person = take("sign-in-ask", f"{index} {born}", capacity=ASKS_PER_PERSON, per_seconds=PERSON_SECONDS)
    if by_network and by_person:
        with transaction.atomic():
            enqueue("send_sign_in", {"contact": contact, "index": index, "born": born})


def send_to_those_known(contact: Contact, index: str, born: str) -> int:
    """Write to everybody known by these blind indexes who agreed to it; how many. Run by the worker.

    Who gave an address gets an e-mail and who gave a number a text, if they agreed to that; else what they agreed to.
    """
    known = Patient.objects.filter(birth_date_index=born).select_related("merged_into").order_by("-created_at")
    known = known.filter(email_index=index) if contact == "email" else known.filter(phone_index=index)
    newest = {patient.name_index: patient for patient in reversed(list(known))}
    reachable = [patient for patient in newest.values() if ways_to(patient)][:MOST_PEOPLE]
    for patient in reachable:
        ways = ways_to(patient)
        wanted: Way = "email" if contact == "email" else "text"
        _send(patient, ways.get(wanted) or next(iter(ways.values())))
    return len(reachable)


def _send(patient: Patient, to: str) -> None:
    subject = patient.merged_into or patient
    ends = timezone.now() + LIFETIME
    opens = {"subject_id": subject.pk, "birth_index": patient.birth_date_index, "expires_at": ends}
    token = make_link_for_index(purpose=LINK, single_use=True, **opens)
    code = make_code(purpose=CODE, **opens)
    address = settings.PUBLIC_URL + reverse("requests:sign_in_link", args=[token])
    send_sign_in(to, link=address, code=shown(code))


def enter(secret: str, birth_date: date, *, purpose: str, network: str) -> Patient:
    """The patient whom this code or token (`purpose` CODE or LINK) and birth date open.

    Every other code and link of theirs ends with it. Refuses like `open_link`.
    """
    link = open_link(secret, birth_date, purpose=purpose, network=network)  # counts the try for good
    with transaction.atomic():
        for other in (LINK, CODE):
            revoke_links(other, link.subject_id)
        patient = Patient.objects.get(pk=link.subject_id)
        record("signed_in", by=Actor("patient", f"patient:{patient.pk}"), subject=patient, data={"by": purpose})
    return patient
