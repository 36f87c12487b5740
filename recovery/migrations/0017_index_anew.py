from django.db import migrations


class Migration(migrations.Migration):
    """A name in its municipality became a key of the index: the worker fills it anew, in pieces."""

    dependencies = [("recovery", "0016_matching")]

    operations = [
        migrations.RunSQL(
            [
                "DELETE FROM recovery_matchposting",
                "DELETE FROM recovery_matchdocument",
                "DELETE FROM recovery_matchtoken",
            ],
            migrations.RunSQL.noop,
        ),
    ]
