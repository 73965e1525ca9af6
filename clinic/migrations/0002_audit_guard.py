"""The audit tables only grow: the database refuses DELETE and every UPDATE but sealing a row once."""

from django.db import migrations

from clinic.platform.db.vendor import VendorSQL

COLUMNS = [
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "action",
    "subject_kind",
    "subject_id",
    "sequence",
    "data",
    "previous_hash",
    "hash",
]  # all but seal_id
CHANGED = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in COLUMNS)
CHANGED_SQLITE = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in COLUMNS)

POSTGRESQL = [
    f"""CREATE FUNCTION clinic_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
    BEGIN
        IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'clinic_auditentry' THEN
            IF OLD.seal_id IS NULL AND NEW.seal_id IS NOT NULL AND NOT ({CHANGED}) THEN
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION 'the audit is append only' USING ERRCODE = 'integrity_constraint_violation';
    END $guard$""",
    """CREATE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE ON clinic_auditentry
    FOR EACH ROW EXECUTE FUNCTION clinic_audit_guard()""",
    """CREATE TRIGGER audit_seal_guard BEFORE UPDATE OR DELETE ON clinic_seal
    FOR EACH ROW EXECUTE FUNCTION clinic_audit_guard()""",
]
UNDO_POSTGRESQL = [
    "DROP TRIGGER audit_seal_guard ON clinic_seal",
    "DROP TRIGGER audit_entry_guard ON clinic_auditentry",
    "DROP FUNCTION clinic_audit_guard()",
]
SQLITE = [
    f"""CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON clinic_auditentry
    WHEN OLD.seal_id IS NOT NULL OR NEW.seal_id IS NULL OR {CHANGED_SQLITE}
    BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END""",
    """CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON clinic_auditentry
    BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END""",
    """CREATE TRIGGER audit_seal_no_update BEFORE UPDATE ON clinic_seal
    BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END""",
    """CREATE TRIGGER audit_seal_no_delete BEFORE DELETE ON clinic_seal
    BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END""",
]
UNDO_SQLITE = [
    "DROP TRIGGER audit_entry_no_update",
    "DROP TRIGGER audit_entry_no_delete",
    "DROP TRIGGER audit_seal_no_update",
    "DROP TRIGGER audit_seal_no_delete",
]


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_initial")]
    operations = [
        VendorSQL(postgresql=POSTGRESQL, sqlite=SQLITE, undo_postgresql=UNDO_POSTGRESQL, undo_sqlite=UNDO_SQLITE)
    ]
