"""Insurance: never a hurdle. What is missing is pointed out once and may stay open; no insurance leads to help."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import PersonNameField, RadioField, Reveal, SplitDateField, TextField, rules
from clinic.platform.forms.fields import LineField
from clinic.platform.forms.widgets import DateWidget
from intake.before_visit import choices
from intake.flow.forms import StepForm

LIKE_SSN = _("This looks like a Social Security number. Check it against the card, or select Continue to keep it")
NO_NUMBER = _("Enter the number on the card, or select Continue to leave it open")
NO_PLAN_NAME = _("Enter the name of the plan, or select Continue to leave it open")
NO_SUBSCRIBER = _("Enter the name of that person, or select Continue to leave it open")
# Kinds of plan whose name says nothing about who pays
NAMED_PLANS = ("medicare_advantage", "commercial", "marketplace", "workers_compensation", "international", "other")


class MemberNumberField(LineField):
    """The number on an insurance card; which pattern it has depends on the payer, so the form checks it."""

    css = "width-20"
    attributes = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


class GroupNumberField(MemberNumberField):
    def rule(self, text):
        return rules.clean_member_id(text, what=self.what)


class InsuranceStatusForm(StepForm):
    heading_field = "insurance_status"
    insurance_status = RadioField(
        label=_("Do you have health insurance?"),
        help_text=_(
            "We see you all the same if you have none. A member of our team then calls you to help find a way to pay"
        ),
        choices=choices.INSURANCE_STATUS,
        missing=_("Select if you have health insurance, or select 'I am not sure'"),
    )
    for_caregiver = {
        "insurance_status": {
            "label": _("Does the patient have health insurance?"),
            "help_text": _(
                "We see the patient all the same if there is none. A member of our team then calls to help find a way "
                "to pay"
            ),
            "missing": _("Select if the patient has health insurance, or select 'I am not sure'"),
        }
    }


class PlanCheck(StepForm):
    """What the pages of the first and the second plan share; `prefix_of_plan` stands before the keys."""

    prefix_of_plan = ""

    def plan_value(self, name: str):
        """The cleaned answer of one item of this plan."""
        return self.cleaned_data.get(self.prefix_of_plan + name)

    def is_asked(self) -> bool:
        """Whether these answers name a plan at all."""
        return True

    def clean(self):
        cleaned = super().clean()
        name, number = self.prefix_of_plan + "member_id", self.plan_value("member_id")
        if number and name not in self.errors:
            try:
                cleaned[name] = rules.clean_member_number(number, self.plan_value("payer_type"))
            except ValidationError as error:
                self.add_error(name, error)
        return cleaned

    def doubts(self):
        if not self.is_asked():
            return {}
        payer, number = self.plan_value("payer_type"), self.plan_value("member_id")
        doubts = {}
        if payer in NAMED_PLANS and not self.plan_value("payer_name"):
            doubts[self.prefix_of_plan + "payer_name"] = NO_PLAN_NAME
        if not number and payer not in (None, "unknown"):
            doubts[self.prefix_of_plan + "member_id"] = NO_NUMBER
        elif number and payer != "medicare" and rules.may_be_ssn(number):
            doubts[self.prefix_of_plan + "member_id"] = LIKE_SSN
        return doubts


class PlanForm(PlanCheck):
    payer_type = RadioField(
        label=_("What kind of insurance is it?"),
        help_text=_("If there is more than one, start with the one that pays first"),
        choices=choices.PAYER_TYPES,
        missing=_("Select the kind of insurance, or select 'I do not know'"),
    )
    payer_name = TextField(
        label=_("Name of the plan"),
        help_text=_("As it stands on the card"),
        autocomplete="off",
        required=False,
        show_optional=False,
    )
    member_id = MemberNumberField(
        label=_("Member ID or Medicare number"),
        help_text=_("The number on the card. Never a Social Security number"),
        required=False,
        show_optional=False,
    )
    group_number = GroupNumberField(label=_("Group number"), required=False)


class SubscriberForm(StepForm):
    """Whose plan it is: name and birth date only of somebody else."""

    subscriber_relation = RadioField(
        label=_("Whose plan is it?"),
        help_text=_("For example, the person whose job it comes from"),
        choices=choices.SUBSCRIBER_RELATIONS,
        missing=_("Select whose plan it is, or select 'I do not know'"),
    )
    subscriber_name = PersonNameField(
        label=_("If it is someone else, their name"),
        what=rules.NAME,
        autocomplete="off",
        required=False,
        show_optional=False,
    )
    subscriber_dob = SplitDateField(
        label=_("If it is someone else, their date of birth"),
        what=_("Date of birth"),
        help_text=_("For example, 3 27 1951. Leave it empty if you do not know"),
        birth=True,
        widget=DateWidget(),
        required=False,
    )
    reveals = {
        "subscriber_name": Reveal("subscriber_relation", ("spouse", "parent", "other")),
        "subscriber_dob": Reveal("subscriber_relation", ("spouse", "parent", "other")),
    }
    for_caregiver = {"subscriber_relation": {"choices": choices.SUBSCRIBER_RELATIONS_OF_PATIENT}}

    def doubts(self):
        somebody_else = self.cleaned_data.get("subscriber_relation") in self.reveals["subscriber_name"].values
        return {"subscriber_name": NO_SUBSCRIBER} if somebody_else and not self.cleaned_data["subscriber_name"] else {}


class SecondPlanForm(PlanCheck):
    """A plan that pays after the first one."""

    prefix_of_plan = "second_"
    has_second_plan = RadioField(
        label=_("Is there a second insurance?"),
        help_text=_("For example, a Medicare supplement or a partner's plan"),
        choices=choices.YES_NO_UNKNOWN,
        missing=_("Select if there is a second insurance, or select 'I do not know'"),
    )
    second_payer_type = RadioField(
        label=_("If yes, what kind of insurance is it?"),
        choices=choices.PAYER_TYPES,
        required=False,
        show_optional=False,
    )
    second_payer_name = TextField(
        label=_("If yes, the name of the plan"),
        what=rules.NAME,
        autocomplete="off",
        required=False,
        show_optional=False,
    )
    second_member_id = MemberNumberField(
        label=_("If yes, the member ID or Medicare number"),
        help_text=_("The number on the card. Never a Social Security number"),
        required=False,
        show_optional=False,
    )
    second_group_number = GroupNumberField(label=_("If yes, the group number"), what=_("Group number"), required=False)
    reveals = {
        "second_payer_type": Reveal(
            "has_second_plan", ("yes",), _("Select the kind of insurance, or select 'I do not know'")
        ),
        "second_payer_name": Reveal("has_second_plan", ("yes",)),
        "second_member_id": Reveal("has_second_plan", ("yes",)),
        "second_group_number": Reveal("has_second_plan", ("yes",)),
    }

    def is_asked(self):
        return self.cleaned_data.get("has_second_plan") == "yes"
