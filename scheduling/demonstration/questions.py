"""Questions that wait at the nurse line of the demonstration, two of them about trials. All of it is invented."""

import datetime as dt

from clinic.platform.submits.once import new_key
from intake.nurse_line.actions import ask_nurse, begin_question
from intake.nurse_line.models import NurseQuestion
from intake.patients.models import Patient
from intake.registration.actions import person

HOURS_AGO = 2
# kind, topic, who asks, telephone, what; True: the patient who is signed in
ASKED = (
    ("question", "cost", "Dana Whitlock", "+12025550171", "Does my plan pay for the bone scan?", False),
    ("call_back", "appointment", "Owen Barr", "+12025550172", "", False),
    ("question", "trials", "Priya Raman", "+12025550173", "Is there a study of exercise that I could join?", False),
    ("question", "trials", "", "", "I read about one strong dose of radiation. Could I take part?", True),
)


def add_questions(now: dt.datetime) -> int:
    """Asked this morning, nobody has answered yet; how many."""
    known = Patient.objects.filter(merged_into=None).order_by("pk").first()
    for kind, topic, name, phone, text, is_known in ASKED:
        patient = known if is_known else None
        draft = begin_question(kind=kind, topic=topic, filled_by="patient")
        said = {
            "name": patient.full_name if patient else name,
            "phone": patient.phone_primary if patient else phone,
            "best_time": NurseQuestion.BestTime.ANY,
            "ok_voicemail": True,
            "text": text,
            "is_our_patient": "yes" if patient else "no",
            "language": "en",
        }
        by = person(draft.pk, "patient")
        ask_nurse(draft, said, patient=patient, by=by, key=new_key(), at=now - dt.timedelta(hours=HOURS_AGO))
    return len(ASKED)
