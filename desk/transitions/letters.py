"""Letters that came and letters that left."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Membership, Organisation, OrganisationKind, Role, User
from accounts.rulebook import check
from audit.models import Event
from audit.record import System, event
from desk import announcing, belonging, posting, progress, registered
from desk.models import CallIntention, Contact, Inquiry, PostLetter
from desk.models.letters import COMES_IN
from desk.rules import TABLE
from desk.rules.letters import DUE
from handover.calendar import business_days_after
from outbox import cipher, post


def note_letter_in(
    inquiry_pk: int,
    *,
    kind: str,
    sender: str,
    party: str,
    registered_number: str,
    received_on: date,
    owner: User,
    actor: Actor,
    at: datetime,
) -> PostLetter:
    """Write down a letter that came for an inquiry. It is due within the business days of its kind (`DUE`).

    `sender` is who wrote, as the letter says; `registered_number` as typed, "" for an ordinary letter; `owner`
    answers. Raises `NotAllowed`, `WrongState`, `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "note_letter_in", inquiry, actor)
        number = _number(registered_number)
        if kind not in COMES_IN:
            words = _("Choose what came.")
            raise Refused(words, {"kind": words})
        _refuse_day(received_on, "received_on", at)
        _refuse_owner(owner, actor)
        due_on = business_days_after(received_on, DUE[PostLetter.Kind(kind)])
        made = PostLetter.objects.create(
            direction=PostLetter.Direction.IN,
            inquiry=inquiry,
            kind=kind,
            registered_number=number,
            sealed_from=cipher.encrypt(sender),
            on=received_on,
            due_on=due_on,
            owner=owner,
            noted_by=actor.user,
            noted_at=at,
        )
        _note(inquiry, Contact.Direction.IN, party, actor, at)
        facts = {"letter": made.pk, "kind": kind, "due": due_on.isoformat(), "owner": owner.label}
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        return made


def note_letter_out(
    inquiry_pk: int,
    *,
    kind: str,
    party: str,
    registered_number: str,
    sent_on: date,
    due_on: date | None,
    actor: Actor,
    at: datetime,
) -> PostLetter:
    """Write down a letter that left for an inquiry; `due_on` is until when something should come back, if anything.

    The letter was announced before, see `announcing.use`. Raises `NotAllowed`, `WrongState`, `Refused` with the
    field's name, or where it was not announced.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "note_letter_out", inquiry, actor)
        number = _number(registered_number)
        if kind not in PostLetter.Kind.values or kind in COMES_IN:
            words = _("Choose what left.")
            raise Refused(words, {"kind": words})
        _refuse_day(sent_on, "sent_on", at)
        if due_on is not None and due_on <= sent_on:
            words = _("Enter a day after the one on which it left.")
            raise Refused(words, {"due_on": words})
        intention = announcing.use(inquiry, channel=CallIntention.Channel.LETTER, actor=actor, at=at)
        made = posting.left(
            inquiry, kind=kind, on=sent_on, due_on=due_on, number=number, owner=actor.user, by=actor.user, at=at
        )
        _note(inquiry, Contact.Direction.OUT, party, actor, at, intention)
        facts = {"letter": made.pk, "kind": kind, "due": due_on.isoformat() if due_on else ""}
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        return made


def close_letter(letter_pk: int, *, status: str, actor: Actor, at: datetime) -> PostLetter:
    """Write down what became of a letter: answered, or came back. Raises `NotAllowed`, `WrongState`, `Refused`."""
    with transaction.atomic(durable=True):
        found = PostLetter.objects.select_for_update(no_key=True, of=("self",)).get(pk=letter_pk)
        rule = check(TABLE, "close_letter", found, actor)
        if status not in (PostLetter.Status.ANSWERED, PostLetter.Status.RETURNED):
            words = _("Say what became of it.")
            raise Refused(words, {"status": words})
        if status == PostLetter.Status.RETURNED and found.direction == PostLetter.Direction.IN:
            words = _("Only a letter that left can come back.")
            raise Refused(words, {"status": words})
        found.status, found.closed_by, found.closed_at = status, actor.user, at
        found.save(update_fields=["status", "closed_by", "closed_at"])
        facts = {"letter": found.pk, "kind": found.kind, "status": status}
        event(rule.event, actor=actor, at=at, subject=found.inquiry.label, facts=facts)
        return found


def tell_late_letter(letter_pk: int, *, actor: System, at: datetime) -> PostLetter:
    """Tell the supervisors of the owner's agency and the provider's seniors, once, that nothing came by the day.

    Of what left for a recovery the desk is told nothing (invariant 22). Raises `NotAllowed`; `WrongState` when
    something was done, when it is not late, or when they were told.
    """
    with transaction.atomic(durable=True):
        found = PostLetter.objects.select_for_update(no_key=True, of=("self",)).select_related("inquiry", "owner")
        letter = found.get(pk=letter_pk)
        rule = check(TABLE, "tell_late_letter", letter, actor)
        if letter.told_at or not letter.is_late(timezone.localdate(at)):
            raise WrongState(_("This letter is not late, or everybody was told. Nothing was changed."))
        letter.told_at = at
        letter.save(update_fields=["told_at"])
        facts = {"letter": letter.pk, "kind": letter.kind, "due": letter.due_on.isoformat() if letter.due_on else ""}
        written = event(rule.event, actor=actor, at=at, subject=letter.inquiry.label, facts=facts)
        _tell(letter, written, at)
        return letter


def _tell(letter: PostLetter, written: Event, at: datetime) -> None:
    for reader in _readers(letter):
        post.mail(
            "letter_late",
            to=reader.email,
            language=reader.language,
            context={"letter": letter, "inquiry": letter.inquiry},
            event=written,
            recipient=reader.label,
            at=at,
        )


def _readers(letter: PostLetter) -> list[User]:
    """Return who is told: seniors, and for what the desk may see its supervisors, where it owns the letter."""
    now = Membership.objects.current().filter(user__is_active=True)
    found = now.filter(organisation__kind=OrganisationKind.PROVIDER, role=Role.SENIOR)
    is_hidden = letter.direction == PostLetter.Direction.OUT and letter.inquiry.topic == Inquiry.Topic.RECOVERY
    if not is_hidden:
        homes = Organisation.objects.filter(kind=OrganisationKind.AGENCY, memberships__user=letter.owner)
        found = found | now.filter(organisation__in=homes, role=Role.SUPERVISOR)
    return list(User.objects.filter(pk__in=found.values("user")).order_by("pk"))


def _note(
    inquiry: Inquiry,
    direction: str,
    party: str,
    actor: Actor,
    at: datetime,
    intention: CallIntention | None = None,
) -> None:
    progress.note(
        inquiry.pk,
        text="",
        at=at,
        direction=direction,
        channel=Contact.Channel.LETTER,
        party=party,
        by=actor.user,
        intention=intention,
    )


def _number(typed: str) -> str:
    if not typed.strip():
        return ""
    found = registered.find_number(typed)
    if found is None:
        words = _("This cannot be a number of registered mail. Check each digit on the receipt or the sticker.")
        raise Refused(words, {"registered_number": words})
    return found


def _refuse_day(day: date, field: str, at: datetime) -> None:
    if day > timezone.localdate(at):
        words = _("This day is still to come.")
        raise Refused(words, {field: words})


def _refuse_owner(owner: User, actor: Actor) -> None:
    staff = [OrganisationKind.AGENCY, OrganisationKind.PROVIDER]
    if not Membership.objects.current().filter(user=owner, organisation__kind__in=staff).exists():
        words = _("The owner must be somebody of the desk or of the provider.")
        raise Refused(words, {"owner": words})
    if not belonging.may_own(owner, actor):
        words = str(belonging.ONLY_OWN)
        raise Refused(words, {"owner": words})
