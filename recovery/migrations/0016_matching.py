
from typing import Any

import django.db.models.deletion
from django.db import migrations, models



def keep_by_key(apps: Any, schema_editor: Any) -> None:
    """On SQLite, let the postings lie in the order of their key instead of in a table and an index beside it."""
    if schema_editor.connection.vendor != "sqlite":
        return
    schema_editor.execute("DROP TABLE recovery_matchposting")
    schema_editor.execute(
        "CREATE TABLE recovery_matchposting"
        " (token bigint NOT NULL, document bigint NOT NULL, PRIMARY KEY (token, document)) WITHOUT ROWID"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('handover', '0018_kit_number_once'),
        ("recovery", "0015_voice"),
    ]

    operations = [
        migrations.CreateModel(
            name='MatchPosting',
            fields=[
                ('pk', models.CompositePrimaryKey('token', 'document', blank=True, editable=False, primary_key=True, serialize=False)),
                ('token', models.BigIntegerField()),
                ('document', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='MatchToken',
            fields=[
                ('token', models.BigIntegerField(primary_key=True, serialize=False)),
                ('rows', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='MatchDocument',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('facts', models.TextField()),
                ('registration', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='match_document', to='handover.registration')),
            ],
        ),
        migrations.RunPython(keep_by_key, migrations.RunPython.noop),
    ]
