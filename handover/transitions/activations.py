"""Opening an organisation that nobody has claimed: a letter with a code, an answer, a check, a second person (R5)."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import codes, firsts, links, memberships
from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import OneTimeCode, Organisation, OrganisationKind, same_address
from accounts.rulebook import check
from audit.models import Event
from audit.record import Public
from handover import activating, announced, leaving
from handover.models import CODE_LIFE, Activation, ActivationLetter, ContactPoint, Registration
from handover.printing.errors import FactRefused
from handover.rules import TABLE
from outbox import post

S = Activation.Status


def order_activation(
    *, organisation_pk: int, postal_code: str = "", address: str = "", source: str = "", actor: Actor, at: datetime
) -> Activation:
    """Order the letter with a code to an organisation without any member.

    It goes to the registered address on record; only where there is none `postal_code` and `address` count, as the
    operator read them at `source` (registry, published). An earlier letter and its code are void from now on. Raises
    `NotAllowed`, `WrongState` (claimed, no customer, nothing registered, or somebody has answered the last letter),
    `Refused` (no address, or one that cannot be printed).
    """
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_pk)
        rule = check(TABLE, "order_activation", organisation, actor)
        _refuse_claimed(organisation)
        _void_earlier(organisation, at)
        if organisation.address:
            postal_code, address, source = organisation.postal_code, organisation.address, Activation.Source.RECORD
        if not address or source not in Activation.Source.values:
            words = _("No registered address is on record. Enter the one of the official registry.")
            raise Refused(words, {"address": words})
        made = Activation.objects.create(
            number=activating.new_number(),
            organisation=organisation,
            postal_code=postal_code,
            address=address,
            source=source,
            ordered_by=actor.user,
            ordered_at=at,
        )
        plain = _issue(made, at)
        _refuse_unprintable(made, plain, at)
        written = activating.write(rule, made, actor=actor, at=at, source=source)
        activating.queue(
            made,
            ActivationLetter.Kind.CODE,
            postal_code=postal_code,
            address=address,
            event=written,
            by=actor.user,
            at=at,
            code=plain,
        )
        return made


def print_activations(*, letter_pks: Iterable[int], actor: Actor, at: datetime) -> tuple[bytes, list[str]]:
    """Hand the chosen letters out for printing, once, as one PDF; returns it with its manifest: their numbers.

    Nobody can open them again. Whoever ordered a letter does not print it: a second person sees that it leaves. Of
    more than `RUN` the rest waits. The days of a code count from now. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        rule = check(TABLE, "print_activations", None, actor)
        printed = leaving.activations(letter_pks, rule=rule, actor=actor, at=at).or_refuse()
        return printed.pdf, list(printed.letters)


def enter_activation(
    *, number: str, typed: str, name: str, department: str, mail: str, language: str, actor: Public, at: datetime
) -> Activation:
    """Answer a letter by its number and code; a link to prove the mailbox goes to `mail`.

    The try is charged before anything is compared. Whatever is not right, the words are the same, and so is the work.
    Raises `Refused`.
    """
    subject = f"activation:{number}"
    charged = codes.charge(purpose=OneTimeCode.Purpose.LETTER, subject=subject, at=at)
    code = codes.find_match(charged, typed)
    sorry = _("Letter number and code do not fit together, or the code is no longer good. Check both, or call us.")
    if code is None:
        raise Refused(sorry)
    with transaction.atomic(durable=True):
        activation = activating.lock(number)
        rule = check(TABLE, "enter_activation", activation, actor)
        if firsts.is_claimed(activation.organisation):
            raise Refused(sorry)
        codes.redeem(code, at=at)
        token = secrets.token_urlsafe(32)
        activation.status, activation.entered_at = S.ENTERED, at
        activation.name, activation.department, activation.mail = name, department, same_address(mail)
        activation.token_hash, activation.token_until = links.hash_of(token), at + activating.LINK_LIFE
        activation.save()
        written = activating.write(rule, activation, actor=actor, at=at)
        link = settings.PUBLIC_ORIGIN + reverse("handover:confirm_activation", args=[token])
        post.mail(
            "activation_mailbox",
            to=activation.mail,
            language=language,
            context={"activation": activation, "link": link, "until": activation.token_until},
            event=written,
            recipient=activation.label,
            at=at,
        )
        return activation


def confirm_activation(*, token: str, actor: Public, at: datetime) -> Activation:
    """Prove the mailbox with the link of the mail; an operator sees the request from now on.

    Raises `WrongState` for a link that is none, was used or is too old: the words are the same.
    """
    with transaction.atomic(durable=True):
        gone = _("This link is no longer good. If you still hold a letter of ours, call us and give its number.")
        found = Activation.objects.filter(token_hash=links.hash_of(token)).values_list("number", flat=True).first()
        if found is None:
            raise WrongState(gone)
        activation = activating.lock(found)
        rule = TABLE["confirm_activation"]
        if activation.status != S.ENTERED or activation.token_until is None or activation.token_until <= at:
            raise WrongState(gone)
        check(TABLE, "confirm_activation", activation, actor)
        activation.status, activation.asked_at, activation.token_hash = S.ASKED, at, None
        activation.save(update_fields=["status", "asked_at", "token_hash"])
        activating.write(rule, activation, actor=actor, at=at)
        return activation


def view_activation(*, number: str, actor: Actor, at: datetime) -> Activation:
    """Write down that somebody of the provider opened a request with what is on record, before it is shown."""
    with transaction.atomic(durable=True):
        activation = Activation.objects.select_related("organisation").get(number=number)
        rule = check(TABLE, "view_activation", activation, actor)
        activating.write(rule, activation, actor=actor, at=at)
        return activation


def announce_activation_call(*, number: str, actor: Actor, at: datetime) -> tuple[Activation, str]:
    """Announce the call to an organisation before it is dialled; returns the request with the call code to be said.

    The code answers at the public page for two hours, for this one call. Raises `NotAllowed`, `WrongState` (the
    request waits for no check, or the actor's call is announced already).
    """
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        activation = activating.lock(number)
        rule = check(TABLE, "announce_activation_call", activation, actor)
        if announced.announcer().codes(about=activation.label, actor=actor, at=at):
            raise WrongState(_("You have announced this call already. Nothing was changed."))
        code = announced.announcer().call(announced.Matter.CONFIRM, about=activation.label, actor=actor, at=at)
        activating.write(rule, activation, actor=actor, at=at)
        return activation, code


def check_activation(*, number: str, kind: str, note: str, actor: Actor, at: datetime) -> Activation:
    """Put the callback or proof on record; a second person can then agree.

    A call was announced before, and is used up by this. Raises `NotAllowed`, `WrongState`, `Refused` for a call that
    was not announced.
    """
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        activation = activating.lock(number)
        rule = check(TABLE, "check_activation", activation, actor)
        if kind in Activation.CALLS:
            announced.announcer().use(about=activation.label, actor=actor, at=at)
        activation.status, activation.checked_by, activation.checked_at = S.CHECKED, actor.user, at
        activation.check_kind, activation.check_note = kind, note
        activation.save(update_fields=["status", "checked_by", "checked_at", "check_kind", "check_note"])
        activating.write(rule, activation, actor=actor, at=at, check=kind)
        return activation


def approve_activation(*, number: str, actor: Actor, at: datetime) -> Activation:
    """Agree as the second natural person: the receiver is invited as first administrator, the organisation is told.

    The registrations stay in the provider's keeping until the administrator takes them into care. Raises `NotAllowed`,
    `WrongState` (claimed meanwhile), `Refused` (the address has an account).
    """
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        activation = activating.lock(number)
        rule = check(TABLE, "approve_activation", activation, actor)
        checker = activation.checked_by
        if checker is None:
            raise WrongState(_("Nobody has checked this yet."))
        invitation, token = firsts.invite(
            activation.organisation,
            email=activation.mail,
            display_name=activation.name,
            language="ja",
            by=checker,
            second=actor.user,
            at=at,
        )
        activation.invitation, activation.decided_by = invitation, actor.user
        activating.end(activation, S.DONE, at)
        written = activating.write(
            rule, activation, actor=actor, at=at, invitation=invitation.pk, check=activation.check_kind
        )
        firsts.send(invitation, token, event=written, at=at)
        _tell_record(activation, written, actor=actor, at=at)
        return activation


def refuse_activation(*, number: str, actor: Actor, at: datetime) -> Activation:
    """Refuse a request that was answered: the receiver is told in fixed words. A new letter can be ordered."""
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        activation = activating.lock(number)
        was_confirmed = activation.asked_at is not None
        rule = check(TABLE, "refuse_activation", activation, actor)
        activation.decided_by, activation.token_hash = actor.user, None
        activating.end(activation, S.REFUSED, at)
        written = activating.write(rule, activation, actor=actor, at=at)
        if was_confirmed:
            _mail("activation_refused", activation.mail, activation, written, at)
        return activation


def _refuse_claimed(organisation: Organisation) -> None:
    if organisation.kind != OrganisationKind.CUSTOMER:
        raise WrongState(_("Only customers are opened by a letter."))
    if firsts.is_claimed(organisation):
        raise WrongState(_("Somebody works for this organisation by now: ask them. Nothing was changed."))
    active = Registration.objects.filter(organisation=organisation, status=Registration.Status.ACTIVE)
    if not active.exists():
        raise WrongState(_("Nothing is registered for this organisation."))


def _void_earlier(organisation: Organisation, at: datetime) -> None:
    """Replace a letter that nobody answered. One that was answered is decided first."""
    earlier = Activation.objects.filter(status__in=Activation.OPEN).filter(organisation=organisation).first()
    if earlier is None:
        return
    # Whoever typed a mail address wrong gets no link: after its days are over a new letter is the way on.
    is_stuck = earlier.status == S.ENTERED and earlier.token_until is not None and earlier.token_until <= at
    if earlier.status not in (S.ORDERED, S.SENT) and not is_stuck:
        raise WrongState(_("Somebody has answered the last letter: check or refuse that first."))
    codes.void(subject=earlier.label, at=at)
    # What is not printed yet stays in the outbox, encrypted, and is never handed out.
    earlier.letters.filter(printed_at=None).update(void_at=at)
    earlier.token_hash = None
    activating.end(earlier, S.VOID, at)


def _issue(made: Activation, at: datetime) -> str:
    code, plain = codes.issue(purpose=OneTimeCode.Purpose.LETTER, subject=made.label, life=CODE_LIFE, at=at)
    made.code = code
    made.save(update_fields=["code"])
    return plain


def _refuse_unprintable(made: Activation, plain: str, at: datetime) -> None:
    """A letter that was ordered can be printed: see it now, while there is somebody who can put the address right."""
    content = {
        "letter_number": made.number,
        "kind": ActivationLetter.Kind.CODE,
        "addressee": [made.organisation.legal_name],
        "postal_code": made.postal_code,
        "address": made.address,
        "code": plain,
        "administrator": "",
    }
    try:
        activating.facts_of(content, at)
    except FactRefused as refused:
        words = _("Name and address do not fit the window of an envelope, or hold a sign that cannot be printed.")
        raise Refused(words, {"address": words}) from refused


def _tell_record(activation: Activation, written: Event, *, actor: Actor, at: datetime) -> None:
    """Tell everything on record who is now administrator and how to object: mails, and letters.

    A letter goes to the address that the code went to, and to postal addresses of record where no mail is on record.
    """
    home = activation.organisation
    points = activating.points_of(home, ContactPoint.Kind.MAIL)
    mails = [point.value for point in points if point.value != activation.mail]
    for mail in mails:
        _mail("activation_told", mail, activation, written, at)
    places: dict[tuple[str, str], ContactPoint | None] = {}
    if not mails:
        posts = list(activating.points_of(home, ContactPoint.Kind.POST))[: activating.LETTERS_OF_RECORD]
        places = {(point.postal_code, point.value): point for point in posts}
    places.setdefault((activation.postal_code, activation.address), None)
    for (postal_code, address), point in sorted(places.items(), key=itemgetter(0)):
        activating.queue(
            activation,
            ActivationLetter.Kind.TOLD,
            postal_code=postal_code,
            address=address,
            event=written,
            by=actor.user,
            at=at,
            contact_point=point,
        )


def _mail(template: str, to: str, activation: Activation, written: Event, at: datetime) -> None:
    post.mail(
        template,
        to=to,
        language="ja",
        context={"activation": activation, "phone": settings.SUPPORT_PHONE},
        event=written,
        recipient=activation.label,
        at=at,
    )
