"""The overlap guard: the database itself refuses two claims on one clinician, room or patient at the same time.

PostgreSQL: exclusion constraints. SQLite: triggers that abort, so that the same IntegrityError arrives. Intervals are
half open: a claim may begin at the very moment at which another one ends. A claim lasts at most 24 hours
(`claim_at_most_a_day`), so reading by the lower bound `starts_at > wanted_start - 24 hours` misses none.
"""

from django.db import migrations

from clinic.platform.db.vendor import VendorSQL

TABLE = "scheduling_claim"
RESOURCES = ("clinician", "room", "patient")


def exclusion(resource: str) -> str:
    """No two rows of one resource whose times overlap."""
    return (
        f"ALTER TABLE {TABLE} ADD CONSTRAINT claim_no_overlap_{resource} EXCLUDE USING gist"
        f" ({resource}_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&) WHERE ({resource}_id IS NOT NULL)"
    )


def overlap_of(resource: str) -> str:
    """The index (resource, starts_at) serves this: the lower bound is 24 hours before the new claim begins."""
    before = "strftime('%Y-%m-%d %H:%M:%f', NEW.starts_at, '-1 day', '-1 second')"
    same_time = f"c.starts_at < NEW.ends_at AND c.ends_at > NEW.starts_at AND c.starts_at >= {before}"
    others = f"c.{resource}_id = NEW.{resource}_id AND c.id IS NOT NEW.id AND {same_time}"
    return f"(NEW.{resource}_id IS NOT NULL AND EXISTS (SELECT 1 FROM {TABLE} c WHERE {others}))"  # noqa: S608  (ours)


def trigger(name: str, event: str) -> str:
    """One trigger over all three kinds of claims, and over how long a claim may be."""
    overlaps = " OR ".join(overlap_of(resource) for resource in RESOURCES)
    return (
        f"CREATE TRIGGER claim_no_overlap_{name} BEFORE {event} ON {TABLE} WHEN {overlaps}"
        " BEGIN SELECT RAISE(ABORT, 'claim_no_overlap'); END"
    )


LONGEST = "claim_at_most_a_day"
TOO_LONG = "julianday(NEW.ends_at) - julianday(NEW.starts_at) > 1.000001"
UPDATED = "UPDATE OF clinician_id, room_id, patient_id, starts_at, ends_at"


def longest(name: str, event: str) -> str:
    """The 24 hours, as a trigger: SQLite cannot add a constraint to a table."""
    return (
        f"CREATE TRIGGER {LONGEST}_{name} BEFORE {event} ON {TABLE} WHEN {TOO_LONG}"
        f" BEGIN SELECT RAISE(ABORT, '{LONGEST}'); END"
    )


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial")]

    operations = [
        VendorSQL(
            postgresql=[
                "CREATE EXTENSION IF NOT EXISTS btree_gist",
                *(exclusion(resource) for resource in RESOURCES),
                f"ALTER TABLE {TABLE} ADD CONSTRAINT {LONGEST} CHECK (ends_at - starts_at <= interval '24 hours')",
            ],
            sqlite=[
                trigger("insert", "INSERT"),
                trigger("update", UPDATED),
                longest("insert", "INSERT"),
                longest("update", UPDATED),
            ],
            undo_postgresql=[
                *(f"ALTER TABLE {TABLE} DROP CONSTRAINT claim_no_overlap_{resource}" for resource in RESOURCES),
                f"ALTER TABLE {TABLE} DROP CONSTRAINT {LONGEST}",
            ],
            undo_sqlite=[
                f"DROP TRIGGER {name}_{event}"
                for name in ("claim_no_overlap", LONGEST)
                for event in ("insert", "update")
            ],
        )
    ]
