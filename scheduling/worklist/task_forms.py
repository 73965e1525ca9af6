"""Forms of the tasks: closing one, merging two records."""

from django.utils.translation import gettext_lazy

from clinic.platform.forms import LongTextField, RadioField, SubmitForm
from intake.tasks.models import StaffTask
from scheduling.worklist.staff_forms import NOTE_LENGTH


class CloseTaskForm(SubmitForm):
    """Done or not needed, with a note for colleagues."""

    submit_label = gettext_lazy("Close the task")
    state = RadioField(
        label=gettext_lazy("What became of it?"),
        choices=[
            (StaffTask.State.DONE, gettext_lazy("Done")),
            (StaffTask.State.DISMISSED, gettext_lazy("Not needed")),
        ],
        missing=gettext_lazy("Select what became of the task"),
    )
    note = LongTextField(label=gettext_lazy("Note"), required=False, max_length=NOTE_LENGTH, rows=3)


class MergeForm(SubmitForm):
    """Which of two records stays; or they are two persons."""

    submit_label = gettext_lazy("Save")
    decision = RadioField(
        label=gettext_lazy("Is this the same person?"), choices=[], missing=gettext_lazy("Select an answer")
    )

    def __init__(self, *args, kept_choices: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [
            *kept_choices,
            ("different", gettext_lazy("No, these are two persons")),
        ]
