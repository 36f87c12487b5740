from django.db import migrations


class Migration(migrations.Migration):
    """The beginnings of words became keys of the index: the worker fills it anew, in pieces."""

    dependencies = [("recovery", "0017_index_anew")]

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
