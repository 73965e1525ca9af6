"""Looks at the database while the run goes on, each time at one consistent state, and writes down what is wrong."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE = 0.8


def main(log: Path, stop: Path) -> None:
    """Look until the file `stop` is there, and once more after that."""
    from django.db import Error, connection

    looks = 0
    with log.open("a", encoding="utf-8") as lines:
        while True:
            is_last = stop.exists()
            try:
                with one_state():
                    faults = faults_now()
            except Error:
                connection.close()  # the server is being restarted: look again later
                faults = []
            looks += 1
            for fault in faults:
                lines.write(json.dumps({"look": looks, "fault": fault}) + "\n")
            if is_last:
                break
            time.sleep(PAUSE)
        lines.write(json.dumps({"looks": looks}) + "\n")


@contextmanager
def one_state() -> Iterator[None]:
    """What is read inside is of one moment, on both databases; nobody waits for it."""
    from django.db import connection

    with connection.cursor() as cursor:
        is_postgres = connection.vendor == "postgresql"
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if is_postgres else "BEGIN")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def faults_now() -> list[str]:
    """Overlaps, and visits that have too much or too little of their time or legs that went their own way."""
    from benchmarks.reliability.world import claims_by_visit, overlaps, wanted_claims
    from scheduling.visits.models import Visit

    claims = {visit: {claim[:3] for claim in its} for visit, its in claims_by_visit().items()}
    found = [f"overlap: {a} and {b}" for a, b in overlaps(sorted_pairs(claims))]
    current = {
        str(visit.pk): visit
        for visit in Visit.objects.filter(
            state__in=("held", "booked", "checked_in", "in_visit", "completed")
        ).prefetch_related("appointments")
    }
    for key in current.keys() | claims.keys():
        wanted = wanted_claims(current[key]) if key in current else set()
        if wanted != claims.get(key, set()):
            found.append(f"partial: visit {key} should have {wanted}, has {claims.get(key, set())}")
    for key, visit in current.items():
        if visit.state in ("held", "booked"):
            found += [
                f"partial: leg {leg.pk} of visit {key} is {leg.state}"
                for leg in visit.appointments.all()
                if leg.state != visit.state and not leg.state.startswith("cancelled")
            ]
    return found


def sorted_pairs(claims: dict[str, set]) -> list:
    """All claims of all visits."""
    return [claim for its in claims.values() for claim in its]
