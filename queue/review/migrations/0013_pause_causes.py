"""Why an account is paused: what its connection caused ends with connecting it anew, and nothing else does."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def of_their_connection(apps: Any, schema_editor: Any) -> None:
    """Say of the accounts whose tokens have ended that this is why they are paused."""
    accounts = apps.get_model("review", "Account").objects.exclude(connection__ended="")
    ended = accounts.filter(paused=True, paused_until=None, connection__isnull=False)
    for account in ended:
        account.pause_cause = "connection"
        account.save(update_fields=["pause_cause"])


class Migration(migrations.Migration):
    dependencies = [("review", "0012_blackouts")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="pause_cause",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.RunPython(of_their_connection, migrations.RunPython.noop),
    ]
