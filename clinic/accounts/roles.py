"""Who may do what: one table. No Permission rows, no groups; the admin only assigns roles."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """The roles of the staff; the stored words are permanent."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    NURSE = "nurse"
    PHYSICIAN = "physician"
    CLINICIAN = "clinician"
    TRIALS_COORDINATOR = "trials_coordinator"
    CONTENT_EDITOR = "content_editor"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What can be allowed, as `area.verb_noun`."""

    VIEW_PATIENT = "intake.view_patient"
    VIEW_EVERY_PATIENT = "intake.view_every_patient"
    EDIT_PATIENT = "intake.edit_patient"
    REVIEW_TRIAGE = "intake.review_triage"
    LOWER_EMERGENCY = "intake.lower_emergency"
    ACKNOWLEDGE_ALERT = "intake.acknowledge_alert"
    LOG_CONTACT = "intake.log_contact"
    ENTER_BY_PHONE = "intake.enter_by_phone"
    CHASE_RECORDS = "intake.chase_records"
    HANDLE_TASKS = "intake.handle_tasks"
    MERGE_PATIENTS = "intake.merge_patients"
    HANDLE_TRIALS = "intake.handle_trials"
    VIEW_WORKLIST = "scheduling.view_worklist"
    TAKE_REQUEST = "scheduling.take_request"
    MAKE_OFFER = "scheduling.make_offer"
    CANCEL_VISIT = "scheduling.cancel_visit"
    MOVE_VISIT = "scheduling.move_visit"
    RUN_DAY = "scheduling.run_day"
    OVERBOOK = "scheduling.overbook"
    MANAGE_WAITLIST = "scheduling.manage_waitlist"
    MANAGE_AVAILABILITY = "scheduling.manage_availability"
    VIEW_CONFERENCE = "scheduling.view_conference"
    RUN_CONFERENCE = "scheduling.run_conference"
    RECOMMEND = "scheduling.recommend"
    RECORD_SCORES = "scheduling.record_scores"
    FOLLOW_UP = "scheduling.follow_up"
    VIEW_MEASURES = "scheduling.view_measures"
    MANAGE_REFERENCE = "clinic.manage_reference"
    MANAGE_USERS = "clinic.manage_users"
    EDIT_CONTENT = "clinic.edit_content"
    APPROVE_CONTENT = "clinic.approve_content"
    VIEW_AUDIT = "clinic.view_audit"


_P = Permission
_OWN = {_P.VIEW_PATIENT}  # only those patients whom one has to do with: intake/patients/sight.py
_READ = {_P.VIEW_PATIENT, _P.VIEW_EVERY_PATIENT, _P.VIEW_WORKLIST, _P.VIEW_CONFERENCE}
_REVIEW = _READ | {_P.TAKE_REQUEST, _P.REVIEW_TRIAGE, _P.LOWER_EMERGENCY, _P.ACKNOWLEDGE_ALERT, _P.LOG_CONTACT}
_PLAN = {_P.MAKE_OFFER, _P.CANCEL_VISIT, _P.MOVE_VISIT, _P.RUN_DAY, _P.MANAGE_WAITLIST}
_TREAT = {_P.RECOMMEND, _P.RECORD_SCORES}
_AFTER = {_P.RUN_CONFERENCE, _P.FOLLOW_UP}
_DESK = {_P.EDIT_PATIENT, _P.ENTER_BY_PHONE, _P.CHASE_RECORDS, _P.HANDLE_TASKS, _P.MERGE_PATIENTS}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset({_P.MANAGE_REFERENCE, _P.MANAGE_USERS, _P.VIEW_MEASURES}),  # no patient data
    Role.COORDINATOR: frozenset(
        _READ
        | _PLAN
        | _DESK
        | _AFTER
        | {_P.TAKE_REQUEST, _P.LOG_CONTACT, _P.VIEW_MEASURES, _P.MANAGE_AVAILABILITY, _P.OVERBOOK}
    ),
    Role.NURSE: frozenset(_REVIEW | _PLAN | _DESK | _AFTER | {_P.RECORD_SCORES, _P.VIEW_MEASURES, _P.APPROVE_CONTENT}),
    Role.PHYSICIAN: frozenset(_REVIEW | _TREAT | _AFTER | {_P.VIEW_MEASURES, _P.APPROVE_CONTENT}),
    Role.CLINICIAN: frozenset(_OWN | _TREAT | {_P.VIEW_CONFERENCE}),
    Role.TRIALS_COORDINATOR: frozenset(_OWN | {_P.HANDLE_TRIALS}),
    Role.CONTENT_EDITOR: frozenset({_P.EDIT_CONTENT}),
    Role.AUDITOR: frozenset({_P.VIEW_AUDIT}),
}


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Everything the given roles allow together; a word that is no role allows nothing."""
    allowed: set[Permission] = set()
    for role in roles or ():
        if isinstance(role, str) and role in ROLE_PERMISSIONS:
            allowed |= ROLE_PERMISSIONS[Role(role)]
    return frozenset(allowed)
