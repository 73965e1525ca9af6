"""Migrate the database of the run and fill it: `python -m benchmarks.reliability.prepare <requests>`."""

import sys

import django

if __name__ == "__main__":
    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from benchmarks.reliability.world import make_world

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        make_world(requests=int(sys.argv[1]))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
