"""The auth backend: permissions come from `roles.py` and nowhere else."""

from django.contrib.auth.backends import ModelBackend

from clinic.accounts.models import User
from clinic.accounts.roles import Permission, permissions_of
from clinic.platform.db.batch import Batch, stored

ADMIN_VERBS = ("view_", "add_", "change_", "delete_")
# models of the admin -> who may keep them; the rest is read only, for auditors
KEPT_BY: dict[str, Permission] = {
    "clinic.user": Permission.MANAGE_USERS,
    "clinic.article": Permission.EDIT_CONTENT,
    "clinic.glossaryterm": Permission.EDIT_CONTENT,
    "clinic.trial": Permission.EDIT_CONTENT,
    "clinic.resource": Permission.EDIT_CONTENT,
    **dict.fromkeys(
        (
            "clinic.site",
            "clinic.room",
            "clinic.specialty",
            "clinic.clinician",
            "clinic.holiday",
            "scheduling.weeklysession",
            "scheduling.sessionexception",
            "scheduling.buffer",
            "scheduling.closure",
            "scheduling.visittype",
            "scheduling.visittypeleg",
        ),
        Permission.MANAGE_REFERENCE,
    ),
}
# what an auditor may read in the admin: records of what happened, never a patient's data
READ_BY_AUDITORS = frozenset({"clinic.auditentry", "clinic.seal", "clinic.message", "clinic.job"})
# and what those may read who let it out
READ_BY_REVIEWERS = frozenset({"clinic.article", "clinic.glossaryterm", "clinic.trial", "clinic.resource"})
ADMIN_ANY = (
    Permission.MANAGE_REFERENCE,
    Permission.MANAGE_USERS,
    Permission.VIEW_AUDIT,
    Permission.EDIT_CONTENT,
    Permission.APPROVE_CONTENT,
)


class RolesBackend(ModelBackend):
    """Checks the password like Django's backend, with the roles table in place of permission rows."""

    def get_user(self, user_id) -> User | None:
        """The signed-in user, by plain SQL: every request of staff begins with it."""
        batch = Batch()
        found = batch.select(User, "WHERE t.id = %s", [stored(User._meta.pk, user_id)])
        batch.send()
        user = found.objects()[0] if found.rows else None
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_user_permissions(self, user_obj, obj=None) -> set[str]:
        """All of them: there are no groups."""
        return self.get_all_permissions(user_obj, obj)

    def get_group_permissions(self, user_obj, obj=None) -> set[str]:
        """None: there are no groups."""
        return set()

    def get_all_permissions(self, user_obj, obj=None) -> set[str]:
        """The permissions of the user's roles; none for an anonymous or switched-off user."""
        if obj is not None or not user_obj.is_active or user_obj.is_anonymous:
            return set()
        return {str(permission) for permission in permissions_of(user_obj.roles)}

    def has_perm(self, user_obj, perm: str, obj=None) -> bool:
        """Whether the roles allow `perm`, be it one of `Permission` or one of Django's admin names.

        The object is not looked at: rows are kept apart by `.visible_to(user)`.
        """
        if not user_obj.is_active or user_obj.is_anonymous:
            return False
        held = permissions_of(user_obj.roles)
        return (
            perm in held or admin_permission(perm) in held or (_is_review(perm) and Permission.APPROVE_CONTENT in held)
        )

    def has_module_perms(self, user_obj, app_label: str) -> bool:
        """Whether the admin shows this app's models to the user at all."""
        if not user_obj.is_active or user_obj.is_anonymous:
            return False
        held = permissions_of(user_obj.roles)
        models = [*KEPT_BY.items(), *((name, Permission.VIEW_AUDIT) for name in READ_BY_AUDITORS)]
        models += [(name, Permission.APPROVE_CONTENT) for name in READ_BY_REVIEWERS]
        return any(name.startswith(f"{app_label}.") and needed in held for name, needed in models)


def _is_review(perm: str) -> bool:
    """Whether this is looking at what a reviewer of content may look at."""
    app_label, _, codename = perm.partition(".")
    return codename.startswith("view_") and f"{app_label}.{codename.removeprefix('view_')}" in READ_BY_REVIEWERS


def admin_permission(perm: str) -> Permission | None:
    """The permission that stands behind Django's `app.verb_model`, None when nobody may."""
    app_label, _, codename = perm.partition(".")
    for verb in ADMIN_VERBS:
        if codename.startswith(verb):
            model = f"{app_label}.{codename.removeprefix(verb)}"
            if model in KEPT_BY:
                return KEPT_BY[model]
            if verb == "view_" and model in READ_BY_AUDITORS:
                return Permission.VIEW_AUDIT
    return None
