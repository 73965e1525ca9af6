"""Sign-ins of the demonstration, one for each role. The password is printed: it opens nothing but invented data."""

from clinic.accounts.models import User
from clinic.accounts.roles import Role

PASSWORD = "juniper-demonstration"  # noqa: S105  (published on purpose)

STAFF = (
    ("nurse@example.org", "Dana Whitfield", Role.NURSE, "reviews requests, answers alerts"),
    ("coordinator@example.org", "Robin Castle", Role.COORDINATOR, "plans the coordinated days"),
    ("physician@example.org", "Elena Marsh", Role.PHYSICIAN, "may lower an emergency"),
    ("clinician@example.org", "Naomi Blake", Role.CLINICIAN, "reads records"),
    ("trials@example.org", "Morgan Pace", Role.TRIALS_COORDINATOR, "clinical trials"),
    ("editor@example.org", "Avery Stone", Role.CONTENT_EDITOR, "texts, no patient data"),
    ("auditor@example.org", "Sasha Bright", Role.AUDITOR, "the audit, in the admin"),
    ("admin@example.org", "Jordan Reed", Role.ADMINISTRATOR, "the admin: people, rooms, sessions; no patient data"),
)


def make_staff() -> None:
    """One account for each role."""
    for email, name, role, _does in STAFF:
        User.objects.create_user(email, name, roles=[role.value], password=PASSWORD)
