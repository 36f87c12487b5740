"""Steps that several acts on mandates share. Plain functions: they run inside a transition."""

import secrets
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import Rule
from audit.models import Event
from audit.record import Actor as AnyActor
from audit.record import event
from handover import mandate_sides
from handover.models import Mandate, MandateRegistration, Registration
from handover.restricting import refuse_blocked
from handover.rules.mandates import MOST_REGISTRATIONS, SETTINGS, latest_end, reminders_passed

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
Locked = tuple[Mandate, list[Registration]]


def lock(mandate_pk: int) -> Locked:
    """Lock the registrations of a mandate, then the mandate, and re-read both: in the order of every custody act.

    Returns the registrations asked for or granted now.
    """
    numbers = MandateRegistration.objects.filter(mandate=mandate_pk, until=None).values("registration")
    seen = list(Registration.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk"))
    Mandate.objects.select_for_update(no_key=True).get(pk=mandate_pk)
    mandate = Mandate.objects.select_related("customer", "contractor").get(pk=mandate_pk)
    rows = MandateRegistration.objects.current().filter(mandate=mandate)
    standing = set(rows.values_list("registration_id", flat=True))
    return mandate, [registration for registration in seen if registration.pk in standing]


def new_number(at: datetime) -> str:
    """Return a number to be read out on the phone; it gives nothing to whoever knows it."""
    return f"M-{timezone.localdate(at).year}-{''.join(secrets.choice(ALPHABET) for _place in range(6))}"


def find_made(token: UUID, actor: Actor) -> Mandate | None:
    """Return what an earlier press of the same form made; the token of another's form is nothing to build on."""
    found = Mandate.objects.filter(token=token).first()
    if found and actor.user.pk not in (found.asked_by_id, found.granted_by_id):
        raise WrongState(_("This form has been used already. Open it again."))
    return found


def grant(mandate: Mandate, actor: Actor, *, at: datetime) -> None:
    """Let a mandate begin, as `actor` of the customer said."""
    mandate.status, mandate.granted_by, mandate.granted_at = Mandate.Status.ACTIVE, actor.user, at
    # What is granted for less than the time of a reminder is not reminded of at once.
    mandate.reminded = reminders_passed(mandate.ends_on, timezone.localdate(at))
    mandate.save()


def read_numbers(numbers: Sequence[str]) -> list[str]:
    """Return the registration numbers as typed, once each. Raises `Refused` for none or too many."""
    named = list(dict.fromkeys(unicodedata.normalize("NFKC", number).strip() for number in numbers))
    named = [number for number in named if number]
    if not named or len(named) > MOST_REGISTRATIONS or any(len(number) > 40 for number in named):
        words = _("Name one to %(most)d registrations, each by its number.") % {"most": MOST_REGISTRATIONS}
        raise Refused(words, {"registrations": words})
    return named


def refuse_scope(scope: int, settings: Collection[str]) -> None:
    """Raise `Refused` for a scope or a setting that is not in the lists, or does not go with the other."""
    if scope not in Mandate.Scope.values or set(settings) - set(SETTINGS):
        words = _("Choose a scope from the list.")
        raise Refused(words, {"scope": words})
    named = bool(settings)
    if (scope == Mandate.Scope.SETTINGS and not named) or (scope == Mandate.Scope.VIEW and named):
        words = _("Name the settings if the contractor may change any, and only then.")
        raise Refused(words, {"settings": words})


def refuse_end(ends_on: date, starts_on: date) -> None:
    """Raise `Refused` for a last day before the first or beyond twelve months."""
    if not starts_on <= ends_on <= latest_end(starts_on):
        words = _("The last day lies within twelve months from the first.")
        raise Refused(words, {"ends_on": words})


def refuse_closed_or_blocked(registrations: Sequence[Registration], scope: int, *, at: datetime) -> None:
    """Raise `Refused` for a closed registration, `WrongState` for one that a recovery protects."""
    for registration in registrations:
        if registration.status != Registration.Status.ACTIVE:
            words = _("Registration %(number)s is closed.") % {"number": registration.number}
            raise Refused(words, {"registrations": words})
        # Protected after a recovery: no new mandate above looking (procedure.md A9).
        if scope != Mandate.Scope.VIEW:
            refuse_blocked(registration, "mandate_settings", at=at)


def write(
    rule: Rule,
    mandate: Mandate,
    registrations: Collection[Registration],
    *,
    actor: AnyActor,
    at: datetime,
    **more: object,
) -> Event:
    """Write the event of `rule` about a mandate, with its scope and days."""
    about = mandate_sides.about(mandate, registrations)
    facts = {
        "scope": mandate.scope,
        "settings": mandate.settings,
        "starts_on": mandate.starts_on.isoformat(),
        "ends_on": mandate.ends_on.isoformat(),
    }
    if mandate.representative_id:
        facts["representative"] = f"user:{mandate.representative_id}"
    return event(rule.event, actor=actor, at=at, subject=mandate.label, about=about, facts={**facts, **more})
