"""Two lanes of a clinician's time, so that the database itself knows the overbooked claims (decision 0008).

A claim takes both lanes. One that is shared has left the second lane to others; an overbooked one takes the second lane
alone. Two claims of one clinician whose times overlap are refused when they have a lane in common. Rooms and patients
have one lane, as before: a check refuses marks on their claims.

SQLite rebuilds the table for the new columns and loses its triggers, so all of them are made again, both ways.
"""

from importlib import import_module

from django.db import migrations, models

from clinic.platform.db.vendor import VendorSQL

first = import_module("scheduling.migrations.0002_overlap_guard")
TABLE = first.TABLE
LANES = "(CASE WHEN is_overbooked THEN int4range(1, 2) WHEN is_shared THEN int4range(0, 1) ELSE int4range(0, 2) END)"
EXCLUSION = (
    f"ALTER TABLE {TABLE} ADD CONSTRAINT claim_no_overlap_clinician EXCLUDE USING gist (clinician_id WITH =,"
    f" tstzrange(starts_at, ends_at, '[)') WITH &&, {LANES} WITH &&) WHERE (clinician_id IS NOT NULL)"
)
NO_EXCLUSION = f"ALTER TABLE {TABLE} DROP CONSTRAINT claim_no_overlap_clinician"
IN_ONE_LANE = (
    "((NOT c.is_overbooked AND NOT NEW.is_overbooked) OR (NOT c.is_shared AND NOT NEW.is_shared))"  # the 1st or the 2nd
)
UPDATED = f"{first.UPDATED}, is_overbooked, is_shared"


def trigger(name: str, event: str) -> str:
    """The trigger of migration 0002, with lanes for clinicians."""
    overlaps = " OR ".join(first.overlap_of(resource) for resource in first.RESOURCES)
    lane_less = "WHERE c.clinician_id = NEW.clinician_id AND"
    return (
        f"CREATE TRIGGER claim_no_overlap_{name} BEFORE {event} ON {TABLE}"
        f" WHEN {overlaps.replace(lane_less, f'{lane_less} {IN_ONE_LANE} AND')}"
        " BEGIN SELECT RAISE(ABORT, 'claim_no_overlap'); END"
    )


NO_TRIGGERS = [
    f"DROP TRIGGER {name}_{event}" for name in ("claim_no_overlap", first.LONGEST) for event in ("insert", "update")
]
OLD_TRIGGERS = [
    first.trigger("insert", "INSERT"),
    first.trigger("update", first.UPDATED),
    first.longest("insert", "INSERT"),
    first.longest("update", first.UPDATED),
]
NEW_TRIGGERS = [trigger("insert", "INSERT"), trigger("update", UPDATED), *OLD_TRIGGERS[2:]]


def nothing(apps, schema_editor) -> None:
    """Forwards there is nothing to look for."""


def refuse_while_overbooked(apps, schema_editor) -> None:
    """Without lanes an overbooked claim would be a double booking."""
    if apps.get_model("scheduling", "Claim").objects.filter(is_overbooked=True).exists():
        raise RuntimeError("some appointments are overbooked: move or cancel them before this migration is taken back")


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0005_changes_and_waitlist")]

    operations = [
        VendorSQL(
            postgresql=[NO_EXCLUSION],
            sqlite=NO_TRIGGERS,
            undo_postgresql=[first.exclusion("clinician")],
            undo_sqlite=OLD_TRIGGERS,
        ),
        migrations.AddField("claim", "is_overbooked", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("claim", "is_shared", models.BooleanField(default=False, db_default=False)),
        migrations.AddConstraint(
            "claim",
            models.CheckConstraint(
                condition=models.Q(is_overbooked=False, is_shared=False)
                | (
                    models.Q(clinician__isnull=False, visit__isnull=False, expires_at__isnull=True)
                    & (models.Q(is_overbooked=False) | models.Q(is_shared=False))
                ),
                name="claim_lanes_of_a_booked_clinician",
            ),
        ),
        VendorSQL(
            postgresql=[EXCLUSION],
            sqlite=NEW_TRIGGERS,
            undo_postgresql=[NO_EXCLUSION],
            undo_sqlite=NO_TRIGGERS,
        ),
        migrations.RunPython(nothing, refuse_while_overbooked),
    ]
