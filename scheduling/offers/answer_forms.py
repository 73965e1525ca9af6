"""What a patient said on the phone about the days held for them."""

from django.utils.translation import gettext_lazy as _

from clinic.platform.forms import ConsentField, LongTextField, RadioField, SubmitForm
from scheduling.visits.itinerary import day_and_hours
from scheduling.visits.models import Visit


class BookForCallerForm(SubmitForm):
    """One radio a day."""

    submit_label = _("Book this day")
    visit = RadioField(label=_("Which day did the patient choose?"), choices=(), missing=_("Select a day"))

    def __init__(self, *args, days: list[Visit], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.days = {str(day.pk): day for day in days}
        self.fields["visit"].choices = [(value, day_and_hours(day)) for value, day in self.days.items()]

    @property
    def chosen(self) -> Visit:
        """The day that a checked form names."""
        return self.days[self.cleaned_data["visit"]]


class NoneWorksForCallerForm(SubmitForm):
    """None of the days suits; the reason helps to find others."""

    submit_label = _("None of these days work")
    submit_class = "secondary"
    reason = LongTextField(label=_("What would work better?"), max_length=1000, required=False, rows=3)
    wants_call = ConsentField(label=_("The patient wants another call"), required=False, show_optional=False)


class MoreTimeForCallerForm(SubmitForm):
    """A button."""

    submit_label = _("Hold the days longer")
    submit_class = "secondary"
