"""Which products an organisation has is asked on each list of registrations: product by product."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("handover", "0025_certificates_of_a_job")]

    operations = [
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(fields=["organisation", "product"], name="handover_reg_product"),
        ),
    ]
