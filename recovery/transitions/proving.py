"""Evidence: what an operator checked, what a code proved, and how often the predecessor was tried."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import codes
from accounts.actors import Actor as Person
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import OneTimeCode, User
from accounts.persons import is_same_human
from accounts.rulebook import check
from audit.record import Actor
from desk import announcing, progress
from desk.models import Contact, Inquiry
from handover import reaching
from handover.models import ContactPoint
from recovery import dispatching, endpoints, steps
from recovery.models import Claim, ContactAttempt, Dispatch, Evidence, FailedCode
from recovery.rules import TABLE
from recovery.rules.people import saw_a_code

BY_CODE = frozenset({"C1", "C1b", "C2", "C3", "C5"})
"""Evidence that only a code typed in makes: nobody can record it by hand."""
TYPED_IN = frozenset({OneTimeCode.Purpose.LETTER.value, OneTimeCode.Purpose.MAIL.value})
"""What `enter_code` takes."""
NOT_YET = frozenset({"A3", "C4"})
"""A vouch is given in the colleague's own session, and the DNS answers itself: neither is told by an operator."""
CALLS: dict[str, tuple[str, str]] = {
    "A2": (Contact.Channel.PHONE, Contact.Party.ORGANISATION),
    "A4": (Contact.Channel.PHONE, Contact.Party.ORGANISATION),
    "P2": (Contact.Channel.VIDEO, Contact.Party.CLAIMANT),
}
"""Evidence that is a call: by which channel and with whom. Whoever was on it does not decide (invariant 10)."""
CONFIRMING = frozenset({"A2", "A4"})
"""Calls on which somebody else of the organisation can say that the predecessor has left."""


def record_evidence(
    claim_pk: int,
    *,
    code: str,
    source: str,
    endpoint: str,
    issued_on: date | None,
    departure_stated: bool,
    note: str,
    actor: Person,
    at: datetime,
) -> Evidence:
    """Record one proof that the actor checked. `endpoint` is the number that was called for A2 or A4, kept as a print.

    Whoever printed a code of the case records nothing: one person could then give every proof of the organisation.
    Raises `NotAllowed`, `WrongState`, `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "record_evidence", claim, actor)
        if saw_a_code(actor.user, claim):
            raise NotAllowed(_("You printed a code for this case. Another operator records the evidence."))
        _refuse_code(claim, code)
        _refuse_dates(claim, code, issued_on, at)
        contact = _note_call(claim, code, note, actor, at) if code in CALLS else None
        made = Evidence.objects.create(
            claim=claim,
            code=code,
            endpoint=_endpoint(claim, code, endpoint),
            source=source,
            issued_on=issued_on,
            contact=contact,
            departure_stated=departure_stated and code in CONFIRMING,
            checked_by=actor.user,
            checked_at=at,
            note=note,
        )
        steps.note(rule, claim, actor=actor, at=at, evidence=made.pk, code=code, source=made.source)
        return made


def _note_call(claim: Claim, code: str, note: str, actor: Person, at: datetime) -> Contact:
    channel, party = CALLS[code]
    intention = announcing.use(claim.inquiry, channel=channel, actor=actor, at=at)
    return progress.note(
        claim.inquiry_id,
        text=note,
        at=at,
        direction=Contact.Direction.OUT,
        channel=channel,
        party=party,
        by=actor.user,
        intention=intention,
    )


def _refuse_code(claim: Claim, code: str) -> None:
    rules = claim.procedure.procedure
    known = {kind.code for kind in rules.kinds}
    if code not in known - BY_CODE - NOT_YET:
        words = _("This kind of evidence is not recorded by hand: a code or a person in an own session gives it.")
        raise Refused(words, {"code": words})
    if code not in {kind.code for kind in rules.kinds_on(claim.route)}:
        words = _("This kind of evidence counts on another route only. Choose the route first.")
        raise Refused(words, {"code": words})


def _refuse_dates(claim: Claim, code: str, issued_on: date | None, at: datetime) -> None:
    if issued_on and issued_on > timezone.localdate(at):
        words = _("This date lies in the future.")
        raise Refused(words, {"issued_on": words})
    if issued_on is None and claim.procedure.procedure.kind(code).validity:
        words = _("Enter the date of issue: this paper counts for a limited time only.")
        raise Refused(words, {"issued_on": words})


def _endpoint(claim: Claim, code: str, given: str) -> str:
    """Return the print of the number that was called. Where the claimant wants to be called proves nothing."""
    if not claim.procedure.procedure.kind(code).has_endpoint:
        return ""
    if not given:
        words = _("Enter the number that was called.")
        raise Refused(words, {"endpoint": words})
    used = endpoints.print_of(ContactPoint.Kind.PHONE, given)
    own = claim.inquiry.statement.own_phone
    if own and used == endpoints.print_of(ContactPoint.Kind.PHONE, own):
        words = _("This is the number that the claimant gave for calling back. It proves nothing.")
        raise Refused(words, {"endpoint": words})
    return used


def take_back_evidence(evidence_pk: int, *, actor: Person, at: datetime) -> Evidence:
    """Take back evidence that was recorded by mistake; it stays in the history and counts no more."""
    with transaction.atomic(durable=True):
        claim = steps.lock(Evidence.objects.get(pk=evidence_pk).claim_id)
        rule = check(TABLE, "take_back_evidence", claim, actor)
        found = Evidence.objects.select_for_update(no_key=True).get(pk=evidence_pk)
        if found.taken_back_at:
            raise WrongState(_("This has been taken back already. Nothing was changed."))
        found.taken_back_at, found.taken_back_by = at, actor.user
        found.save(update_fields=["taken_back_at", "taken_back_by"])
        steps.note(rule, claim, actor=actor, at=at, evidence=found.pk, code=found.code)
        return found


def second_evidence(evidence_pk: int, *, actor: Person, at: datetime) -> Evidence:
    """A second person compared the seal as well. Raises `NotAllowed` for the same natural person."""
    with transaction.atomic(durable=True):
        claim = steps.lock(Evidence.objects.get(pk=evidence_pk).claim_id)
        rule = check(TABLE, "second_evidence", claim, actor)
        found = Evidence.objects.select_for_update(no_key=True).get(pk=evidence_pk)
        if found.taken_back_at or found.second_checked_by_id or found.checked_by_id is None:
            raise WrongState(_("This needs no second look any more. Nothing was changed."))
        if is_same_human(User.objects.get(pk=found.checked_by_id), actor.user):
            raise NotAllowed(_("A second person has to compare it."))
        found.second_checked_by = actor.user
        found.save(update_fields=["second_checked_by"])
        steps.note(rule, claim, actor=actor, at=at, evidence=found.pk, code=found.code)
        return found


def order_letter(claim_pk: int, *, to: str, actor: Person, at: datetime) -> list[Dispatch]:
    """Order a code letter: `to` is `contact_point:PK` of a postal address of record, or `head_office`.

    An address that is on record for less than the procedure's days is written to together with the one before it (A6).
    An earlier code to the same address is void. Raises `NotAllowed`, `WrongState`, `Refused` (no such address, too
    many letters, a code was made a moment ago).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "order_letter", claim, actor)
        steps.refuse_frozen(claim)
        rules = claim.procedure.procedure
        ordered = claim.dispatches.filter(purpose=Dispatch.Purpose.CODE, channel=Dispatch.Channel.LETTER)
        if ordered.values("queued_at").distinct().count() > rules.letters.reissues:
            raise Refused(_("No more letters can be ordered for this case: the procedure limits them."))
        # Not called "to": that is a person where an event is told in the history.
        written = steps.note(rule, claim, actor=actor, at=at, address=to)
        sent = []
        for recipient, gives, step in _addresses(claim, to, at):
            code, plain = codes.issue(
                purpose=OneTimeCode.Purpose.LETTER,
                subject=claim.label,
                step=step,
                life=timedelta(days=rules.letters.valid_days),
                max_tries=rules.letters.tries,
                at=at,
            )
            _objection, objection = dispatching.objection_code(claim, Dispatch.Purpose.CODE, recipient, at=at)
            sent.append(
                dispatching.send(
                    claim,
                    Dispatch.Purpose.CODE,
                    recipient,
                    event=written,
                    at=at,
                    code=code,
                    objection=objection,
                    secret=plain,
                    gives=gives,
                    ordered_by=actor.user,
                )
            )
        return sent


def _addresses(claim: Claim, to: str, at: datetime) -> list[tuple[dispatching.Recipient, str, str]]:
    """Return where one order of a letter goes: recipient, the evidence it gives, what its code is bound to."""
    if to == "head_office":
        if not claim.head_office:
            raise Refused(_("Take the head office from the registry first."))
        office = claim.head_office
        if not office.get("seconded_by"):
            raise Refused(_("Another operator compares the head office with its source first."))
        step = "head_office:" + endpoints.print_of(ContactPoint.Kind.POST, office["address"], office["postal_code"])
        recipient = dispatching.Recipient("head_office", postal_code=office["postal_code"], address=office["address"])
        return [(recipient, "C1b", step)]
    points = ContactPoint.objects.filter(registration=claim.registration, kind=ContactPoint.Kind.POST)
    point = points.filter(until=None, pk=_pk_in(to)).first()
    if point is None or not reaching.serves(point, reaching.PROCEDURE):
        raise Refused(_("Choose a postal address of record."))
    chosen = [point]
    young = timezone.localdate(at) - timedelta(days=claim.procedure.procedure.tenure_days)
    if point.since > young:
        chosen += list(points.filter(until__isnull=False).order_by("-until", "-pk")[:1])
    return [
        (
            dispatching.Recipient(f"contact_point:{one.pk}", postal_code=one.postal_code, address=one.value, point=one),
            "C1",
            endpoints.version_of(one),
        )
        for one in chosen
    ]


def _pk_in(to: str) -> int:
    """Return the key in `contact_point:5`, 0 for anything else."""
    kind, _colon, digits = to.partition(":")
    return int(digits) if kind == "contact_point" and digits.isdecimal() and len(digits) < 18 else 0


def order_mail_code(claim_pk: int, *, contact_point_pk: int, actor: Person, at: datetime) -> Dispatch:
    """Send a code to a mail address of record (C3). The claimant types it in; the mail says how to object."""
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "order_mail_code", claim, actor)
        steps.refuse_frozen(claim)
        points = ContactPoint.objects.current().filter(registration=claim.registration, kind=ContactPoint.Kind.MAIL)
        point = points.filter(pk=contact_point_pk).first()
        if point is None or not reaching.serves(point, reaching.PROCEDURE):
            words = _("Choose a mail address of record.")
            raise Refused(words, {"contact_point": words})
        written = steps.note(rule, claim, actor=actor, at=at, contact_point=point.pk)
        code, plain = codes.issue(
            purpose=OneTimeCode.Purpose.MAIL,
            subject=claim.label,
            step=endpoints.version_of(point),
            life=timedelta(hours=claim.procedure.procedure.codes.mail_hours),
            at=at,
        )
        recipient = dispatching.Recipient(f"contact_point:{point.pk}", mail=point.value, point=point)
        _code, objection = dispatching.objection_code(claim, Dispatch.Purpose.CODE, recipient, at=at)
        return dispatching.send(
            claim,
            Dispatch.Purpose.CODE,
            recipient,
            event=written,
            at=at,
            code=code,
            objection=objection,
            secret=plain,
            gives="C3",
            ordered_by=actor.user,
        )


def enter_code(claim_pk: int, *, purpose: str, typed: str, actor: Actor, at: datetime) -> Claim:
    """Type in the code of a letter or mail to the record; a right one is evidence at once.

    The try is charged before anything is compared. Wrong, old, used, or never sent: the same words. Raises `Refused`.
    """
    claim = Claim.objects.select_related("inquiry").get(pk=claim_pk)
    check(TABLE, "enter_code", claim, actor)
    # Whoever may object never loses that to somebody's guesses here: only codes that give evidence are tried.
    charged = codes.charge(purpose=purpose, subject=claim.label, at=at) if purpose in TYPED_IN else []
    code = codes.find_match(charged, typed)
    sent = Dispatch.objects.filter(code=code, claim=claim).select_related("contact_point").first() if code else None
    if code is None or sent is None:
        # One row whatever is on record; what follows from it is the worker's: nobody's answer takes longer for it.
        dead = any(one.tries_left == 0 for one in charged)
        FailedCode.objects.create(claim=claim, purpose=purpose if purpose in TYPED_IN else "", dead=dead, at=at)
        words = _("This could not be confirmed with what we have. Check the letters and digits, or choose another way.")
        raise Refused(words, {"code": words})
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "enter_code", claim, actor)
        if claim.status != Claim.Status.COLLECTING:
            raise WrongState(_("Your case no longer waits for a code. Nothing was changed."))
        codes.redeem(code, at=at)
        point = sent.contact_point
        office = claim.head_office or {}
        # Where the letter went, not where the head office is by now: one address never counts as two.
        went = code.step.partition(":")[2]
        made = Evidence.objects.create(
            claim=claim,
            code=sent.gives,
            endpoint=endpoints.of_point(point) if point else went,
            source=Evidence.Source.RECORD if point else office.get("source", ""),
            contact_point=point,
            one_time_code=code,
            checked_at=at,
        )
        steps.note(rule, claim, actor=actor, at=at, evidence=made.pk, code=made.code)
        steps.stand(claim, Inquiry.Stage.COLLECTING, Inquiry.Turn.PROVIDER, steps.soon(at))
        return claim


def record_attempt(
    claim_pk: int, *, medium: str, contact_point_pk: int | None, result: str, actor: Person, at: datetime
) -> ContactAttempt:
    """Put one try to reach the predecessor on record. Who was reached is never overridden: the claim stops.

    By mail or post the try is made here: the notice goes out once more, to the contact point of record or, without
    one, to the custodian's account or the holder's address. Of a phone call `result` says what became of it.
    Raises `NotAllowed`, `WrongState`, `Refused` (a contact point of another registration, a call not announced).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "record_attempt", claim, actor)
        point = None
        if contact_point_pk is not None:
            points = ContactPoint.objects.filter(registration=claim.registration, kind=medium)
            point = points.filter(pk=contact_point_pk).first()
            if point is None or not reaching.serves(point, reaching.PROCEDURE):
                words = _("Choose a contact point of this registration that fits the medium.")
                raise Refused(words, {"contact_point": words})
        intention = None
        if medium == ContactAttempt.Medium.PHONE:
            intention = announcing.use(claim.inquiry, channel=medium, actor=actor, at=at)
        else:
            result = ContactAttempt.Result.SENT
        made = ContactAttempt.objects.create(
            claim=claim,
            medium=medium,
            contact_point=point,
            result=result,
            by=actor.user,
            at=at,
            intention=intention,
        )
        written = steps.note(rule, claim, actor=actor, at=at, medium=medium, result=result)
        if medium != ContactAttempt.Medium.PHONE:
            recipient = dispatching.predecessor(claim, medium, point)
            dispatching.tell_everybody(
                claim, Dispatch.Purpose.ACCEPTED, event=written, at=at, to=[recipient], ordered_by=actor.user
            )
        if result == ContactAttempt.Result.REACHED:
            steps.stop(claim, event=written, at=at, by=actor.user)
        return made
