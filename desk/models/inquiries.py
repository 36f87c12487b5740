"""Who asked what, what was said, and what we promised."""

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta

from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.models import Organisation, OrganisationKind, Role, User
from outbox import cipher

SEALED_SIZE = 16 * 1024
"""Bytes of a statement before it is encrypted. All fields at their longest, in the widest characters, take 11 KiB."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What the inquirer says, in the inquirer's own words. Nothing of it is known to be true.

    `organisation_kind` is a code of what kind of organisation it is said to be: it decides nothing.

    `phone` and `address` are of the organisation as remembered; `own_phone` is where the inquirer wants to be called,
    asked for only when that is the wish; `not_on` are days on which nobody shall call, as ISO dates with spaces.
    Lengths are limited by the form, so that all of it fits `SEALED_SIZE`.
    """

    organisation_name: str = ""
    organisation_kana: str = ""
    organisation_kind: str = ""
    unit: str = ""
    postal_code: str = ""
    address: str = ""
    phone: str = ""
    bill_reference: str = ""
    product: str = ""
    remarks: str = ""
    name: str = ""
    kana: str = ""
    department: str = ""
    mail: str = ""
    own_phone: str = ""
    hours: str = ""
    not_on: str = ""

    def sealed(self) -> bytes:
        """Return it encrypted, padded so that every statement takes the same room. Raises ValueError if too long."""
        text = json.dumps(asdict(self), ensure_ascii=False)
        room = SEALED_SIZE - len(text.encode())
        if room < 0:
            raise ValueError("a statement is longer than its form allows")
        return cipher.encrypt(text + " " * room)

    @classmethod
    def opened(cls, sealed: bytes | memoryview) -> "Statement":
        """Return what `sealed` made."""
        kept = json.loads(cipher.decrypt(sealed))
        return cls(**{field.name: kept.get(field.name, "") for field in fields(cls)})


TAKE_UP_AGAIN = timedelta(days=180)
"""How long after its end a matter is taken up again under its number (procedure.md A11)."""


def still_of_the_desk(at: datetime | None, inquiry: str = "") -> Q:
    """Return the condition that the desk has to do with an inquiry at `at`: open, or ended not long ago.

    `inquiry` is the path to it from the rows asked, "" for inquiries themselves.
    """
    ended = f"{inquiry}__closed_at" if inquiry else "closed_at"
    is_open = Q(**{ended: None})
    return is_open if at is None else is_open | Q(**{f"{ended}__gt": at - TAKE_UP_AGAIN})


def at_desk_of(actor: Actor, at: datetime | None, inquiry: str = "") -> Q:
    """Return the condition that an inquiry is at the desk of `actor`, or at nobody's yet.

    And, wherever it is, that `actor` speaks with the inquirer now, or announced a call whose time is not over at `at`:
    the number was said by whoever called. `inquiry` as for `still_of_the_desk`.
    """
    agency, key = (f"{inquiry}__agency", inquiry) if inquiry else ("agency", "pk")
    # By name: both stand to the right of this file.
    calls, announced = apps.get_model("desk", "Call").objects, apps.get_model("desk", "CallIntention").objects
    found = Q(**{agency: None}) | Q(**{agency: actor.organisation})
    found |= Q(**{f"{key}__in": calls.running().filter(by=actor.user).values("inquiry")})
    if at is not None:
        found |= Q(**{f"{key}__in": announced.live(at).filter(by=actor.user).values("inquiry")})
    return found


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def visible_to(self, actor: Actor, at: datetime | None = None) -> "InquiryQuerySet":
        """Each desk sees what it has or nobody has yet, see `at_desk_of`; the provider's people all; others none.

        Of that, what is open and what may have to be taken up again: for `TAKE_UP_AGAIN` before `at`; without `at` only
        what is open. What is carried between an inquirer and a person in charge is theirs alone, until nobody answers.
        """
        if actor.kind == OrganisationKind.AGENCY:
            return self.said_to(actor, at).filter(at_desk_of(actor, at))
        return self.said_to(actor, at)

    def said_to(self, actor: Actor, at: datetime | None = None) -> "InquiryQuerySet":
        """What a caller may lead `actor` to by saying its receipt number: that of another desk as well.

        Only for a call, which is then a contact of that inquiry: everything else asks `visible_to`.
        """
        if actor.kind == OrganisationKind.AGENCY and actor.has(Role.AGENT, Role.SUPERVISOR):
            return self.filter(still_of_the_desk(at)).exclude(status=Inquiry.Status.RELAYED)
        if actor.kind == OrganisationKind.PROVIDER and actor.has(
            Role.OPERATOR, Role.APPROVER, Role.SENIOR, Role.AUDITOR
        ):
            return self.exclude(status=Inquiry.Status.RELAYED)
        return self.none()


_TIMED = ~Q(topic="recovery") & ~Q(status="closed")


class Inquiry(models.Model):
    """One matter of one inquirer from the first contact to the end: one row whether or not anybody is a customer."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        HELD = "held", _("On hold")
        ANSWERED = "answered", _("Answered")
        # Carried to the person in charge: no matter of the desk yet.
        RELAYED = "relayed", _("Passed to the person in charge")
        CLOSED = "closed", pgettext_lazy("inquiry", "Closed")

    class Topic(models.TextChoices):
        RECOVERY = "recovery", _("Recovery of a registration")
        EXPLANATION = "explanation", _("Explanation of a product")
        USE = "use", _("Help with use")
        BILL = "bill", _("Question about a bill")
        FEEDBACK = "feedback", _("Complaint or idea")
        QUESTION = "question", _("Another question")

    class Way(models.TextChoices):
        WEB = "web", _("Web")
        PHONE = "phone", _("Phone")

    class Answer(models.TextChoices):
        """By which channel the inquirer wants to hear from us."""

        MAIL = "mail", _("Mail")
        PHONE = "phone", _("Phone")
        LETTER = "letter", _("Letter")

    class Capacity(models.TextChoices):
        CUSTOMER = "customer", _("I belong to the organisation itself")
        CONTRACTOR = "contractor", _("I work for it as a contractor")
        AFFILIATE = "affiliate", _("I belong to a group company")
        UNKNOWN = "unknown", _("Something else, or I am not sure")

    class Stage(models.TextChoices):
        """Where it stands, in sentences that are the same for everybody (procedure.md A8, rung 1)."""

        RECEIVED = "received", _("Received. We read what you wrote.")
        COLLECTING = "collecting", _("We are collecting the proofs.")
        NOTICE = "notice", _("The proofs are complete. Everybody concerned is being told.")
        WINDOW = "window", _("Everybody concerned has been told. We wait until the time to object is over.")
        DECISION = "decision", _("The decision is due.")
        INVITED = "invited", _("Approved. Please open your account with the link in our mail.")
        READY = "ready", _("Your account is ready. The change is about to be carried out.")
        DONE = "done", _("Carried out. You find everything after signing in.")
        FROZEN = "frozen", _("Paused: something has to be cleared up first.")
        NOT_CONFIRMED = "not_confirmed", _("It could not be confirmed with what we have.")
        WITHDRAWN = "withdrawn", _("You withdrew this.")
        STOPPED = "stopped", _("Ended: the matter can be settled inside the organisation.")
        CALLING = "calling", _("We call at the time promised.")
        EXPLAINED = "explained", _("Explained.")
        APPEAL = "appeal", _("Other people than before look at it again.")
        LOOKING = "looking", _("We look into it.")
        ANSWERED = "answered", _("Answered.")
        UNANSWERED = "unanswered", _("Ended: we heard nothing more from you. You can take it up again.")

    class Turn(models.TextChoices):
        INQUIRER = "inquirer", _("It is your turn")
        DESK = "desk", _("It is the desk's turn")
        PROVIDER = "provider", _("It is our turn")
        NOBODY = "nobody", _("Nothing is left to do")

    receipt_number = models.CharField(max_length=20, unique=True)
    # Argon2 of the code's letters and digits: whoever holds a copy of the database cannot follow anybody's matter.
    tracking_hash = models.CharField(max_length=128)
    topic = models.CharField(max_length=12, choices=Topic, default=Topic.RECOVERY)
    came_by = models.CharField(max_length=5, choices=Way)
    sealed = models.BinaryField()
    language = models.CharField(max_length=2, default="ja")
    answer_by = models.CharField(max_length=6, choices=Answer, default="mail")
    capacity_stated = models.CharField(max_length=10, choices=Capacity)
    capacity_found = models.CharField(max_length=10, choices=Capacity, blank=True)
    # The desk that has it (`desk.belonging`), None while no agency does. No index of its own: an agency has most of the
    # table, and whoever asks begins with what waits, or with a number.
    agency = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    stage = models.CharField(max_length=13, choices=Stage, default=Stage.RECEIVED)
    turn = models.CharField(max_length=8, choices=Turn, default=Turn.PROVIDER)
    next_on = models.DateField(null=True, blank=True)
    # Wishes of people with disabilities, encrypted: see desk.models.Needs.
    sealed_needs = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    # When the inquirer last heard from us, or we from the inquirer in a talk.
    told_at = models.DateTimeField(null=True, blank=True)
    # Taken up again under the same number: the calendar counts from here on.
    reopened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at=None, next_on__isnull=False)),
                name="desk_inquiry_next_date",
            )
        ]
        indexes = [
            models.Index(fields=["status", "next_on"], name="desk_inquiry_queue"),
            # The statement fills the row: without this, a list of one turn would read all of them.
            models.Index(fields=["status", "turn", "next_on"], name="desk_inquiry_turn"),
            # Claims have a clock of their own, so they are not in these.
            models.Index(fields=["told_at"], condition=_TIMED, name="desk_inquiry_told"),
            models.Index(fields=["received_at"], condition=_TIMED, name="desk_inquiry_age"),
        ]

    def __str__(self) -> str:
        return self.receipt_number

    @property
    def label(self) -> str:
        return f"inquiry:{self.receipt_number}"

    @property
    def statement(self) -> Statement:
        """What the inquirer said, decrypted."""
        return Statement.opened(self.sealed)


class Contact(models.Model):
    """One call, mail, letter or visit about an inquiry. Written once; who spoke with whom decides who may approve."""

    class Direction(models.TextChoices):
        IN = "in", _("Incoming")
        OUT = "out", _("Outgoing")

    class Channel(models.TextChoices):
        PHONE = "phone", _("Phone")
        VIDEO = "video", _("Video")
        MAIL = "mail", _("Mail")
        LETTER = "letter", _("Letter")
        VISIT = "visit", _("Visit")
        WEB = "web", _("Web")

    class Party(models.TextChoices):
        CLAIMANT = "claimant", _("The inquirer")
        ORGANISATION = "organisation", _("Somebody else at the organisation")
        RECORD = "record", _("A contact point of record")
        OTHER = "other", _("Somebody else")

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="contacts")
    direction = models.CharField(max_length=3, choices=Direction)
    channel = models.CharField(max_length=6, choices=Channel)
    party = models.CharField(max_length=12, choices=Party)
    by = models.ForeignKey(User, models.PROTECT, related_name="contacts")
    at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=0)
    # False: we called and nobody answered, so that nobody has heard from us.
    reached = models.BooleanField(default=True)
    # What was said to be the matter, encrypted: words about people do not lie about in clear.
    sealed_note = models.BinaryField()
    # What announced it, where we called: one announcement is one call (invariant 27).
    intention = models.OneToOneField("desk.CallIntention", models.PROTECT, null=True, related_name="contact")

    class Meta:
        indexes = [models.Index(fields=["inquiry", "at"], name="desk_contact_history")]

    def __str__(self) -> str:
        return f"{self.direction} {self.channel} of {self.inquiry_id}"

    @property
    def note(self) -> str:
        return cipher.decrypt(self.sealed_note)


class Hold(models.Model):
    """A promise to come back: without owner, next action and promised time it cannot exist (invariant 26)."""

    class Reason(models.TextChoices):
        WAITING_PAPERS = "waiting_papers", _("Waiting for papers of the inquirer")
        WAITING_PROVIDER = "waiting_provider", _("Waiting for the provider")
        WAITING_POST = "waiting_post", _("Waiting for the post")
        CALL_BACK = "call_back", _("A call back was promised")
        TAKEN_UP = "taken_up", _("The inquirer took it up again")

    class NextAction(models.TextChoices):
        CALL = "call", _("Call the inquirer")
        MAIL = "mail", _("Write to the inquirer")
        EXAMINE = "examine", _("Examine what came in")
        DECIDE = "decide", _("Decide")

    class Outcome(models.TextChoices):
        AGREED = "agreed", _("The inquirer agreed")
        DECIDED = "decided", _("Decided in writing")
        FOLLOWED = "followed", _("A new hold follows")
        HANDED_OVER = "handed", _("Handed over")

    class Cause(models.TextChoices):
        """Why a promise changed hands: it is on the hold that ended by it."""

        SHIFT = "shift", _("The next shift goes on")
        LEFT = "left", _("Its owner left")
        SITE = "site", _("Its site failed")

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=16, choices=Reason)
    owner = models.ForeignKey(User, models.PROTECT, related_name="holds_owned")
    next_action = models.CharField(max_length=10, choices=NextAction)
    promised_from = models.DateTimeField()
    promised_until = models.DateTimeField()
    sealed_wish = models.BinaryField()
    # Nobody, where it changed hands by the clock.
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="holds_opened")
    opened_at = models.DateTimeField()
    # Nobody, where the matter itself ended by the clock.
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="holds_closed")
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    cause = models.CharField(max_length=5, choices=Cause, blank=True)
    # Who agreed, as said, and how we know; of the holds that closed by agreement.
    agreed_how = models.CharField(max_length=6, choices=Contact.Channel, blank=True)
    sealed_agreed_by = models.BinaryField(null=True)
    # The hold that this one goes on from: the same promise in other hands.
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="handed") & ~Q(cause="") | ~Q(outcome="handed") & Q(cause=""),
                name="desk_hold_handed_over_why",
            ),
            models.CheckConstraint(
                condition=Q(promised_until__gt=F("promised_from")) & ~Q(reason="") & ~Q(next_action=""),
                name="desk_hold_is_a_promise",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="desk_hold_end",
            ),
            models.UniqueConstraint(fields=["inquiry"], condition=Q(closed_at=None), name="desk_hold_one_open"),
        ]
        indexes = [
            models.Index(fields=["promised_until"], condition=Q(closed_at=None), name="desk_hold_due"),
            # The console reads the own open promises at every step of a call, however many were kept before.
            models.Index(fields=["owner", "promised_until"], condition=Q(closed_at=None), name="desk_hold_own_open"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} of {self.inquiry_id}"

    @property
    def agreed_by(self) -> str:
        """Who agreed that the promise is kept, as said; "" where nobody did."""
        return cipher.decrypt(self.sealed_agreed_by) if self.sealed_agreed_by else ""

    @property
    def wish(self) -> str:
        """What the inquirer wants, decrypted."""
        return cipher.decrypt(self.sealed_wish)

    def is_overdue(self, at: datetime) -> bool:
        return self.closed_at is None and self.promised_until < at
