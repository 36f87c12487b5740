"""Reads about who cannot be reached: mail and post that came back, and people who did nothing for 13 months."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest

from accounts.models import User
from audit.models import Event
from handover.models import ContactPoint, Custody, GapAlert, MailTrouble
from handover.queries.attestation import A_ROUND, in_charge
from handover.rules.attestation import silent_since
from outbox import bounces
from outbox.models import Notice

ABSENT = GapAlert.Kind.CUSTODIAN_ABSENT


def present(prefix: str = "") -> Greatest:
    """Return when a person last did anything: signed in, or any act in the log; at first, when they joined.

    `prefix` leads from the rows at hand to the account, such as `user__`.
    """
    label = Concat(Value("user:"), Cast(OuterRef(f"{prefix}pk"), CharField()))
    acts = Event.objects.filter(actor=label).order_by("-at").values("at")[:1]
    joined, signed_in = F(f"{prefix}date_joined"), F(f"{prefix}last_login")
    return Greatest(Coalesce(signed_in, joined), Coalesce(Subquery(acts), joined), joined, output_field=DateTimeField())


def silent(at: datetime) -> QuerySet[User]:
    """Return the accounts in use of which nobody saw anything for 13 months."""
    return User.objects.filter(is_active=True).annotate(present_at=present()).filter(present_at__lt=silent_since(at))


def troubled() -> QuerySet[User]:
    """Return the accounts in use to which mail failed for good since their people were last seen."""
    trouble = MailTrouble.objects.filter(user=OuterRef("pk"), address=OuterRef("email"))
    return (
        User.objects.filter(pk__in=MailTrouble.objects.values("user"), is_active=True)
        .annotate(present_at=present())
        .filter(Exists(trouble.filter(since__gt=OuterRef("present_at"))))
    )


def post_came_back() -> QuerySet[Custody]:
    """Return the custodies whose post came back since the person in charge was last seen."""
    returned = ContactPoint.objects.current().filter(
        kind=ContactPoint.Kind.POST, health=ContactPoint.Health.RETURNED, came_back_at__isnull=False
    )
    later = returned.filter(registration=OuterRef("registration"), came_back_at__gt=OuterRef("present_at"))
    rows = in_charge().filter(registration__in=returned.values("registration"))
    return rows.annotate(present_at=present("user__")).filter(Exists(later))


def absent(at: datetime) -> QuerySet[Custody]:
    """Return the custodies whose person counts as absent and for which no alert is open yet."""
    alerts = GapAlert.objects.filter(kind=ABSENT, closed_at=None, registration=OuterRef("registration"))
    people = Q(user__in=silent(at).values("pk")) | Q(user__in=troubled().values("pk"))
    return in_charge().filter(people | Q(pk__in=post_came_back().values("pk"))).filter(~Exists(alerts))


def due_for_absence(at: datetime) -> Sequence[int]:
    """Return the people (keys) who count as absent for something they hold, at most a round of them."""
    return list(absent(at).order_by("user_id").values_list("user_id", flat=True).distinct()[:A_ROUND])


def reasons_of(person: User, custodies: Sequence[Custody], at: datetime) -> dict[int, list[str]]:
    """Return for each registration (key) of `custodies` why `person` counts as absent there, in a fixed order."""
    own = [
        reason
        for reason, people in (
            (GapAlert.Reason.MAIL_FAILED, troubled()),
            (GapAlert.Reason.NO_SIGN_IN, silent(at)),
        )
        if people.filter(pk=person.pk).exists()
    ]
    back = set(post_came_back().filter(pk__in=[one.pk for one in custodies]).values_list("pk", flat=True))
    post = GapAlert.Reason.POST_RETURNED
    return {one.registration_id: sorted([*own, *([post] if one.pk in back else [])]) for one in custodies}


def back_again(user_pk: int | None = None) -> QuerySet[GapAlert]:
    """Return the open alerts of absence whose person in charge was seen since; of one person where one is given."""
    held = in_charge().filter(registration=OuterRef("registration"))
    if user_pk is not None:
        held = held.filter(user=user_pk)
    seen = held.annotate(present_at=present("user__")).filter(present_at__gt=OuterRef("opened_at"))
    return GapAlert.objects.filter(Exists(seen), kind=ABSENT, closed_at=None)


def due_for_return() -> Sequence[int]:
    """Return the people (keys) whose absence is over, at most a round of them."""
    rows = in_charge().filter(registration__in=back_again().values("registration"))
    return list(rows.order_by("user_id").values_list("user_id", flat=True).distinct()[:A_ROUND])


def due_for_bounce() -> Sequence[Notice]:
    """Return mails that the recipient's server refused and that nobody drew a conclusion from, at most a round."""
    rows = Notice.objects.filter(status=Notice.Status.FAILED, last_error=bounces.REFUSED, bounced_at=None)
    known = Q(recipient__startswith="user:") | Q(recipient__startswith="contact_point:")
    return list(rows.filter(known).order_by("queued_at", "pk")[:A_ROUND])
