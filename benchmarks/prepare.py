"""Migrate the database named by DATABASE_URL, collect the static files, fill the clinic."""

import django

if __name__ == "__main__":
    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from benchmarks.clinic import make_clinic

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    with transaction.atomic():
        make_clinic()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
