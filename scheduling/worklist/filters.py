"""Filters of the worklist as addresses: which requests are shown besides the list (tab) they are in.

What an address asks for is either understood whole or refused with a sentence: a filter that is silently ignored would
show requests that nobody asked for, or hide some that somebody looks for. Only codes and keys stand in an address.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.accounts.roles import Permission
from clinic.directory.models import Specialty
from clinic.platform.forms import CheckboxesField, PageForm, SelectField
from intake.patients.languages import LANGUAGES, language_words
from intake.triage.models import Level
from scheduling.requests.models import AppointmentRequest
from scheduling.requests.refresh import CLOSED
from scheduling.worklist.tabs import TAB_BY_SLUG, TABS, Tab, is_overdue

ME, NOBODY = "me", "nobody"
OVERDUE, INTERPRETER = "overdue", "interpreter"
LONGEST_QUERY = 300
KEY = re.compile(r"[a-z_-]{1,30}")
INTERPRETERS = ("spoken", "asl", "other", "yes")  # as the patient answered; "yes" is of older answers
STATUSES = [(value, label) for value, label in AppointmentRequest.Status.choices if value not in CLOSED]


@dataclass(frozen=True, slots=True)
class Filter:
    """A list and what is asked of its requests; every part may be empty."""

    tab: Tab = TABS[0]
    level: str = ""
    status: str = ""
    owner: str = ""
    language: str = ""
    specialty: str = ""
    only: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked besides the list itself."""
        return not any((self.level, self.status, self.owner, self.language, self.specialty, self.only))

    @property
    def query(self) -> str:
        """The one way to write it in an address, without the page."""
        parts = [(name, getattr(self, name)) for name in ("level", "status", "owner", "language", "specialty")]
        parts = [("tab", self.tab.slug), *((name, value) for name, value in parts if value)]
        return urlencode([*parts, *(("only", one) for one in self.only)])

    def in_tab(self, tab: Tab) -> str:
        """The same filter on another list, as an address."""
        parts = self.query.partition("&")[2]
        return f"tab={tab.slug}&{parts}" if parts else f"tab={tab.slug}"

    def condition(self, user, now: datetime) -> Q:
        """Which requests it keeps, besides those of the list."""
        asked = Q(level=self.level) if self.level else Q()
        if self.status:
            asked &= Q(status=self.status)
        if self.owner:
            asked &= (
                Q(taken_by=None) if self.owner == NOBODY else Q(taken_by=user.pk if self.owner == ME else self.owner)
            )
        if self.language:
            asked &= Q(patient__preferred_language=self.language)
        if self.specialty:
            asked &= Q(specialties_text__contains=f'"{self.specialty}"')
        if OVERDUE in self.only:
            asked &= is_overdue(now)
        return asked & Q(patient__interpreter_needed__in=INTERPRETERS) if INTERPRETER in self.only else asked

    def narrow(self, rows, user, now: datetime):
        """The requests among `rows` that are on the list and fit the filter."""
        if self.specialty:  # a list of codes: both databases can look into it as text
            rows = rows.annotate(specialties_text=Cast("specialties", TextField()))
        return rows.filter(self.tab.holds(user, now), self.condition(user, now))


class FilterForm(PageForm):
    """The filters as a form that is sent by address (GET). `people` are the members of the staff who hold requests."""

    always_allowed = ("tab", "page")
    level = SelectField(label=gettext_lazy("Urgency"), choices=Level.choices, empty=gettext_lazy("Any"), required=False)
    status = SelectField(label=gettext_lazy("Status"), choices=STATUSES, empty=gettext_lazy("Any"), required=False)
    owner = SelectField(label=gettext_lazy("Owner"), empty=gettext_lazy("Anybody"), required=False)
    language = SelectField(
        label=gettext_lazy("Language"),
        choices=lambda: [(one.code, one.words) for one in LANGUAGES],
        empty=gettext_lazy("Any"),
        required=False,
    )
    specialty = SelectField(label=gettext_lazy("Specialty"), empty=gettext_lazy("Any"), required=False)
    only = CheckboxesField(
        label=gettext_lazy("Only"),
        choices=[(OVERDUE, gettext_lazy("Overdue")), (INTERPRETER, gettext_lazy("Interpreter needed"))],
        required=False,
    )

    def __init__(self, data=None, *, people, specialties, **kwargs):
        super().__init__(data, **kwargs)
        owners = [(ME, _("Me")), (NOBODY, _("Nobody")), *((str(one.pk), str(one)) for one in people)]
        self.fields["owner"].choices = [("", _("Anybody")), *owners]
        self.fields["specialty"].choices = [("", _("Any")), *((one.code, one.name) for one in specialties)]
        for name in self.fields:
            self.fields[name].label_suffix = ""
            self.fields[name].show_optional = False
            self.fields[name].error_messages["invalid_choice"] = _(
                "The address asks for something that this list does not know. Choose from the list"
            )

    def clean(self) -> dict:
        """What the address asks for, understood whole."""
        cleaned = super().clean() or self.cleaned_data
        if isinstance(self.data, QueryDict):
            twice = [name for name in self.data if name != "only" and len(self.data.getlist(name)) > 1]
            if twice:
                raise ValidationError(_("The address asks for one thing twice. Choose one of each"), code="twice")
        if self.data.get("tab", TABS[0].slug) not in TAB_BY_SLUG:
            raise ValidationError(_("There is no such list. Choose one of those below"), code="unknown_list")
        return cleaned

    def _refuse_foreign_names(self) -> None:
        """A key that means nothing here is named, where it looks like one."""
        unknown = sorted(set(self.data) - {*self.always_allowed, *self.fields})
        if unknown:
            named = ", ".join(name for name in unknown if KEY.fullmatch(name))
            text = _("The worklist cannot be filtered by what the address asks for. Choose a filter below")
            if named:
                text = _("The worklist cannot be filtered by: %(names)s. Choose a filter below") % {"names": named}
            self.add_error(None, ValidationError(text, code="unknown_key"))

    @property
    def chosen(self) -> Filter:
        """The filter of a valid form."""
        said: dict[str, Any] = self.cleaned_data
        names = ("level", "status", "owner", "language", "specialty")
        return Filter(
            tab=TAB_BY_SLUG[self.data.get("tab", TABS[0].slug)],
            only=tuple(one for one in (OVERDUE, INTERPRETER) if one in (said.get("only") or ())),
            **{name: said.get(name) or "" for name in names},
        )


def read_filter(query: str, *, people, specialties) -> Filter | None:
    """The filter that an address of ours asks for, read again from its words; None when it is not understood."""
    form = FilterForm(QueryDict(query), people=people, specialties=specialties)
    return form.chosen if len(query) <= LONGEST_QUERY and form.is_valid() else None


def filter_words(chosen: Filter, *, people, specialties) -> list[str]:
    """What is asked, for a line above the list."""
    names = {str(one.pk): str(one) for one in people} | {ME: _("me"), NOBODY: _("nobody")}
    codes = {one.code: one.name for one in specialties}
    told = []
    if chosen.level:
        told.append(str(Level(chosen.level).label))
    if chosen.status:
        told.append(str(AppointmentRequest.Status(chosen.status).label))
    if chosen.owner:
        told.append(_("held by %(name)s") % {"name": names.get(chosen.owner, "?")})
    if chosen.language:
        told.append(language_words(chosen.language))
    if chosen.specialty:
        told.append(codes.get(chosen.specialty, chosen.specialty))
    words = {OVERDUE: _("overdue"), INTERPRETER: _("interpreter needed")}
    return [*told, *(words[one] for one in chosen.only)]


def those_who_take(users) -> list:
    """Of some members of the staff, those who may hold requests, by name. Roles are no rows: this is told in memory."""
    able = [one for one in users if one.is_active and one.has_perm(Permission.TAKE_REQUEST)]
    return sorted(able, key=lambda one: (str(one).casefold(), one.pk))


def leg_specialties() -> Any:
    """The specialties that a visit can have."""
    return Specialty.objects.filter(is_leg=True)
