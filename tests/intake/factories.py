"""Drafts, and people who fill in the form through the browser's door."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from intake.patients.identity import birth_date_index
from intake.registration.models import Draft
from intake.registration.steps import FLOW

BORN = {"date_of_birth_month": "3", "date_of_birth_day": "27", "date_of_birth_year": "1951"}

# What somebody without any sign types, page by page; pages not named here are left to `QUIET_DEFAULT`
QUIET = {
    "acute-general": {"acute_general": ["none"]},
    "leg-weakness": {"leg_weakness": "none"},
    "arm-weakness": {"arm_weakness": "none"},
    "walking-change": {"walking_change": "none"},
    "numbness": {"numbness": ["none"]},
    "bladder-change": {"bladder_change": "none"},
    "bowel-change": {"bowel_change": "none"},
    "can-bear-weight": {"can_bear_weight": "yes"},
    "limb-deformity": {"limb_deformity": "no"},
    "very-drowsy": {"very_drowsy": "no"},
    "fever": {"fever": "no"},
    "hyperca-symptoms": {"hyperca_symptoms": ["none"]},
    "cancer": {"cancer_history": "yes_current", "primary_site": "breast"},
    "cancer-in-bone": {"bone_mets_status": "confirmed"},
    "bones-named": {"bone_mets_sites": ["pelvis_left"]},
    "cancer-drugs": {"systemic_therapy_6wk": "no", "bone_agent": "denosumab"},
    "pain": {"pain_present": "yes"},
    "pain-where": {"pain_sites": ["pelvis_left", "spine_lumbar"]},
    "pain-level": {"pain_worst": "4", "pain_average": "3", "pain_now": "2"},
    "pain-time": {"pain_onset_days_when": "about", "pain_onset_days_count": "3", "pain_onset_days_unit": "months",
                  "pain_trend": "same"},
    "pain-pattern": {"pain_pattern": ["comes_and_goes", "relieved_by_rest"]},
    "pain-relief": {"pain_relief": "some"},
    "back": {"spine_tender": "no", "cannot_sit_or_stand": "no"},
    "limb": {"snap_or_sudden_pain": "no", "cannot_use_arm": "no"},
    "injury": {"injury_recent": "none", "told_fracture_risk": "no"},
    "fluids": {"cannot_keep_fluids": "no"},
    "strong-pain-pills": {"opioid_use": "daily"},
    "pain-pill-safety": {"opioid_days_left": "10", "bm_days_since": "1", "opioid_bowel_regimen": "yes",
                         "opioid_side_effects": ["none"], "naloxone_at_home": "yes"},
    "bone-drug-effects": {"jaw_problem": "no", "hypoca_symptoms": ["none"]},
    "daily-life": {"ecog_self": "1", "function_drop_2wk": "no", "falls_30d": "0"},
    "weight": {"weight_loss_unplanned": "no"},
    "face-and-leg": {"face_eye_swallow_change": "no", "leg_swelling_one_side": "no"},
    "support": {"mood_help_wanted": "no"},
    "what-matters": {"what_matters": "To walk my dog"},
    "caregiver": {"caregiver_name": "Ana Ortiz", "relation": "child", "caregiver_phone": "+44 20 7946 0018",
                  "proxy_authority": "patient_asked"},
    "name": {"legal_first_name": "María", "legal_last_name": "O’Neil-Díaz"},
    "birth-date": BORN,
    "phone": {"phone_primary": "(202) 555-0142", "phone_type": "mobile", "ok_voicemail": "yes"},
    "email": {"email": "maria@example.org"},
    "zip": {"zip": "48109"},
    "language": {"preferred_language": "es", "interpreter_needed": "spoken"},
    "reason": {"reason_for_contact": ["new_bone_pain", "second_opinion"], "reason_text": "My hip hurts"},
    "contact": {"contact_preference": ["phone", "email"], "consent_email": "on", "contact_times": ["morning"]},
    "privacy": {"npp_ack": "acknowledged"},
}  # fmt: skip


def a_draft(*, filled_by: str = "patient", answers: dict | None = None, born_on=None, **more) -> Draft:
    """An open draft; with `born_on` one that can be resumed."""
    given = {"filled_by": filled_by, **(answers or {})}
    return Draft.objects.create(
        filled_by=filled_by,
        answers=given,
        birth_date_index=birth_date_index(born_on) if born_on else "",
        expires_at=more.pop("expires_at", timezone.now() + timedelta(days=1)),
        **more,
    )


def begin(client, *, filled_by: str = "patient") -> Draft:
    """Answer who the form is for; the draft that is then open in this browser."""
    answer = client.post(reverse("registration:who"), {"filled_by": filled_by})
    assert answer.status_code == 302, answer.content.decode()[:500]
    return Draft.objects.get(pk=client.session["draft_id"])


def page(slug: str, *, change: bool = False) -> str:
    """The address of a page of questions."""
    step = FLOW.get(slug)
    return reverse("registration:step", args=[step.section, step.slug]) + ("?change=1" if change else "")


def open_draft(client) -> Draft:
    """The draft open in this browser: the person's own, or one that staff fill in for a caller."""
    return Draft.objects.get(pk=client.session.get("draft_id") or client.session["phone_draft_id"])


def send_page(client, slug: str, data: dict | None = None, *, change: bool = False, **more):
    """Post one page as the browser does, with the version the page carried."""
    draft = open_draft(client)
    typed = QUIET[slug] if data is None else data
    version = {"version": str(draft.step_versions.get(slug, 0)), "asked": ""}
    return client.post(page(slug, change=change), {**version, **typed, **more})


def walk_until(client, slug: str, **answers: dict) -> Draft:
    """Go from page to page, quiet but for `answers` (by slug, with _ for -); the page `slug` stays open."""
    given = {name.replace("_", "-"): value for name, value in answers.items()}
    for _turn in range(80):
        draft = open_draft(client)
        gap = FLOW.first_gap(draft.answers, draft.steps_done)
        if gap is None or gap.slug == slug:
            return draft
        answer = send_page(client, gap.slug, given.get(gap.slug), asked="1")
        assert answer.status_code == 302, (gap.slug, answer.context["form"].errors)
    raise AssertionError(f"{slug} was never reached")
