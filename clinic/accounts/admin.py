"""Staff accounts in the admin: roles as check boxes, password by its own page."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, ReadOnlyPasswordHashField
from django.utils.translation import gettext_lazy as _

from clinic.accounts.admin_site import AuditedAdmin, admin_site
from clinic.accounts.models import User
from clinic.accounts.roles import Role

ROLE_NAMES = {
    Role.ADMINISTRATOR: _("Administrator (no patient data)"),
    Role.COORDINATOR: _("Coordinator"),
    Role.NURSE: _("Nurse"),
    Role.PHYSICIAN: _("Physician"),
    Role.CLINICIAN: _("Clinician"),
    Role.TRIALS_COORDINATOR: _("Trials coordinator"),
    Role.CONTENT_EDITOR: _("Content editor"),
    Role.AUDITOR: _("Auditor (no patient data)"),
}


class RolesField(forms.MultipleChoiceField):
    """Roles as check boxes, kept as a list in the table's order."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("label", _("Roles"))
        super().__init__(choices=[(role.value, ROLE_NAMES[role]) for role in Role], required=False, **kwargs)


class NewUserForm(AdminUserCreationForm):
    """E-mail, name, roles; the password may be left out and set later."""

    roles = RolesField()

    class Meta:
        model = User
        fields = ("email", "name", "roles")


class UserForm(forms.ModelForm):
    """Everything but the password."""

    roles = RolesField()
    password = ReadOnlyPasswordHashField(label=_("Password"))

    class Meta:
        model = User
        fields = ("email", "name", "roles", "is_active", "password")


@admin.register(User, site=admin_site)
class StaffAdmin(AuditedAdmin, UserAdmin):
    """Accounts are switched off, not deleted: the audit names them."""

    form = UserForm
    add_form = NewUserForm
    list_display = ("name", "email", "role_list", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("name", "email")
    ordering = ("name",)
    filter_horizontal = ()
    readonly_fields = ("last_login",)
    fieldsets = ((None, {"fields": ("email", "name", "roles", "is_active", "password", "last_login")}),)
    add_fieldsets = ((None, {"fields": ("email", "name", "roles", "usable_password", "password1", "password2")}),)

    @admin.display(description=_("roles"))
    def role_list(self, user: User) -> str:
        return ", ".join(str(ROLE_NAMES[Role(role)]) for role in user.roles if role in set(Role))

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
