"""The active rule set, readable in the admin and nowhere editable: a change of a rule is a change of the program."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from clinic.accounts.admin_site import ReadOnlyAdmin, admin_site
from clinic.accounts.roles import Permission
from intake.triage.rules import LEVELS, RULE_SET, RULES

MAY_READ = (Permission.MANAGE_REFERENCE, Permission.VIEW_AUDIT, Permission.REVIEW_TRIAGE)


class ActiveRule(models.Model):
    """Stands for the rule table in the admin's index. There is no table in the database and never a row."""

    class Meta:
        app_label = "intake"
        managed = False
        default_permissions = ()
        verbose_name = _("triage rule")
        verbose_name_plural = _("triage rules (read only)")


@admin.register(ActiveRule, site=admin_site)
class ActiveRuleAdmin(ReadOnlyAdmin):
    """One page: every rule with level, condition, reason and source, as the engine applies it."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: ActiveRule | None = None) -> bool:
        return any(request.user.has_perm(permission) for permission in MAY_READ)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The rule table instead of a list of rows."""
        levels = [(level, [rule for rule in RULES if rule.level == level]) for level in reversed(LEVELS)]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Triage rules %(rules)s") % {"rules": RULE_SET},
            "levels": [(level, rules) for level, rules in levels if rules],
            "rule_set": RULE_SET,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/triage_rules.html", context)
