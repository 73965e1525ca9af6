"""Going through the page of a patient, as a person does."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.get_default_timezone())


def page_of(patient):
    return reverse("staff-patients:patient", args=[patient.pk])


def form_of(patient):
    return reverse("staff-patients:edit", args=[patient.pk])


def typed(form, **changed) -> dict:
    """What the browser sends for the form as it was opened, with some changes."""
    values = {**form.initial, **changed}
    born = values.pop("date_of_birth")
    data = {name: value for name, value in values.items() if value not in (None, "", [], False) and name in form.fields}
    if born:
        data |= {"date_of_birth_month": born.month, "date_of_birth_day": born.day, "date_of_birth_year": born.year}
    return {name: "on" if value is True else value for name, value in data.items()}
