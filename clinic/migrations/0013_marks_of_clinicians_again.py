"""Name the triggers of `clinic_clinician` again: on SQLite the migration before rebuilt that table and so dropped them."""

from django.db import migrations

from clinic.platform.db.vendor import VendorSQL

NEW_MARK = (
    "INSERT INTO clinic_contentstamp (id, mark) VALUES (1, lower(hex(randomblob(16))))"
    " ON CONFLICT (id) DO UPDATE SET mark = EXCLUDED.mark"
)
EVENTS = ("INSERT", "UPDATE", "DELETE")


class Migration(migrations.Migration):
    dependencies = [("clinic", "0012_how_to_join_by_video")]

    operations = [
        VendorSQL(
            postgresql=[],
            sqlite=[
                *(
                    f"CREATE TRIGGER IF NOT EXISTS clinic_clinician_changed_{event.lower()} AFTER {event}"
                    f" ON clinic_clinician BEGIN {NEW_MARK}; END"
                    for event in EVENTS
                ),
                NEW_MARK,
            ],
            undo_postgresql=[],
            undo_sqlite=[],
        )
    ]
