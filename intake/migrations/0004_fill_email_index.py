"""Give every patient who has an e-mail address its blind index, so that they can sign in with it."""

from django.db import migrations

from clinic.platform.crypto.index import address_index


def fill(apps, schema_editor):
    """Row by row: the address is sealed."""
    patients = apps.get_model("intake", "Patient").objects.using(schema_editor.connection.alias)
    for patient in patients.filter(email_index="").only("pk", "email").iterator():
        if patient.email:
            patients.filter(pk=patient.pk).update(email_index=address_index(patient.email))


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_new_symptoms_and_email")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
