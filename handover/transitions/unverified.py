"""Something of the past that nobody can prove is written down as just that (B5, B never took over on paper)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.rulebook import check
from audit.record import event
from handover import custody, notices
from handover.models import Custody, Registration, UnverifiedPeriod
from handover.restricting import find_case
from handover.rules import TABLE


def note_unverified_period(
    *, registration_pk: int, name: str, first_on: date, last_on: date | None, actor: Actor, at: datetime
) -> UnverifiedPeriod:
    """Note that somebody (`name`, as stated) is said to have looked after the registration on those days.

    Custody stays as it is: the chain shows the statement beside its periods. Raises `NotAllowed`, `Refused` for days
    that cannot be, or for what is noted already.
    """
    with transaction.atomic(durable=True):
        registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_pk)
        rule = check(TABLE, "note_unverified_period", registration, actor)
        _refuse_days(first_on, last_on, timezone.localdate(at))
        try:
            with transaction.atomic():
                made = UnverifiedPeriod.objects.create(
                    registration=registration,
                    name=name,
                    first_on=first_on,
                    last_on=last_on,
                    noted_by=actor.user,
                    noted_at=at,
                )
        except IntegrityError as clash:
            raise Refused(_("This is noted already.")) from clash
        facts = {
            "period": made.pk,
            "first_on": first_on.isoformat(),
            "last_on": last_on.isoformat() if last_on else None,
        }
        if not actor.is_customer:
            facts["case"] = find_case(actor, registration, at)
        about = [f"organisation:{registration.organisation_id}"]
        written = event(rule.event, actor=actor, at=at, subject=registration.label, about=about, facts=facts)
        held = Custody.objects.current().filter(registration=registration).select_related("user").first()
        people = [held.user if held else None, *custody.administrators(registration.organisation)]
        others = [one for one in people if one is not None and one.pk != actor.user.pk]
        notices.tell("unverified_period_noted", others, event=written, at=at, registration=registration)
        return made


def _refuse_days(first_on: date, last_on: date | None, today: date) -> None:
    if last_on is not None and last_on < first_on:
        words = _("The last day lies before the first one.")
        raise Refused(words, {"last_on": words})
    for field, day in (("first_on", first_on), ("last_on", last_on)):
        if day is not None and day > today:
            words = _("This day is still ahead.")
            raise Refused(words, {field: words})
