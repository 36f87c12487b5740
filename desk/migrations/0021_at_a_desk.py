import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce


def find_desks(apps, schema_editor):
    """Say of each inquiry which agency has it: by its promise, else its passing on, else its last contact."""
    inquiries = apps.get_model("desk", "Inquiry").objects
    agencies = apps.get_model("accounts", "Membership").objects.filter(
        until=None, user=OuterRef("person"), organisation__kind="agency"
    )
    home = Subquery(agencies.order_by("pk").values("organisation")[:1])
    of = Q(inquiry=OuterRef("pk"))
    holds = apps.get_model("desk", "Hold").objects.filter(of, closed_at=None)
    promised = holds.annotate(person=F("owner"), home=home).values("home")[:1]
    back = Case(When(returned_at=None, then=F("taker")), default=F("giver"))
    passed = apps.get_model("desk", "Referral").objects.filter(of).order_by("-pk").annotate(home=back).values("home")[:1]
    contacts = apps.get_model("desk", "Contact").objects.filter(of).annotate(person=F("by"), home=home)
    spoken = contacts.exclude(home=None).order_by("-at", "-pk").values("home")[:1]
    inquiries.update(agency=Coalesce(Subquery(promised), Subquery(passed), Subquery(spoken)))


def find_announcements(apps, schema_editor):
    """Say of each released letter what announced it: what was announced of its inquiry at that instant."""
    announced = apps.get_model("desk", "CallIntention").objects.filter(
        inquiry=OuterRef("inquiry"), channel="letter", purpose="inform", made_at=OuterRef("released_at")
    )
    waiting = apps.get_model("desk", "FormalAnswer").objects.filter(status="released")
    waiting.update(intention=Subquery(announced.order_by("-pk").values("pk")[:1]))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_undertaking_versions"), ("desk", "0020_attack")]

    operations = [
        migrations.AddField(
            model_name="inquiry",
            name="agency",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="formalanswer",
            name="intention",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="desk.callintention",
            ),
        ),
        migrations.RunPython(find_desks, migrations.RunPython.noop),
        migrations.RunPython(find_announcements, migrations.RunPython.noop),
    ]
