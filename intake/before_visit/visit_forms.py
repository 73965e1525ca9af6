"""About the day of the visit: the way there, life at home, and when it suits."""

from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import (
    AnyPhoneField,
    CheckboxesField,
    PersonNameField,
    RadioField,
    Reveal,
    SplitDateField,
    TextField,
    rules,
)
from intake.before_visit import choices
from intake.flow.forms import StepForm


class TravelForm(StepForm):
    """Help with the way; whoever lives far away is offered a part by video."""

    transport_need = CheckboxesField(
        label=_("What help do you need to come to the clinic?"),
        help_text=_("Pick all that fit. A member of our team calls you about it"),
        choices=choices.TRANSPORT_NEEDS,
        exclusive=("none", "unknown", "prefer_not"),
        required=False,
        show_optional=False,
    )
    lives_far = RadioField(
        label=_("Is the clinic more than 60 miles from your home?"),
        choices=choices.YES_NO_UNKNOWN,
        required=False,
        show_optional=False,
    )
    video_part = RadioField(
        label=_("If it is that far: some talks can be by video, on another day. Would that help?"),
        choices=choices.YES_NO_UNKNOWN,
        required=False,
        show_optional=False,
    )
    reveals = {"video_part": Reveal("lives_far", ("yes", "unknown"))}
    for_caregiver = {
        "transport_need": {"label": _("What help does the patient need to come to the clinic?")},
        "lives_far": {"label": _("Is the clinic more than 60 miles from the patient's home?")},
    }


class LivingForm(StepForm):
    """Who is there at home, and whether wishes for hard times are written down."""

    living_situation = RadioField(
        label=_("How do you live?"),
        help_text=_("We ask so that we can plan the help you need after the visit"),
        choices=choices.LIVING_SITUATIONS,
        required=False,
        show_optional=False,
    )
    facility_name = TextField(
        label=_("If in a home or center, its name"), what=rules.NAME, autocomplete="off", required=False
    )
    facility_contact_name = PersonNameField(
        label=_("If in a home or center, who can we talk with there?"),
        autocomplete="off",
        what=rules.NAME,
        required=False,
    )
    facility_contact_phone = AnyPhoneField(
        label=_("If in a home or center, the phone number there"), autocomplete="off", required=False
    )
    living_other = TextField(label=_("If another way, how?"), what=rules.ANSWER, max_length=200, required=False)
    advance_directive = RadioField(
        label=_("Do you have an advance directive?"),
        help_text=_("A paper that says which care you want if you cannot speak for yourself, such as a living will"),
        choices=choices.ADVANCE_DIRECTIVES,
        hints={"yes": _("You can add a copy with your files, or bring it")},
        required=False,
        show_optional=False,
    )
    reveals = {
        "facility_name": Reveal("living_situation", ("facility",)),
        "facility_contact_name": Reveal("living_situation", ("facility",)),
        "facility_contact_phone": Reveal("living_situation", ("facility",)),
        "living_other": Reveal("living_situation", ("other",)),
    }
    for_caregiver = {
        "living_situation": {
            "label": _("How does the patient live?"),
            "help_text": _("We ask so that we can plan the help the patient needs after the visit"),
        },
        "advance_directive": {
            "label": _("Does the patient have an advance directive?"),
            "help_text": _(
                "A paper that says which care the patient wants if they cannot speak for themselves, such as a "
                "living will"
            ),
        },
    }
    PLACE_OPEN = _("Enter the name of the home or center, or select Continue to leave it open")
    PHONE_OPEN = _("Enter a phone number there, or select Continue to leave it open")

    def doubts(self):
        if self.cleaned_data.get("living_situation") != "facility":
            return {}
        wanted = {"facility_name": self.PLACE_OPEN, "facility_contact_phone": self.PHONE_OPEN}
        return {name: sentence for name, sentence in wanted.items() if not self.cleaned_data.get(name)}


class WishesForm(StepForm):
    """Days and times that suit. A wish helps to choose the days we offer; it is no promise."""

    weekdays = CheckboxesField(
        label=_("Which days suit you?"),
        help_text=_("Pick all that fit. We try to meet these wishes, but cannot promise it"),
        choices=choices.WEEKDAYS,
        exclusive=("any", "unknown"),
        required=False,
        show_optional=False,
    )
    times_of_day = CheckboxesField(
        label=_("Which times suit you?"),
        help_text=_("Pick all that fit"),
        choices=choices.TIMES_OF_DAY,
        exclusive=("any", "unknown"),
        required=False,
        show_optional=False,
    )
    visit_mode = RadioField(
        label=_("How do you want to meet us?"),
        help_text=_("The first visit is often at the clinic, so that we can examine you"),
        choices=choices.VISIT_MODES,
        required=False,
        show_optional=False,
    )
    escort = RadioField(
        label=_("Does someone come with you?"),
        help_text=_("A second pair of ears helps"),
        choices=choices.ESCORTS,
        required=False,
        show_optional=False,
    )
    earliest_date = SplitDateField(
        label=_("Is there a day before which you cannot come?"),
        what=_("The day"),
        help_text=_("For example, 11 27 2026. Leave it empty if any day is fine"),
        future=True,
        required=False,
        show_optional=False,
    )
    for_caregiver = {
        "weekdays": {"label": _("Which days suit the patient?")},
        "times_of_day": {"label": _("Which times suit the patient?")},
        "visit_mode": {
            "label": _("How does the patient want to meet us?"),
            "help_text": _("The first visit is often at the clinic, so that we can examine the patient"),
        },
        "escort": {"label": _("Does someone come with the patient?")},
        "earliest_date": {"label": _("Is there a day before which the patient cannot come?")},
    }
