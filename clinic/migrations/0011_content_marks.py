"""Each change of what public pages read draws a new mark, in the transaction of the change.

PostgreSQL once a statement, SQLite once a row. A mark is random, not a number: one that was taken back with its
transaction never comes again for other words. On SQLite a later migration that rebuilds one of these tables loses its
triggers and must name them again; tests/clinic/site/test_public_pages.py tells.
"""

from django.db import migrations

from clinic.platform.db.vendor import VendorSQL

READ_BY_PAGES = (
    "clinic_article",
    "clinic_articlerevision",
    "clinic_glossaryterm",
    "clinic_trial",
    "clinic_resource",
    "clinic_site",
    "clinic_specialty",
    "clinic_clinician",
)
NEW_MARK = (
    "INSERT INTO clinic_contentstamp (id, mark) VALUES (1, {}) ON CONFLICT (id) DO UPDATE SET mark = EXCLUDED.mark"
)
ON_POSTGRESQL = NEW_MARK.format("gen_random_uuid()::text")
ON_SQLITE = NEW_MARK.format("lower(hex(randomblob(16)))")
FUNCTION = (
    "CREATE FUNCTION clinic_content_changed() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN {ON_POSTGRESQL}; RETURN NULL; END $$"
)
EVENTS = ("INSERT", "UPDATE", "DELETE")


class Migration(migrations.Migration):
    dependencies = [("clinic", "0010_helpful_and_content_stamp")]

    operations = [
        VendorSQL(
            postgresql=[
                FUNCTION,
                *(
                    f"CREATE TRIGGER {table}_changed AFTER INSERT OR UPDATE OR DELETE ON {table}"
                    " FOR EACH STATEMENT EXECUTE FUNCTION clinic_content_changed()"
                    for table in READ_BY_PAGES
                ),
                ON_POSTGRESQL,
            ],
            sqlite=[
                *(
                    f"CREATE TRIGGER {table}_changed_{event.lower()} AFTER {event} ON {table} BEGIN {ON_SQLITE}; END"
                    for table in READ_BY_PAGES
                    for event in EVENTS
                ),
                ON_SQLITE,
            ],
            undo_postgresql=[
                *(f"DROP TRIGGER {table}_changed ON {table}" for table in READ_BY_PAGES),
                "DROP FUNCTION clinic_content_changed()",
            ],
            undo_sqlite=[
                f"DROP TRIGGER {table}_changed_{event.lower()}" for table in READ_BY_PAGES for event in EVENTS
            ],
        )
    ]
