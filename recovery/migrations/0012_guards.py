from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recovery", "0011_inbox"),
    ]

    operations = [
        migrations.AlterField(
            model_name="failedcode",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("mailbox", "Code to the mailbox of who asks"),
                    ("letter", "Code in a letter to the address on record"),
                    ("mail", "Code to the mail address on record"),
                    ("objection", "Code for an objection"),
                    ("phone", "Number to be said at the phone on record"),
                    ("kit", "Recovery kit"),
                ],
                max_length=10,
            ),
        ),
    ]
