"""The full text index of search: a generated column on PostgreSQL, an FTS5 table kept by triggers on SQLite.

Both stem English words; capitals never count.
"""

from django.db import migrations

from clinic.platform.db.vendor import VendorSQL

TABLE = "clinic_searchtext"
INDEX = "clinic_searchtext_index"
DOCUMENT = (
    "setweight(to_tsvector('english', coalesce(title, '')), 'A')"
    " || setweight(to_tsvector('english', coalesce(body, '')), 'B')"
)
TABLE_OF_WORDS = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5(title, body, content='{TABLE}', content_rowid='id',"
    " tokenize='porter unicode61 remove_diacritics 2')"
)
FORGET = f"INTO {INDEX} ({INDEX}, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);"
LEARN = f"INTO {INDEX} (rowid, title, body) VALUES (new.id, new.title, new.body);"


def trigger(name: str, event: str, *changes: str) -> str:
    """Keeps the index as the table is."""
    statements = " ".join(f"INSERT {change}" for change in changes)
    return f"CREATE TRIGGER {INDEX}_{name} AFTER {event} ON {TABLE} BEGIN {statements} END"


class Migration(migrations.Migration):
    dependencies = [("clinic", "0005_education")]

    operations = [
        VendorSQL(
            postgresql=[
                f"ALTER TABLE {TABLE} ADD COLUMN document tsvector GENERATED ALWAYS AS ({DOCUMENT}) STORED",
                f"CREATE INDEX {INDEX} ON {TABLE} USING gin (document)",
            ],
            sqlite=[
                TABLE_OF_WORDS,
                trigger("insert", "INSERT", LEARN),
                trigger("delete", "DELETE", FORGET),
                trigger("update", "UPDATE", FORGET, LEARN),
            ],
            undo_postgresql=[f"DROP INDEX {INDEX}", f"ALTER TABLE {TABLE} DROP COLUMN document"],
            undo_sqlite=[
                f"DROP TRIGGER {INDEX}_insert",
                f"DROP TRIGGER {INDEX}_delete",
                f"DROP TRIGGER {INDEX}_update",
                f"DROP TABLE {INDEX}",
            ],
        )
    ]
