"""Staff put a request on the waitlist, or change what it waits for."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.directory.models import Specialty
from clinic.platform.forms import SelectField
from scheduling.waitlist.forms import NOTICES, WaitForm


class StaffWaitForm(WaitForm):
    """As the patient's; for a booked visit one specialty may be enough."""

    submit_label = _("Put on the waitlist")

    def __init__(self, *args, specialties: list[Specialty], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notice"].label = _("How long before the visit does the patient need to know?")
        self.fields["notice"].choices = [(NOTICES[0][0], _("A few hours")), *NOTICES[1:]]
        self.specialties = {str(one.pk): one for one in specialties}
        if specialties:
            self.fields["specialty"] = SelectField(
                label=_("What should be earlier?"),
                choices=[(key, one.name) for key, one in self.specialties.items()],
                empty=_("The whole day"),
                required=False,
                show_optional=False,
            )
            self.order_fields(["specialty", "notice", "weekdays", "earliest", "latest"])

    @property
    def wishes(self) -> dict[str, Any]:
        """What the action takes."""
        chosen = self.cleaned_data.get("specialty") or ""
        return super().wishes | {"specialty": self.specialties.get(chosen)}
