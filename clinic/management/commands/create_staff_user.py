"""Makes a staff account; the first administrator is made with it."""

import getpass
import os

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.platform.audit.actors import SYSTEM
from clinic.platform.audit.record import record


class Command(BaseCommand):
    help = "Makes a staff account. The password comes from STAFF_PASSWORD or is asked for; it is never an argument."

    def add_arguments(self, parser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("roles", nargs="+", choices=[role.value for role in Role], metavar="role")

    def handle(self, *args, **options) -> None:
        password = os.environ.get("STAFF_PASSWORD") or getpass.getpass("Password: ")
        user = User(email=options["email"], name=options["name"])
        try:
            validate_password(password, user)
            with transaction.atomic():
                user = User.objects.create_user(
                    options["email"], options["name"], roles=options["roles"], password=password
                )
                record("user.created", by=SYSTEM, subject=user, data={"roles": user.roles})
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{user.email} may sign in as {', '.join(user.roles)}")
