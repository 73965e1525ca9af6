"""Staff accounts, the table of roles and who may enter the admin."""

from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.urls import reverse

from clinic.accounts.actors import staff_actor
from clinic.accounts.admin_site import admin_site
from clinic.accounts.backend import RolesBackend, admin_permission
from clinic.accounts.decorators import requires
from clinic.accounts.models import User
from clinic.accounts.roles import ROLE_PERMISSIONS, Permission, Role, permissions_of
from clinic.directory.models import Holiday
from clinic.platform.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
PATIENT_DATA = {Permission.VIEW_PATIENT, Permission.VIEW_WORKLIST, Permission.REVIEW_TRIAGE}


def a_user(*roles, email="staff@example.org"):
    return User.objects.create_user(email, "Sam Staff", roles=list(roles), password="long enough words")


def test_every_role_has_its_line_in_the_table():
    assert set(ROLE_PERMISSIONS) == set(Role)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.CONTENT_EDITOR])
def test_roles_without_patients_reach_no_patient_data(role):
    assert not ROLE_PERMISSIONS[role] & PATIENT_DATA


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.REVIEW_TRIAGE, {Role.NURSE, Role.PHYSICIAN}),
        (Permission.LOWER_EMERGENCY, {Role.NURSE, Role.PHYSICIAN}),
        (Permission.MAKE_OFFER, {Role.COORDINATOR, Role.NURSE}),
        (Permission.MANAGE_USERS, {Role.ADMINISTRATOR}),
        (Permission.VIEW_AUDIT, {Role.AUDITOR}),
    ],
)
def test_permission_belongs_to_exactly_these_roles(permission, roles):
    assert {role for role, allowed in ROLE_PERMISSIONS.items() if permission in allowed} == roles


def test_unknown_roles_allow_nothing():
    assert permissions_of(["superuser", 7, None]) == frozenset()


def test_user_has_what_the_roles_allow_and_no_more():
    nurse = a_user(Role.NURSE)
    assert nurse.has_perm(Permission.REVIEW_TRIAGE)
    assert nurse.has_perms([Permission.REVIEW_TRIAGE, Permission.MAKE_OFFER])
    assert not nurse.has_perm(Permission.MANAGE_USERS)
    assert not nurse.has_perm("anything.at_all")
    assert nurse.is_superuser is False
    assert nurse.has_role(Role.NURSE, Role.PHYSICIAN)
    nurse.is_active = False
    assert not nurse.has_perm(Permission.REVIEW_TRIAGE)
    assert not nurse.has_role(Role.NURSE)


def test_anonymous_visitor_has_nothing():
    assert not AnonymousUser().has_perm(Permission.VIEW_PATIENT)
    assert RolesBackend().get_all_permissions(AnonymousUser()) == set()


@pytest.mark.parametrize(
    ("name", "permission"),
    [
        ("clinic.change_user", Permission.MANAGE_USERS),
        ("clinic.add_room", Permission.MANAGE_REFERENCE),
        ("scheduling.delete_closure", Permission.MANAGE_REFERENCE),
        ("clinic.view_auditentry", Permission.VIEW_AUDIT),
        ("clinic.change_auditentry", None),
        ("intake.view_draft", None),
        ("scheduling.change_visit", None),
    ],
)
def test_admin_names_map_to_permissions(name, permission):
    assert admin_permission(name) == permission


def test_email_is_unique_whatever_its_capitals():
    a_user(Role.NURSE, email="Sam@Example.ORG")
    assert User.objects.get().email == "sam@example.org"
    assert User.objects.get_by_natural_key("SAM@example.org")
    with pytest.raises(ValidationError):
        a_user(Role.NURSE, email="sam@EXAMPLE.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="SAM@EXAMPLE.ORG", name="Other")


@pytest.mark.parametrize("roles", [["chief"], ["nurse", "nurse"], "nurse", [1]])
def test_roles_outside_the_table_are_refused(roles):
    user = User(email="a@example.org", name="A", roles=roles, password="x")
    with pytest.raises(ValidationError) as error:
        user.full_clean()
    assert "roles" in error.value.error_dict


def test_staff_actor_names_the_user_and_nobody_else():
    user = a_user(Role.NURSE)
    assert (staff_actor(user).kind, staff_actor(user).id) == ("staff", str(user.pk))
    with pytest.raises(ValueError, match="staff"):
        staff_actor(AnonymousUser())


def test_requires_sends_strangers_to_sign_in_and_refuses_the_others(rf):
    @requires(Permission.MAKE_OFFER)
    def view(request):
        return HttpResponse("in")

    request = rf.get("/staff/x/")
    request.user = AnonymousUser()
    assert view(request).url == f"{reverse('account_login')}?next=/staff/x/"
    request.user = a_user(Role.PHYSICIAN)
    with pytest.raises(PermissionDenied):
        view(request)
    request.user = a_user(Role.COORDINATOR, email="c@example.org")
    assert view(request).content == b"in"


def test_requires_asks_for_every_permission_it_names(rf):
    @requires(Permission.VIEW_PATIENT, Permission.MAKE_OFFER)
    def view(request):
        return HttpResponse("in")

    request = rf.get("/staff/x/")
    request.user = a_user(Role.PHYSICIAN)
    assert request.user.has_perm(Permission.VIEW_PATIENT)
    with pytest.raises(PermissionDenied):
        view(request)


def test_create_staff_user_makes_an_account_and_audits_it(monkeypatch):
    monkeypatch.setenv("STAFF_PASSWORD", "four quiet green words")
    call_command("create_staff_user", "New@Example.org", "New Person", "nurse", "clinician", stdout=StringIO())
    user = User.objects.get()
    assert user.roles == ["nurse", "clinician"]
    assert user.check_password("four quiet green words")
    assert AuditEntry.objects.get(subject_id=str(user.pk)).action == "user.created"
    monkeypatch.setenv("STAFF_PASSWORD", "short")
    with pytest.raises(CommandError):
        call_command("create_staff_user", "b@example.org", "B", "nurse")


@pytest.mark.parametrize("role", Role)
def test_admin_opens_for_its_roles_only(client, role):
    client.force_login(a_user(role))
    content = {Role.NURSE, Role.PHYSICIAN, Role.CONTENT_EDITOR}  # review or write articles
    expected = 200 if role in {Role.ADMINISTRATOR, Role.AUDITOR, *content} else 403
    assert client.get(reverse("admin:index"), follow=True).status_code == expected


def test_admin_sends_strangers_to_the_staff_sign_in(client):
    response = client.get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[-1][0] == f"{reverse('account_login')}?next={reverse('admin:index')}"


def test_sign_in_leads_back_into_the_admin(client):
    a_user(Role.ADMINISTRATOR)
    address = client.get(reverse("admin:index"), follow=True).redirect_chain[-1][0]
    data = {"login": "staff@example.org", "password": "long enough words", "next": reverse("admin:index")}
    response = client.post(address, data, follow=True)
    assert response.request["PATH_INFO"] == reverse("admin:index")
    assert response.status_code == 200
    assert client.get(reverse("admin:login")).url == reverse("admin:index")


def test_admin_needs_the_second_factor_where_it_is_required(client, settings):
    settings.STAFF_MFA_REQUIRED = True
    client.force_login(a_user(Role.ADMINISTRATOR))
    assert client.get(reverse("admin:index")).url == reverse("mfa_index")


def test_administrator_keeps_users_with_roles_as_check_boxes(client):
    client.force_login(a_user(Role.ADMINISTRATOR))
    page = client.get(reverse("admin:clinic_user_add"))
    assert b'type="checkbox" name="roles" value="nurse"' in page.content
    words = "four quiet green words"
    response = client.post(
        reverse("admin:clinic_user_add"),
        {
            "email": "n@example.org",
            "name": "Nora",
            "roles": ["nurse"],
            "usable_password": "true",
            "password1": words,
            "password2": words,
        },
    )
    assert response.status_code == 302
    nora = User.objects.get(email="n@example.org")
    assert nora.roles == ["nurse"]
    assert AuditEntry.objects.filter(subject_id=str(nora.pk), action="admin.added").exists()
    form = {"email": "n@example.org", "name": "Nora N", "roles": ["physician"], "is_active": "on"}
    assert client.post(reverse("admin:clinic_user_change", args=[nora.pk]), form).status_code == 302
    nora.refresh_from_db()
    assert nora.roles == ["physician"]
    assert nora.check_password(words)
    assert set(AuditEntry.objects.get(action="admin.changed").data["fields"]) == {"Name", "Roles"}
    assert client.get(reverse("admin:auth_user_password_change", args=[nora.pk])).status_code == 200
    assert client.get(reverse("admin:clinic_user_delete", args=[nora.pk])).status_code == 403


def test_administrator_keeps_holidays_and_deletions_are_audited(client):
    client.force_login(a_user(Role.ADMINISTRATOR))
    day = Holiday.objects.create(on="2026-12-25", name="Christmas")
    assert client.post(reverse("admin:clinic_holiday_delete", args=[day.pk]), {"post": "yes"}).status_code == 302
    assert AuditEntry.objects.get(action="admin.deleted").subject_kind == "clinic.holiday"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_every_admin_list_opens_or_refuses_plainly(client, rf, role):
    request = rf.get("/")
    request.user = a_user(role)
    client.force_login(request.user)
    for model, admin in admin_site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        expected = 200 if admin.has_view_permission(request) else 403
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == expected, name


def test_auditor_reads_the_audit_and_changes_nothing(client):
    client.force_login(a_user(Role.AUDITOR))
    a_user(Role.NURSE, email="n@example.org")
    assert client.get(reverse("admin:clinic_auditentry_changelist")).status_code == 200
    assert client.get(reverse("admin:clinic_auditentry_add")).status_code == 403
    assert client.get(reverse("admin:clinic_user_changelist")).status_code == 403
