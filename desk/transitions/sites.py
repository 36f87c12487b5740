"""The register of places that work for the provider, and what becomes of promises where one is out of action."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Membership, Organisation, OrganisationKind, User
from accounts.rulebook import check
from audit.record import event, events
from desk import announcing, belonging, posting, promising
from desk.models import Hold, Line, Seat, Site
from desk.queries.holds import OWNERS
from desk.rules import TABLE
from handover import notices
from handover.folding import find_phone

KINDS = {OrganisationKind.AGENCY: Site.Kind.AGENCY, OrganisationKind.PROVIDER: Site.Kind.OWN}


def record_site(
    *,
    organisation: Organisation | None,
    company: str,
    name: str,
    notification_number: str,
    valid_from: date,
    actor: Actor,
    at: datetime,
) -> Site:
    """Enter a place of the provider or an agency (`organisation`), or of a reseller (None, named by `company`).

    Agencies and resellers have a notification number. Raises `NotAllowed`, `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "record_site", None, actor)
        if organisation is not None and organisation.kind not in KINDS:
            words = _("Choose the provider or an agency, or name a reseller.")
            raise Refused(words, {"organisation": words})
        kind = KINDS[OrganisationKind(organisation.kind)] if organisation else Site.Kind.RESELLER
        company = organisation.legal_name if organisation else " ".join(company.split())
        if not company:
            words = _("Name the reseller.")
            raise Refused(words, {"company": words})
        if kind != Site.Kind.OWN and not notification_number.strip():
            words = _("An agency or a reseller has a notification number.")
            raise Refused(words, {"notification_number": words})
        made = Site.objects.create(
            kind=kind,
            organisation=organisation,
            company=company,
            name=name,
            notification_number=notification_number.strip(),
            valid_from=valid_from,
        )
        about = [organisation.label] if organisation else []
        facts = {"kind": made.kind, "valid_from": valid_from.isoformat()}
        event(rule.event, actor=actor, at=at, subject=made.label, about=about, facts=facts)
        return made


def end_site(site_pk: int, *, valid_until: date, actor: Actor, at: datetime) -> Site:
    """End a place in the register: `valid_until` is its last day. Nobody may still work there, nothing be promised.

    Raises `NotAllowed`, `WrongState`, `Refused` (a day before its first one, people are still there).
    """
    with transaction.atomic(durable=True):
        site = Site.objects.select_for_update(no_key=True, of=("self",)).get(pk=site_pk)
        rule = check(TABLE, "end_site", site, actor)
        if valid_until < site.valid_from:
            words = _("It cannot end before its first day.")
            raise Refused(words, {"valid_until": words})
        if Seat.objects.filter(site=site, membership__until=None).exists():
            raise Refused(_("People still work there. Write down first where they work now."))
        site.status, site.valid_until = Site.Status.ENDED, valid_until
        site.save(update_fields=["status", "valid_until"])
        Line.objects.filter(site=site, until=None).update(until=max(valid_until, timezone.localdate(at)))
        event(rule.event, actor=actor, at=at, subject=site.label, facts={"valid_until": valid_until.isoformat()})
        return site


def add_line(site_pk: int, *, number: str, actor: Actor, at: datetime) -> Line:
    """Add a number that a place calls from: whoever was called from it reads that it is ours.

    Raises `NotAllowed`, `WrongState`, `Refused` (no phone number, or in use already).
    """
    with transaction.atomic(durable=True):
        site = Site.objects.select_for_update(no_key=True, of=("self",)).get(pk=site_pk)
        rule = check(TABLE, "add_line", site, actor)
        plain = find_phone(number)
        if plain is None:
            words = _("This is no phone number. Write it with its area code: 03-1234-5678.")
            raise Refused(words, {"number": words})
        try:
            with transaction.atomic():
                made = Line.objects.create(site=site, number=plain, since=timezone.localdate(at))
        except IntegrityError as clash:
            words = _("This number is in the register already.")
            raise Refused(words, {"number": words}) from clash
        event(rule.event, actor=actor, at=at, subject=site.label, facts={"line": made.pk})
        return made


def end_line(line_pk: int, *, actor: Actor, at: datetime) -> Line:
    """End a number: today is the last day on which it is ours. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        line = Line.objects.select_for_update(no_key=True, of=("self",)).select_related("site").get(pk=line_pk)
        rule = check(TABLE, "end_line", line, actor)
        if line.until is not None:
            raise WrongState(_("This number was ended already. Nothing was changed."))
        line.until = timezone.localdate(at)
        line.save(update_fields=["until"])
        event(rule.event, actor=actor, at=at, subject=line.site.label, facts={"line": line.pk})
        return line


def seat_member(site_pk: int, *, person: User, actor: Actor, at: datetime) -> list[Seat]:
    """Write down that somebody of the place's organisation works there, and no longer anywhere else.

    Raises `NotAllowed`, `WrongState`, `Refused` for somebody of another organisation.
    """
    with transaction.atomic(durable=True):
        site = Site.objects.select_for_update(no_key=True, of=("self",)).get(pk=site_pk)
        rule = check(TABLE, "seat_member", site, actor)
        theirs = list(Membership.objects.current().filter(user=person, organisation=site.organisation_id))
        if not theirs:
            words = _("Choose somebody of this organisation.")
            raise Refused(words, {"person": words})
        made = [
            Seat.objects.update_or_create(membership=one, defaults={"site": site, "since": at})[0] for one in theirs
        ]
        event(rule.event, actor=actor, at=at, subject=site.label, about=[person.label], facts={"who": person.label})
        return made


def fail_site(site_pk: int, *, to: User, actor: Actor, at: datetime) -> int:
    """Say that a place is out of action: what was promised there, and what was announced, is `to`'s from now on.

    In one act: every open hold whose owner works there, every letter on which somebody there owes something, and every
    call announced there and not made. What the inquirers were promised stays as it was. Where no place of the agency
    works any more, what waits there is at nobody's desk, so that another one can take it up. `to` deals with cases at
    a place that works, of the same agency or of the provider, and is told by mail. Returns how many promises moved.
    Raises `NotAllowed`, `WrongState`, `Refused` for another person.
    """
    with transaction.atomic(durable=True):
        site = Site.objects.select_for_update(no_key=True, of=("self",)).get(pk=site_pk)
        rule = check(TABLE, "fail_site", site, actor)
        seats = Seat.objects.filter(site=site, membership__until=None)
        people = list(seats.values_list("membership__user", flat=True).distinct())
        _refuse_owner(site, to)
        holds = list(Hold.objects.filter(owner__in=people, closed_at=None))
        given = promising.give(holds, to=to, actor=actor, at=at, cause=Hold.Cause.SITE)
        calls = announcing.pass_on(owners=people, to=to, at=at)
        letters = posting.pass_on(owners=people, to=to)
        site.status = Site.Status.FAILED
        site.save(update_fields=["status"])
        free = belonging.set_free(site)
        moved = [promising.entry(one, Hold.Cause.SITE) for one in given]
        events(TABLE["hand_over_holds"].event, moved, actor=actor, at=at)
        events("post.handed_over", [posting.entry(one, to=to) for one in letters], actor=actor, at=at)
        facts = {"owner": to.label, "holds": len(given), "calls": calls, "letters": len(letters), "free": free}
        written = event(rule.event, actor=actor, at=at, subject=site.label, about=[to.label], facts=facts)
        notices.tell(
            "site_failed", [to], event=written, at=at, site=site, count=len(given), calls=calls, letters=len(letters)
        )
        return len(given)


def _refuse_owner(site: Site, to: User) -> None:
    home = {OrganisationKind.PROVIDER.value}
    rows = Membership.objects.current().filter(user=to, user__is_active=True, role__in=OWNERS)
    elsewhere = rows.exclude(seat__site=site).exclude(seat__site__status=Site.Status.FAILED)
    own = elsewhere.filter(organisation=site.organisation_id, seat__isnull=False)
    if not own.exists() and not elsewhere.filter(organisation__kind__in=home).exists():
        words = _("Choose somebody at another place of the same agency that works, or of the provider.")
        raise Refused(words, {"to": words})


def reopen_site(site_pk: int, *, actor: Actor, at: datetime) -> Site:
    """Say that a place works again: its people may own promises again. What was given away stays where it is.

    Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        site = Site.objects.select_for_update(no_key=True, of=("self",)).get(pk=site_pk)
        rule = check(TABLE, "reopen_site", site, actor)
        site.status = Site.Status.WORKING
        site.save(update_fields=["status"])
        event(rule.event, actor=actor, at=at, subject=site.label)
        return site
