"""Seals every encrypted value with the first key of FIELD_KEYS, so that an older key can be taken out."""

from django.core.management.base import BaseCommand, CommandError

from clinic.platform.crypto.rotation import others, rotate_field, sealed_fields
from clinic.platform.crypto.sealing import CannotOpen
from clinic.sign_in.adapter import rotate_second_factors


class Command(BaseCommand):
    help = "Seals older values with the first key of FIELD_KEYS. May run while the clinic works, and again."

    def handle(self, *args, **options) -> None:
        for model, field in sealed_fields():
            try:
                count = rotate_field(model, field)
            except CannotOpen as error:
                raise CommandError(f"{error}: nothing was lost, the value stays as it is") from None
            if count:
                self.stdout.write(f"{field.place}: {count} values sealed anew")
        for name, rotate in others.items():
            if count := rotate():
                self.stdout.write(f"{name}: {count} sealed anew")
        if count := rotate_second_factors():
            self.stdout.write(f"second factors: {count} sealed anew")
