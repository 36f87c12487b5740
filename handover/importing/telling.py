"""Whom a run has to tell: counted with each piece, mailed once a person when the run ends."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import Membership, Role
from audit.record import Actor, event
from handover import notices
from handover.models import Custody, ImportRun, ImportTold, Registration
from outbox import post

A_ROUND = 100
"""Mails of one transaction: others must get their turn at the log."""


def note(run: ImportRun, registrations: Iterable[Registration], what: str) -> None:
    """Count one more of `what` (`changed` or `closed`) for whoever looks after each of `registrations`.

    The person in charge; where the provider keeps it, the administrators of the holder.
    """
    rows = {one.pk: one.organisation_id for one in registrations}
    held = dict(Custody.objects.current().filter(registration__in=rows).values_list("registration_id", "user_id"))
    leaders: dict[int, list[int]] = {}
    unkept = {rows[pk] for pk in rows if held.get(pk) is None}
    for home, user in (
        Membership.objects.current()
        .filter(organisation__in=unkept, role=Role.ADMINISTRATOR, user__is_active=True)
        .values_list("organisation_id", "user_id")
    ):
        leaders.setdefault(home, []).append(user)
    counts: Counter[int] = Counter()
    for pk, home in rows.items():
        holder = held.get(pk)
        counts.update([holder] if holder is not None else leaders.get(home, []))
    ImportTold.objects.bulk_create([ImportTold(run=run, user_id=user) for user in counts], ignore_conflicts=True)
    for user, count in counts.items():
        ImportTold.objects.filter(run=run, user=user).update(**{what: F(what) + count})


def note_addresses(run: ImportRun, addresses: Iterable[str]) -> None:
    """Remember mail addresses of record that this run ended: whoever replaces an address must not stay unseen."""
    counts = Counter(addresses)
    ImportTold.objects.bulk_create([ImportTold(run=run, address=address) for address in counts], ignore_conflicts=True)
    for address, count in counts.items():
        ImportTold.objects.filter(run=run, user=None, address=address).update(changed=F("changed") + count)


def tell(run: ImportRun, *, actor: Actor, at: datetime) -> int:
    """Mail everybody whom `run` has not told yet, once each; returns how many. A killed run goes on here."""
    told = 0
    while rows := _round(run, actor, at):
        told += rows
    return told


def _round(run: ImportRun, actor: Actor, at: datetime) -> int:
    with transaction.atomic(durable=True):
        waiting = ImportTold.objects.filter(run=run, told_at=None).select_related("user").order_by("pk")
        rows = list(waiting[:A_ROUND])
        if not rows:
            return 0
        people = [one.user.label for one in rows if one.user]
        facts = {"people": len(people), "addresses": len(rows) - len(people)}
        written = event("register.import_told", actor=actor, at=at, subject=run.label, about=people, facts=facts)
        for one in rows:
            if one.user:
                notices.tell("import_changed", [one.user], event=written, at=at, told=one)
            else:
                post.mail(
                    "import_address_ended",
                    to=one.address,
                    # A contact point has no language of its own; Japanese is the language of the register.
                    language="ja",
                    context={"told": one},
                    event=written,
                    recipient=run.label,
                    at=at,
                )
        ImportTold.objects.filter(pk__in=[one.pk for one in rows]).update(told_at=at)
        return len(rows)
