"""Claims that tests begin with, brought to any stage by the acts of the people themselves."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from accounts import transitions as joining
from accounts.models import Role, User
from audit import record
from audit.record import Public
from desk.models import Statement
from handover import indexing
from handover.models import ContactPoint, Registration
from outbox import cipher, delivery
from outbox.models import Notice
from recovery import clock, dispatching, transitions
from recovery.models import Claim, ContactAttempt, Dispatch, Evidence
from tests.announced import announced
from tests.cast import PASSWORD, TOTP_SECRET, Cast, actor, somebody
from tests.letterbox import link_in, mails
from tests.sheets import known_sheets
from tests.stock import NOW, START, registration

PUBLIC = Public()
_GROUP = "[2-9A-HJ-NP-Z]{5}"
CODE = re.compile(rf"(?<![-\w]){_GROUP}-{_GROUP}(?![-\w])")
OBJECTION = re.compile(rf"(?<![-\w])[2-9A-HJ-NP-Z]{{4}}-{_GROUP}-{_GROUP}(?![-\w])")
STATEMENT = Statement(
    organisation_name="(株)青葉商亊",  # as remembered: not as registered
    unit="本社",
    address="千代田区千代田１－１",
    name="渡邉 翔",
    kana="ワタナベ ショウ",
    department="情報システム部",
    mail="sho@new.example",
)


def later(**delta: float) -> datetime:
    """Return a moment after `NOW`."""
    return NOW + timedelta(**delta)


def held(cast: Cast, number: str = "R-1", *, alive: bool = True) -> Registration:
    """Create a registration of 太郎 with mail, phone and post on record since summer; `alive=False`: all came back."""
    made = registration(cast.aoba, number, custodian=cast.taro)
    extra: list[tuple[str, str, str]] = [
        ("phone", "03-1234-5678", ""),
        ("post", "東京都千代田区千代田1-1", "1000001"),
    ]
    for kind, value, postal_code in extra:
        ContactPoint.objects.create(
            registration=made,
            kind=kind,
            value=value,
            postal_code=postal_code,
            since=START.date(),
            health=ContactPoint.Health.GOOD,
            purposes=[ContactPoint.Purpose.PROCEDURE],
        )
    if not alive:
        ContactPoint.objects.filter(registration=made, kind="post").update(health=ContactPoint.Health.RETURNED)
        ContactPoint.objects.filter(registration=made).exclude(kind="post").update(health=ContactPoint.Health.BOUNCED)
    indexing.changed([made.pk])
    return made


def point(of: Registration, kind: str) -> ContactPoint:
    return ContactPoint.objects.current().get(registration=of, kind=kind)


def same_human(cast: Cast, user: User, *roles: Role) -> User:
    """Create another account of the natural person behind `user`, who works at the provider."""
    other = somebody(cast.provider, user.display_name, user.kana, f"two-{user.email}", *roles)
    other.person = user.person
    other.save(update_fields=["person"])
    return other


def came(user: User, at: datetime) -> None:
    """Somebody signs in, as it is written down then."""
    with transaction.atomic():
        record.event(
            "accounts.signed_in", actor=actor(user), at=at, subject=user.label, facts={"methods": ["password"]}
        )


def received(*, at: datetime = NOW, **changes: Any) -> Claim:
    """Somebody sends the form; beyond the second it is somebody else, with a mail address of their own."""
    count = Claim.objects.count()
    own = {"mail": f"sho{count}@new.example"} if count > 1 else {}
    statement = Statement(**{**STATEMENT.__dict__, **own, **changes.pop("statement", {})})
    wanted = {"capacity": "customer", "answer_by": "mail", "language": "ja", "sender": "192.0.2.1", **changes}
    claim, _tracking = transitions.open_claim(statement=statement, **wanted, actor=PUBLIC, at=at)
    return claim


def linked(cast: Cast, to: Registration, *, at: datetime = NOW, claim: Claim | None = None) -> Claim:
    """The operator says which registration it is."""
    claim = claim or received(at=at)
    return transitions.link(claim.pk, registration_number=to.number, actor=actor(cast.operator), at=at)


def accepted(cast: Cast, to: Registration, *, at: datetime = NOW, claim: Claim | None = None) -> Claim:
    """The operator accepts it for examination; its mailbox is confirmed."""
    claim = linked(cast, to, at=at, claim=claim)
    transitions.enter_mailbox_code(claim.pk, typed=code_in_mail(claim), actor=PUBLIC, at=at)
    return transitions.accept(claim.pk, actor=actor(cast.operator), at=at)


def code_in_mail(claim: Claim) -> str:
    """Return the code to the claimant's mailbox: the last one in the mail, behind the tracking code."""
    row = Notice.objects.filter(recipient=claim.label, template__in=["claim_received", "claim_mailbox"])
    return CODE.findall(str(_content(row.order_by("-queued_at").first())["body"]))[-1]


def tracking_in_mail(claim: Claim) -> str:
    """Return the tracking code from the first mail."""
    return CODE.findall(str(_content(Notice.objects.get(recipient=claim.label, template="claim_received"))["body"]))[0]


def code_sent(dispatch: Dispatch) -> str:
    """Return the code of a letter or mail that has not left yet."""
    content = _content(dispatch.notice)
    return str(content["code"]) if dispatch.letter_number else CODE.findall(str(content["body"]))[0]


def objection_sent(dispatch: Dispatch) -> str:
    """Return the objection code of a letter or mail that has not left yet."""
    content = _content(dispatch.notice)
    return str(content["object_code"]) if dispatch.letter_number else OBJECTION.findall(str(content["body"]))[0]


def objection_made(claim: Claim, *, at: datetime) -> str:
    """Return the objection code of one more notice, to the holder: those that left cannot be read any more."""
    with transaction.atomic():
        _code, plain = dispatching.objection_code(claim, "accepted", dispatching.Recipient("holder"), at=at)
    return plain


def _content(notice: Notice | None) -> dict[str, Any]:
    assert notice is not None and notice.payload is not None, "it has left"
    found: dict[str, Any] = json.loads(cipher.decrypt(bytes(notice.payload)))
    return found


CALLS = {"A2": "phone", "A4": "phone", "P2": "video"}
"""Proofs that are a call of ours, and by what."""


def prove(
    cast: Cast, claim: Claim, code: str, *, at: datetime = NOW, by: User | None = None, **changes: Any
) -> Evidence:
    """Record one proof with what that kind needs."""
    wanted: dict[str, Any] = {
        "source": "",
        "endpoint": "",
        "issued_on": None,
        "departure_stated": False,
        "note": "",
    }
    if code in ("O1", "O2", "O3", "A1", "O5"):
        wanted |= {"source": "registry", "issued_on": timezone.localdate(at)}
    if code == "A2":
        wanted |= {"source": "published", "endpoint": "03-9999-0000", "departure_stated": True}
    if code == "C2":
        return by_phone(cast, claim, at=at, by=by)
    if code in CALLS:
        announced(claim.inquiry, by or cast.operator, at=at, channel=CALLS[code])
    return transitions.record_evidence(
        claim.pk, code=code, **{**wanted, **changes}, actor=actor(by or cast.operator), at=at
    )


def by_phone(cast: Cast, claim: Claim, *, at: datetime = NOW, by: User | None = None) -> Evidence:
    """The claimant takes a number, the operator calls the phone of record, and whoever answers says it."""
    claim.refresh_from_db()
    assert claim.registration
    number = transitions.take_call_number(claim.pk, actor=PUBLIC, at=at)
    who = actor(by or cast.operator)
    phone = point(claim.registration, "phone").pk
    call = transitions.begin_phone_call(claim.pk, contact_point_pk=phone, actor=who, at=at)
    return transitions.enter_said_number(call.pk, typed=number, actor=who, at=at)


def compared(cast: Cast, claim: Claim, *, at: datetime = NOW) -> Claim:
    """The other operator compares the head office with its source."""
    return transitions.second_head_office(claim.pk, actor=actor(cast.colleague), at=at)


def by_letter(cast: Cast, claim: Claim, *, to: str = "", at: datetime = NOW) -> Claim:
    """Order a code letter, print it, and type its code in."""
    claim.refresh_from_db()
    assert claim.registration
    if to == "head_office":
        compared(cast, claim, at=at)
    target = to or f"contact_point:{point(claim.registration, 'post').pk}"
    sent = transitions.order_letter(claim.pk, to=target, actor=actor(cast.operator), at=at)[-1]
    plain = code_sent(sent)
    with known_sheets():
        transitions.print_letters([sent.pk], actor=actor(cast.colleague), at=at)
    return transitions.enter_code(claim.pk, purpose="letter", typed=plain, actor=PUBLIC, at=at)


def tried(cast: Cast, claim: Claim, *, at: datetime = NOW, media: tuple[str, ...] = ("mail", "phone", "post")) -> None:
    """Put one attempt a medium on record, the first at `at`, each five days after the one before."""
    registration = claim.registration or Registration.objects.get(claims=claim)
    for number, medium in enumerate(media):
        if medium == "phone":
            announced(claim.inquiry, cast.operator, at=at + timedelta(days=5 * number))
        transitions.record_attempt(
            claim.pk,
            medium=medium,
            contact_point_pk=point(registration, "mail").pk if medium == "mail" else None,
            result=ContactAttempt.Result.NO_ANSWER,
            actor=actor(cast.operator),
            at=at + timedelta(days=5 * number),
        )


READY = later(days=18)
"""When enough business days lie behind the first attempt, for either tier."""


def proven(cast: Cast, to: Registration, *, at: datetime = NOW, claim: Claim | None = None) -> Claim:
    """Everything that the tier asks for is there: 3 for a registration whose record is alive, else 4."""
    claim = accepted(cast, to, at=at, claim=claim)
    if claim.tier == 4:
        transitions.take_head_office(
            claim.pk,
            postal_code="1000002",
            address="東京都千代田区皇居外苑1-1",
            source="registry",
            actor=actor(cast.operator),
            at=at,
        )
        for code in ("O5", "O4", "P1", "A2"):
            prove(cast, claim, code, at=at)
        by_letter(cast, claim, to="head_office", at=at)
    else:
        for code in ("O2", "P1", "A2"):
            prove(cast, claim, code, at=at)
        by_letter(cast, claim, at=at)
    tried(cast, claim, at=at)
    claim.refresh_from_db()
    return claim


def proposed(cast: Cast, to: Registration, *, at: datetime = NOW, claim: Claim | None = None) -> Claim:
    """The operator proposes."""
    claim = proven(cast, to, at=at, claim=claim)
    return transitions.propose(claim.pk, reason="そろいました", actor=actor(cast.operator), at=at + (READY - NOW))


def all_delivered(cast: Cast, claim: Claim, *, at: datetime) -> None:
    """Every mail leaves, every letter is printed and arrives."""
    for notice in Notice.objects.filter(channel="mail", status="queued"):
        delivery.send(notice.pk, at=at)
    letters = list(Dispatch.objects.to_print().filter(claim=claim))
    if letters:
        with known_sheets():
            transitions.print_letters([one.pk for one in letters], actor=actor(cast.colleague), at=at)
    for one in letters:
        transitions.record_delivery(one.pk, delivered_at=at, actor=actor(cast.colleague), at=at)


def notified(cast: Cast, to: Registration, *, at: datetime = NOW, claim: Claim | None = None) -> Claim:
    """Every notice has arrived and the clock has begun the window."""
    claim = proposed(cast, to, at=at, claim=claim)
    all_delivered(cast, claim, at=at + (READY - NOW))
    clock.run(at=at + (READY - NOW))
    claim.refresh_from_db()
    return claim


def decided_at(claim: Claim) -> datetime:
    """Return noon of the first day after the window."""
    assert claim.window_ends_on
    day = claim.window_ends_on + timedelta(days=1)
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def approved(cast: Cast, to: Registration, *, at: datetime = NOW, claim: Claim | None = None) -> Claim:
    """Everybody whose yes the tier asks for has said it."""
    claim = notified(cast, to, at=at, claim=claim)
    deciders = [cast.approver, *([cast.senior] if claim.tier == 4 else [])]
    for decider in deciders:
        claim = transitions.approve(
            claim.pk, signed_hash=claim.proposal_hash, reason="よい", actor=actor(decider), at=decided_at(claim)
        )
    return claim


def opens_account(claim: Claim, *, at: datetime) -> User:
    """The claimant follows the link of the mail and sets up a second factor."""
    link = link_in(mails("claim_approved")[-1]["body"])
    user = joining.accept_invitation(
        link.rstrip("/").rpartition("/")[2],
        display_name="渡邉 翔",
        kana="ワタナベ ショウ",
        department="情報システム部",
        language="ja",
        password=PASSWORD,
        actor=PUBLIC,
        at=at,
    )
    Authenticator.objects.create(user=user, type="totp", data={"secret": cipher.encrypt(TOTP_SECRET).decode()})
    return user


def ready(cast: Cast, to: Registration, *, at: datetime = NOW, claim: Claim | None = None) -> Claim:
    """The claimant has an account and says so."""
    claim = approved(cast, to, at=at, claim=claim)
    user = opens_account(claim, at=decided_at(claim))
    return transitions.get_ready(claim.pk, actor=actor(user), at=decided_at(claim))


def executed(cast: Cast, to: Registration, *, at: datetime = NOW) -> Claim:
    """The approver carries it out."""
    claim = ready(cast, to, at=at)
    return transitions.execute(
        claim.pk, signed_hash=claim.proposal_hash, actor=actor(cast.approver), at=decided_at(claim)
    )
