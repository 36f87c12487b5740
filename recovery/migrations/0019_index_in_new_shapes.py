from django.db import migrations


class Migration(migrations.Migration):
    """Shapes of kanji that JIS changed in 1983 are one in the index: the worker fills it anew, in pieces."""

    dependencies = [("recovery", "0018_index_of_initials")]

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
