"""About the cancer: when it was found, how far it had come, where else it is, and other illness that matters."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import ApproximateDateField, CheckboxesField, RadioField, Reveal, TextField, rules
from intake.before_visit import choices
from intake.flow.forms import StepForm


class DiagnosisForm(StepForm):
    """As much of the date as the person knows; no day is made up."""

    heading_field = "diagnosis_date"
    diagnosis_date = ApproximateDateField(
        label=_("When was the cancer found?"),
        what=_("The date"),
        help_text=_("Give what you know: only a year, or a month and a year. Leave it empty if you do not know"),
        required=False,
        show_optional=False,
    )

    def clean(self):
        cleaned = super().clean()
        found, born = cleaned.get("diagnosis_date"), self.given.get("date_of_birth")
        if found and born:
            try:
                rules.check_not_before_birth(found, date.fromisoformat(born), what=self.fields["diagnosis_date"].what)
            except ValidationError as error:
                self.fields["diagnosis_date"].widget.mark_wrong(error.params["parts"])
                self.add_error("diagnosis_date", error)
        return cleaned


class StageForm(StepForm):
    stage_at_diagnosis = RadioField(
        label=_("What stage was the cancer when it was found?"),
        help_text=_("The stage says how far a cancer has come. It may be written as I, II, III or IV"),
        choices=choices.STAGES,
        required=False,
        show_optional=False,
    )
    current_stage = RadioField(
        label=_("What stage is it now?"), choices=choices.STAGES, required=False, show_optional=False
    )


class SpreadForm(StepForm):
    other_mets = CheckboxesField(
        label=_("Has the cancer spread to other places than bone?"),
        help_text=_("Pick all that a doctor told you"),
        choices=choices.OTHER_METS,
        exclusive=("none", "unknown"),
        required=False,
        show_optional=False,
    )
    other_mets_text = TextField(label=_("If another place, where?"), what=rules.ANSWER, max_length=200, required=False)
    reveals = {"other_mets_text": Reveal("other_mets", ("other",))}


class ConditionsForm(StepForm):
    """What changes how scans and treatments are done."""

    kidney_disease = RadioField(
        label=_("Do you have kidney disease?"),
        help_text=_("It changes which dye and which bone drug are safe"),
        choices=choices.YES_NO_NOT_SURE,
        required=False,
        show_optional=False,
    )
    dialysis = RadioField(
        label=_("If you have kidney disease, are you on dialysis?"),
        choices=choices.YES_NO_NOT_SURE,
        required=False,
        show_optional=False,
    )
    diabetes = RadioField(
        label=_("Do you have diabetes?"),
        help_text=_("Some scans and drugs change blood sugar"),
        choices=choices.YES_NO_NOT_SURE,
        required=False,
        show_optional=False,
    )
    claustrophobia = RadioField(
        label=_("Are tight spaces hard for you?"),
        help_text=_("An MRI scanner is narrow. We can plan for that"),
        choices=choices.YES_NO_NOT_SURE,
        required=False,
        show_optional=False,
    )
    pregnant_possible = RadioField(
        label=_("Could you be pregnant?"),
        help_text=_("We ask because X-rays and radiation can harm an unborn child"),
        choices=choices.PREGNANT_POSSIBLE,
        required=False,
        show_optional=False,
    )
    reveals = {"dialysis": Reveal("kidney_disease", ("yes", "not_sure"))}
    for_caregiver = {
        "kidney_disease": {"label": _("Does the patient have kidney disease?")},
        "dialysis": {"label": _("If the patient has kidney disease, is the patient on dialysis?")},
        "diabetes": {"label": _("Does the patient have diabetes?")},
        "claustrophobia": {"label": _("Are tight spaces hard for the patient?")},
        "pregnant_possible": {"label": _("Could the patient be pregnant?")},
    }
