"""What waits for confirmation is stored compressed; unconfirmed keys of second factors are dropped."""

from django.db import migrations

import leaderboard.fields


def pack_readings(apps, schema_editor):
    """One row at a time: a reading may be large."""
    move_readings(apps, "reading", "packed")


def unpack_readings(apps, schema_editor):
    move_readings(apps, "packed", "reading")


def move_readings(apps, source, target):
    rows = apps.get_model("leaderboard", "Import").objects
    for pk in list(rows.exclude(**{source: None}).values_list("pk", flat=True)):
        value = rows.values_list(source, flat=True).get(pk=pk)
        rows.filter(pk=pk).update(**{target: value})


def drop_unconfirmed_devices(apps, schema_editor):
    """Their keys were shown once; a key is stored only when a code has confirmed it."""
    apps.get_model("otp_totp", "TOTPDevice").objects.filter(confirmed=False).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("leaderboard", "0006_alias_history"),
        ("otp_totp", "0001_initial"),
    ]

    operations = [
        migrations.AddField("import", "packed", leaderboard.fields.PackedJSONField(null=True)),
        migrations.RunPython(pack_readings, unpack_readings),
        migrations.RemoveField("import", "reading"),
        migrations.RenameField("import", "packed", "reading"),
        migrations.RunPython(drop_unconfirmed_devices, migrations.RunPython.noop),
    ]
