"""One claim for many registrations: the list is taken in, matched, and each unit's new person confirms (B5, P16)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor as Person
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from accounts.standing import factors_of
from audit.models import Event
from audit.record import Actor
from handover import notices, restricting
from handover.models import Custody, Registration, Restriction
from outbox import cipher
from recovery import carrying, covering, dispatching, new_people, steps
from recovery.lists import MOST_LINES, GivenLine
from recovery.models import Claim, ClaimLine, Dispatch
from recovery.procedure import tier_for
from recovery.queries import weighing
from recovery.rules import TABLE

S, R = ClaimLine.Status, ClaimLine.Reason


def take_list(claim_pk: int, *, lines: Sequence[GivenLine], sha256: str, actor: Person, at: datetime) -> Claim:
    """Take in a list of further registrations of the customer that the claim is about. Every line is kept.

    What has the exact number of an active registration of this customer is on the list; the rest says why not. Who is
    on record there is told like everybody else. More than ten of them place the claim higher. Raises `NotAllowed`,
    `WrongState`, `Refused` (too many lines).
    """
    with transaction.atomic(durable=True):
        claim = _lock(claim_pk, [line.number for line in lines])
        rule = check(TABLE, "take_list", claim, actor)
        steps.refuse_frozen(claim)
        before = ClaimLine.objects.filter(claim=claim).count()
        if before + len(lines) > MOST_LINES:
            words = _("A list has %(most)d lines at most.") % {"most": MOST_LINES}
            raise Refused(words, {"file": words})
        claim.is_bulk = True
        made = _made(claim, lines, before, at)
        ClaimLine.objects.bulk_create(made)
        listed = [line for line in made if line.status == S.LISTED]
        _mark(claim, listed, at)
        _place(claim, at)
        found = [line.registration for line in listed if line.registration]
        facts = {"file": sha256, "lines": len(made), "listed": len(listed), "tier": claim.tier}
        written = steps.note_of_list(rule, claim, found, actor=actor, at=at, **facts)
        _tell_new(claim, event=written, actor=actor, at=at)
        return claim


def _lock(claim_pk: int, numbers: Iterable[str]) -> Claim:
    """Lock what the lines name before the claim itself, as `steps.lock` does; others are not this customer's."""
    seen = Claim.objects.only("registration_id", "is_bulk").select_related("registration").get(pk=claim_pk)
    if seen.registration:
        rows = Registration.objects.filter(organisation=seen.registration.organisation_id)
        known = ClaimLine.objects.filter(claim=seen, status__in=covering.CONCERNED).values("registration")
        wanted = rows.filter(number__in=set(numbers)) | rows.filter(pk__in=known) | rows.filter(pk=seen.registration.pk)
        list(Registration.objects.select_for_update(no_key=True).filter(pk__in=wanted.values("pk")).order_by("pk"))
    return steps.lock(claim_pk)


def _made(claim: Claim, lines: Sequence[GivenLine], before: int, at: datetime) -> list[ClaimLine]:
    own = claim.registration
    rows = Registration.objects.filter(number__in={line.number for line in lines})
    found = {one.number: one for one in rows.filter(organisation=own.organisation_id if own else None)}
    taken = {own.pk if own else 0, *(line.registration_id for line in covering.lines_of(claim))}
    made = []
    for place, given in enumerate(lines, start=before + 1):
        line = ClaimLine(claim=claim, row=place, sealed=ClaimLine.seal(given.typed), status=S.UNKNOWN)
        if registration := found.get(given.number):
            _list(line, registration, taken, at)
        made.append(line)
    return made


def _list(line: ClaimLine, registration: Registration, taken: set[int | None], at: datetime) -> None:
    """Put one line on the list, or leave it out with its reason. Competing claims are frozen for a senior (A7)."""
    line.registration = registration
    others = steps.linked_to(registration, but=line.claim)
    elsewhere = covering.claims_on(registration, but=line.claim)
    if registration.pk in taken:
        _leave(line, R.TWICE, at)
    elif registration.status != Registration.Status.ACTIVE:
        _leave(line, R.CLOSED, at)
    elif others or elsewhere:
        for other in others:
            steps.freeze_competing(other, registration, at=at)
        for one in elsewhere:
            carrying.settle(one, R.COMPETING, at=at)
        _leave(line, R.COMPETING, at)
    else:
        line.status = S.LISTED
        taken.add(registration.pk)


def _leave(line: ClaimLine, reason: str, at: datetime) -> None:
    line.status, line.reason, line.settled_at = S.LEFT_OUT, reason, at


def _mark(claim: Claim, lines: Iterable[ClaimLine], at: datetime) -> None:
    for line in lines:
        if line.registration:
            restricting.restrict(line.registration, Restriction.Kind.CLAIM_OPEN, case=claim.number, at=at)


def _place(claim: Claim, at: datetime) -> None:
    """Place the claim by the highest circumstance of all that it covers now."""
    if claim.registration is None:
        return
    procedure = claim.procedure.procedure
    claim.circumstances = weighing.circumstances_of(claim, claim.registration, procedure, at)
    claim.tier = tier_for(procedure, claim.circumstances)
    claim.save(update_fields=["is_bulk", "circumstances", "tier"])


def _tell_new(claim: Claim, *, event: Event, actor: Person, at: datetime) -> None:
    """Tell those on record whom the claim has not reached yet that it is examined."""
    told = set(claim.dispatches.filter(purpose=Dispatch.Purpose.ACCEPTED).values_list("to", flat=True))
    fresh = [one for one in dispatching.recipients(claim, at=at) if one.label not in told]
    dispatching.tell_everybody(claim, Dispatch.Purpose.ACCEPTED, event=event, at=at, to=fresh, ordered_by=actor.user)


def match_line(line_pk: int, *, registration_number: str, actor: Person, at: datetime) -> ClaimLine:
    """Say which registration of the customer a line that was not found means. Raises `NotAllowed`, `WrongState`,
    `Refused` (no such active registration of this customer, on the list already, claimed elsewhere).
    """
    with transaction.atomic(durable=True):
        claim = _lock(ClaimLine.objects.only("claim_id").get(pk=line_pk).claim_id, [registration_number])
        rule = check(TABLE, "match_line", claim, actor)
        steps.refuse_frozen(claim)
        line = _lock_line(line_pk, claim)
        if line.status != S.UNKNOWN:
            raise WrongState(_("This line is settled already. Nothing was changed."))
        own = claim.registration
        rows = Registration.objects.filter(organisation=own.organisation_id if own else None)
        registration = rows.filter(number=registration_number).first()
        taken = {own.pk if own else 0, *(one.registration_id for one in covering.lines_of(claim))}
        if registration is None or registration.pk in taken or registration.status != Registration.Status.ACTIVE:
            words = _("There is no active registration of this customer with this number that is not listed already.")
            raise Refused(words, {"registration_number": words})
        _list(line, registration, taken, at)
        line.save()
        _mark(claim, [line] if line.status == S.LISTED else [], at)
        _place(claim, at)
        facts = {"row": line.row, "registration": registration.number, "listed": line.status == S.LISTED}
        written = steps.note_of_list(rule, claim, [registration], actor=actor, at=at, **facts)
        _tell_new(claim, event=written, actor=actor, at=at)
        return line


def _lock_line(line_pk: int, claim: Claim) -> ClaimLine:
    rows = ClaimLine.objects.select_for_update(no_key=True, of=("self",)).select_related("registration")
    line = rows.get(pk=line_pk)
    line.claim = claim
    return line


def leave_out(line_pk: int, *, words: str, actor: Person, at: datetime) -> ClaimLine:
    """Take a line off the list, with the reason in words. The rest goes on; what was signed stays signed.

    Raises `NotAllowed`, `WrongState`, `Refused` without a reason.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(ClaimLine.objects.only("claim_id").get(pk=line_pk).claim_id)
        rule = check(TABLE, "leave_out", claim, actor)
        line = _lock_line(line_pk, claim)
        if line.status not in (S.LISTED, S.UNKNOWN):
            raise WrongState(_("This line is settled already. Nothing was changed."))
        if not words.strip():
            say = _("Say why.")
            raise Refused(say, {"words": say})
        carrying.settle(line, R.OPERATOR, at=at, by=actor.user, words=cipher.encrypt(words))
        if claim.status == Claim.Status.COLLECTING:
            _place(claim, at)
        also = [line.registration] if line.registration else []
        steps.note_of_list(rule, claim, also, actor=actor, at=at, row=line.row)
        return line


def invite_people(claim_pk: int, *, actor: Person, at: datetime) -> Claim:
    """Send new links to those new persons who have not confirmed; earlier links lead nowhere.

    Raises `NotAllowed`, `WrongState` when nobody is left to be asked.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "invite_people", claim, actor)
        steps.refuse_frozen(claim)
        waiting = [line for line in covering.lines_of(claim) if covering.mail_of(line, claim) and not line.confirmed_at]
        if not waiting:
            raise WrongState(_("Nobody is left to be asked. Nothing was changed."))
        written = steps.note(rule, claim, actor=actor, at=at, lines=len(waiting))
        new_people.invite(claim, by=actor.user, event=written, at=at)
        return claim


def confirm_lines(claim_pk: int, *, actor: Person, at: datetime) -> Claim:
    """The new person of units, in an own session with a second factor, takes them over. Changes no custody yet.

    Raises `NotAllowed`, `WrongState` (said already, or without a second factor).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "confirm_lines", claim, actor)
        steps.refuse_frozen(claim)
        mine = _mine(claim, actor)
        if not factors_of(actor.user):
            raise WrongState(_("Set up a second factor first."))
        if all(line.confirmed_at for line in mine):
            raise WrongState(_("You have said so already. Nothing was changed."))
        ClaimLine.objects.filter(pk__in=[line.pk for line in mine]).update(person=actor.user, confirmed_at=at)
        also = [line.registration for line in mine if line.registration]
        steps.note_of_list(rule, claim, also, actor=actor, at=at, rows=[line.row for line in mine])
        return claim


def decline_lines(claim_pk: int, *, actor: Person, at: datetime) -> Claim:
    """The new person says that the units are not theirs: they are left out and stay as they are.

    Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "decline_lines", claim, actor)
        mine = _mine(claim, actor)
        for line in mine:
            carrying.settle(line, R.DECLINED, at=at, by=actor.user)
        also = [line.registration for line in mine if line.registration]
        steps.note_of_list(rule, claim, also, actor=actor, at=at, rows=[line.row for line in mine])
        return claim


def _mine(claim: Claim, actor: Person) -> list[ClaimLine]:
    def is_mine(line: ClaimLine) -> bool:
        opened = line.invitation.accepted_by_id if line.invitation else None
        return actor.user.pk in (line.person_id, opened)

    return [line for line in covering.lines_of(claim) if is_mine(line)]


def drop_active(claim_pk: int, *, actor: Actor, at: datetime) -> Claim:
    """Take off the list whose person in charge was here since the claim came in; they are asked to hand over (A7).

    The rest goes on. Raises `WrongState` where nobody was here.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "drop_active", claim, actor)
        active = covering.active_lines(claim)
        if not active:
            raise WrongState(_("The person in charge has not been here. Nothing was changed."))
        for line in active:
            line.claim = claim
            carrying.settle(line, R.ACTIVE, at=at)
        also = [line.registration for line in active if line.registration]
        written = steps.note_of_list(rule, claim, also, actor=actor, at=at, rows=[line.row for line in active])
        held = Custody.objects.current().filter(registration__in=also).select_related("user", "registration")
        for one in held.order_by("pk"):
            people = [one.user]
            notices.tell("claim_stopped", people, event=written, at=at, claim=claim, registration=one.registration)
        return claim
