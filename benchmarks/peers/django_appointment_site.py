"""A site with nothing but django-appointment, for `measure_peer.py`; it runs in an environment of its own.

    python django_appointment_site.py prepare      tables, four members of staff, their appointments; prints JSON
    gunicorn django_appointment_site:application

PEER_DATABASE is JSON for `DATABASES["default"]`, PEER_FOLDER a folder for the migrations, which the package lacks.
"""

import datetime as dt
import json
import os
import sys
from pathlib import Path

import django
from django.conf import settings

FOLDER = Path(os.environ["PEER_FOLDER"])
STAFF, WEEKDAYS = 4, 90
OPENS, CLOSES, HOURS = dt.time(8), dt.time(17), (8, 9, 10, 13, 14, 15)
sys.path.insert(0, str(FOLDER))
FOLDER.joinpath("peer_migrations").mkdir(exist_ok=True)
FOLDER.joinpath("peer_migrations", "__init__.py").touch()
settings.configure(
    SECRET_KEY="for-the-measurement-only-" + "x" * 40,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    TIME_ZONE=os.environ["PEER_TIME_ZONE"],
    DATABASES={"default": json.loads(os.environ["PEER_DATABASE"])},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    MIGRATION_MODULES={"appointment": "peer_migrations"},
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    USE_DJANGO_Q_FOR_EMAILS=False,
    LOGGING_CONFIG=None,
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django.contrib.messages",
        "phonenumber_field",
        "appointment",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
)
django.setup()

from django.core.management import call_command  # noqa: E402  (after the settings)
from django.core.wsgi import get_wsgi_application  # noqa: E402  (after the settings)
from django.urls import include, path  # noqa: E402  (after the settings)

urlpatterns = [path("appointment/", include("appointment.urls"))]
application = get_wsgi_application()


def prepare() -> dict:
    """Tables and rows, as many appointments as the product's side has; what the caller needs to ask."""
    from appointment.models import Appointment, AppointmentRequest, Config, Service, StaffMember, WorkingHours
    from django.contrib.auth import get_user_model
    from django.test import Client

    call_command("makemigrations", "appointment", verbosity=0)
    call_command("migrate", verbosity=0)
    hour = dt.timedelta(hours=1)
    Config.objects.create(slot_duration=60, lead_time=OPENS, finish_time=CLOSES, appointment_buffer_time=0)
    service = Service.objects.create(name="Visit", duration=hour, price=0)
    users = get_user_model().objects
    patient = users.create_user("patient", "patient@example.org")
    staff = []
    for number in range(STAFF):
        one = StaffMember.objects.create(user=users.create_user(f"staff{number}"), slot_duration=60)
        one.services_offered.add(service)
        for day in range(1, 6):
            WorkingHours.objects.create(staff_member=one, day_of_week=day, start_time=OPENS, end_time=CLOSES)
        staff.append(one)
    wanted = [
        AppointmentRequest(
            date=day, start_time=dt.time(at), end_time=dt.time(at + 1), service=service, staff_member=one
        )
        for day in weekdays(dt.date.fromisoformat(os.environ["PEER_FIRST_DAY"]), WEEKDAYS)
        for one in staff
        for at in HOURS
    ]
    for number, one in enumerate(wanted):
        one.id_request = f"r{number}"
    AppointmentRequest.objects.bulk_create(wanted, batch_size=500)
    Appointment.objects.bulk_create(
        [
            Appointment(client=patient, appointment_request=one, phone="+12025550142", address="", id_request=f"a{n}")
            for n, one in enumerate(AppointmentRequest.objects.order_by("pk"))
        ],
        batch_size=500,
    )
    browser = Client()
    browser.force_login(patient)
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return {
        "cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}",
        "staff": [one.pk for one in staff],
        "service": service.pk,
        "appointments": Appointment.objects.count(),
    }


def weekdays(first: dt.date, count: int) -> list[dt.date]:
    """So many days from the first on, Saturdays and Sundays left out."""
    days = (first + dt.timedelta(days=n) for n in range(2 * count))
    return [day for day in days if day.weekday() < 5][:count]


if __name__ == "__main__":
    print(json.dumps(prepare()))
