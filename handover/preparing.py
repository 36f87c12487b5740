"""Steps that prepare a handover, single or in a package. They run inside a transition and write no event."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Membership, Organisation, User
from handover import custody
from handover.calendar import business_days_after
from handover.models import Custody, Document, Handover, HandoverItem, Registration
from handover.printing.era import era_date
from handover.queries.handovers import papers_of
from handover.rules.handovers import LATEST_DAYS_AHEAD, NOTICE_DAYS

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
MAX_THINGS = 50


def new_number(letter: str, at: datetime) -> str:
    """Return a number to be read out on the phone; it gives nothing to whoever knows it."""
    return f"{letter}-{timezone.localdate(at).year}-{''.join(secrets.choice(ALPHABET) for _place in range(6))}"


def needs_confirmation(held: Custody, actor: Actor) -> bool:
    """Four eyes where the organisation wants them, and whenever the custodian does not offer in person (B2)."""
    offers_own = held.kind == Custody.Kind.CUSTODIAN and held.user_id == actor.user.pk
    return actor.organisation.four_eyes or not offers_own


def refuse_successor(
    organisation: Organisation, holder_pk: int | None, successor: User, *, confirms: bool, actor: Actor
) -> None:
    """Raise `Refused` unless `successor` can receive from the holder by an act of `actor`.

    `confirms`: whether an administrator other than the successor has to confirm, so that there must be one.
    """
    belongs = Membership.objects.current().filter(user=successor, organisation=organisation)
    if not successor.is_active or not belongs.exists():
        raise Refused(
            _("The successor must be a person of your organisation. Invite the colleague first."),
            {"successor": _("Choose a person of your organisation.")},
        )
    if successor.pk == actor.user.pk:
        words = _("Who offers a handover cannot accept it. Another administrator has to offer it to you.")
        raise Refused(words, {"successor": words})
    if successor.pk == holder_pk:
        words = _("This person already holds the registration.")
        raise Refused(words, {"successor": words})
    if confirms and not custody.administrators(organisation, but=successor):
        words = _("An administrator other than the successor must confirm this handover, and there is none.")
        raise Refused(words, {"successor": words})


def earliest(held: Custody, offering: int, at: datetime) -> date:
    """Return the first possible day: today, or after the notice that a custodian gets who does not offer in person.

    Somebody who left was given notice with the beginning of the care, at the addresses of record (B5): the days run
    from then, or ending a membership would be the way round the notice of a reassignment.
    """
    today = timezone.localdate(at)
    if held.kind == Custody.Kind.CUSTODIAN:
        return today if held.user_id == offering else earliest_for_others(at)
    if held.basis_label.startswith("user:") and held.basis_label != f"user:{held.user_id}":
        return max(today, business_days_after(timezone.localdate(held.from_at), NOTICE_DAYS))
    return today


def first_day(registration: Registration, offering: int, at: datetime) -> date:
    """Return the first possible day of a handover of `registration` that `offering` (a person's key) prepares."""
    return earliest(Custody.objects.current().get(registration=registration), offering, at)


def earliest_for_others(at: datetime) -> date:
    """Return the first possible day of a handover that the custodian does not offer in person."""
    return business_days_after(timezone.localdate(at), NOTICE_DAYS)


def refuse_date(effective_on: date, first: date, at: datetime) -> None:
    """Raise `Refused` unless `effective_on` lies from `first` to `LATEST_DAYS_AHEAD` days ahead of `at`."""
    latest = timezone.localdate(at) + timedelta(days=LATEST_DAYS_AHEAD)
    if not first <= effective_on <= latest:
        language = get_language() or "ja"
        words = _(
            "Choose a day from %(first)s to %(last)s. A person in charge who does not hand over in person gets three"
            " business days' notice."
        ) % {"first": era_date(first, language), "last": era_date(latest, language)}
        raise Refused(words, {"effective_on": words})


def write(handover: Handover, items: Sequence[HandoverItem]) -> None:
    """Write a draft with its items. Raises `WrongState`: the database refuses a second open handover."""
    try:
        with transaction.atomic():
            handover.save(force_insert=True)
            HandoverItem.objects.bulk_create(items, batch_size=500)
    except IntegrityError as clash:
        raise WrongState(
            _("Another handover of this registration is open. Finish or withdraw that one first.")
        ) from clash


def items(handover: Handover, registration: Registration, things: Sequence[tuple[str, str]] = ()) -> list[HandoverItem]:
    """Return the items of one registration: itself, its papers, and `things` (name, where it lies)."""
    if len(things) > MAX_THINGS:
        words = _("At most %(limit)d things. Put the rest into one line.") % {"limit": MAX_THINGS}
        raise Refused(words, {"things": words})
    kinds = HandoverItem.Kind
    loose = [
        HandoverItem(handover=handover, kind=kinds.THING, registration=registration, name=name, place=place)
        for name, place in things
    ]
    return [whole(handover, registration), *_listed(handover, papers_of(registration)), *loose]


def items_of_many(handover: Handover, registrations: Sequence[Registration]) -> list[HandoverItem]:
    """Return the items of many registrations, each followed by its papers, with one query for all papers."""
    papers: dict[int, list[Document]] = {}
    keys = [one.pk for one in registrations]
    for paper in Document.objects.filter(registration__in=keys, erased_at=None).order_by("pk"):
        papers.setdefault(paper.registration_id, []).append(paper)
    return [
        item
        for registration in registrations
        for item in [whole(handover, registration), *_listed(handover, papers.get(registration.pk, []))]
    ]


def _listed(handover: Handover, papers: Iterable[Document]) -> list[HandoverItem]:
    return [
        HandoverItem(
            handover=handover,
            kind=HandoverItem.Kind.DOCUMENT,
            registration_id=paper.registration_id,
            document=paper,
            name=paper.title,
            place=paper.original_at,
        )
        for paper in papers
    ]


def whole(handover: Handover, registration: Registration) -> HandoverItem:
    """Return the item that stands for the registration itself."""
    return HandoverItem(
        handover=handover,
        kind=HandoverItem.Kind.REGISTRATION,
        registration=registration,
        # Many registrations of one organisation bear the same name; the unit tells them apart.
        name="　".join(part for part in (registration.registered_name, registration.unit) if part)[:200],
        is_open=True,
    )
