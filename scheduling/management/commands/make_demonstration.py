"""Fills an empty database with the demonstration clinic, showing each step; or prints its sign-ins."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.accounts.models import User
from clinic.directory.models import Clinician
from clinic.education.actions import load_starters
from scheduling.availability.models import WeeklySession
from scheduling.demonstration import (
    busy_time,
    clinic_data,
    conferences,
    desk_work,
    files,
    follow_up,
    measures,
    patients,
    questions,
    reading,
    scores,
    staff,
    told,
)
from scheduling.visits.models import Claim


class Command(BaseCommand):
    """Does nothing when the clinic is already there, and refuses outside the demonstration."""

    help = "Fill an empty database with the demonstration clinic."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="only print the sign-ins")

    def handle(self, *args, **options) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("This fills invented data: it runs only with DEMONSTRATION=1.")
        if options["sign_ins"]:
            self._print_sign_ins()
            return
        if User.objects.exists():
            return
        zone = ZoneInfo(settings.CLINIC_TIME_ZONE)
        now = timezone.now().replace(second=0, microsecond=0)
        today = now.astimezone(zone).date()
        self._say("Specialties, rooms, clinicians and their weeks ...")
        site, specialties, clinicians = clinic_data.make_directory(settings.CLINIC_ADDRESS)
        clinic_data.make_weeks(clinicians, today)
        clinic_data.make_closures(site, clinicians, today, zone)
        clinic_data.make_visit_types(specialties)
        staff.make_staff()
        load_starters(now=now, publish=True)
        reading.add_reading(today)
        self._say("Twelve weeks of busy time ...")
        claims = busy_time.fill_with_busy_time(clinicians, today, zone)
        self._say(f"{claims} busy claims. Patients in every state, this takes some seconds ...")
        count = patients.Corridor(now).walk()
        told.tell(now)
        added = files.add_files(now)
        questions.add_questions(now)
        tasks = desk_work.add_desk_work(now)
        scores.add_scores(now)
        conferences.add_conferences(now)
        follow_up.add_follow_up(now)
        past = measures.add_past(now, today, zone)
        self._say(
            f"{len(specialties)} specialties, {Clinician.objects.count()} clinicians, "
            f"{WeeklySession.objects.count()} weekly sessions, {count} patients, "
            f"{past} finished requests of the past half year, "
            f"{Claim.objects.count()} claims, {added} files, {tasks} tasks."
        )

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _print_sign_ins(self) -> None:
        self._say(f"\nStaff sign in at /staff/ with the password {staff.PASSWORD}")
        for email, _name, role, does in staff.STAFF:
            self._say(f"  {email:<26} {role.value:<19} {does}")
