"""A certificate knows the job over many registrations that it was issued for; one job issues one for each."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('handover', '0024_erasures'),
    ]

    operations = [
        migrations.AddField(
            model_name='certificate',
            name='job',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='handover.bulkjob'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.UniqueConstraint(fields=('job', 'registration'), name='handover_certificate_once_a_job'),
        ),
    ]
