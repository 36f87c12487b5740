from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0017_figures")]

    operations = [
        migrations.AddField(model_name="formalanswer", name="written_by", field=models.JSONField(default=list)),
    ]
