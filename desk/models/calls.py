"""Phone calls while they last, and what was checked in them."""

import re
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, OrganisationKind, Role, User
from desk.models.inquiries import Inquiry
from desk.models.trust import CallIntention
from handover.models import Mandate
from outbox import cipher

LONG_CALL = timedelta(minutes=20)
"""From when on a call is long: the clock of the call warns, and a supervisor may take over.

A figure of ours. The manual of the Ministry of Health, Labour and Welfare against harassment by customers (page 26)
says "a certain time" after which a call that does not move is ended; thirty minutes are customary. Ten of them are
left for the supervisor.
"""
HIDDEN = 4
"""Digits at the end of a phone number that are not shown."""


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, actor: Actor) -> "CallQuerySet":
        """Whoever takes calls sees the own ones; a supervisor those of the own agency; the provider's operators all."""
        if actor.kind == OrganisationKind.AGENCY and actor.has(Role.SUPERVISOR):
            return self.filter(by__memberships__organisation=actor.organisation).distinct()
        if actor.kind == OrganisationKind.AGENCY and actor.has(Role.AGENT):
            return self.filter(by=actor.user)
        if actor.kind == OrganisationKind.PROVIDER and actor.has(Role.OPERATOR, Role.AUDITOR):
            return self.all()
        return self.none()

    def of_house(self, actor: Actor) -> "CallQuerySet":
        """Those on which somebody of the actor's own organisation speaks."""
        members = Membership.objects.filter(organisation=actor.organisation)
        return self.filter(by__in=members.values("user"))

    def running(self) -> "CallQuerySet":
        """Those that nobody ended."""
        return self.filter(ended_at=None)


class Call(models.Model):
    """One call from its first second to its documented end: who speaks, about what, from which number.

    `inquiry` is empty until the caller's own words lead to one: a receipt number that was said, or what was taken
    down. It is never chosen from a list of customers.
    """

    class Direction(models.TextChoices):
        IN = "in", _("Incoming")
        OUT = "out", _("Outgoing")

    class Ending(models.TextChoices):
        SETTLED = "settled", _("Settled in the call")
        PROMISED = "promised", _("A promise was made")
        PASSED = "passed", _("Passed on")
        CUT_OFF = "cut_off", _("Cut off")
        NO_ANSWER = "no_answer", _("Nobody answered")
        BY_US = "by_us", _("Ended by us after a warning")

    class Warning(models.TextChoices):
        """Why the caller was told that the call will be ended: the procedure has the words for each."""

        LONG = "long", _("The call goes on and nothing new is said")
        WORDS = "words", _("Hurtful or threatening words")

    direction = models.CharField(max_length=3, choices=Direction)
    # Who speaks now, and who spoke first: a supervisor may take a long call over.
    by = models.ForeignKey(User, models.PROTECT, related_name="calls")
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="calls_begun")
    inquiry = models.ForeignKey(Inquiry, models.PROTECT, null=True, related_name="calls")
    # What announced it, where we call: the matter is the announcement's, and nothing said in the call changes it.
    intention = models.OneToOneField(CallIntention, models.PROTECT, null=True, related_name="call")
    # A direct number to call back, as said: encrypted, and wiped when the call ends without an inquiry.
    sealed_number = models.BinaryField(null=True)
    # Who is calling, as stated: encrypted, and wiped when the call ends.
    sealed_name = models.BinaryField(null=True)
    began_at = models.DateTimeField()
    taken_over_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    warning = models.CharField(max_length=6, choices=Warning, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=9, choices=Ending, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | (Q(ended_at__gte=F("began_at")) & ~Q(ending="")),
                name="desk_call_end",
            ),
            models.CheckConstraint(
                condition=Q(warned_at=None, warning="") | (Q(warned_at__isnull=False) & ~Q(warning="")),
                name="desk_call_warning",
            ),
            models.CheckConstraint(
                condition=~Q(ending="by_us") | Q(warned_at__isnull=False), name="desk_call_warned_before_end"
            ),
            models.UniqueConstraint(fields=["by"], condition=Q(ended_at=None), name="desk_call_one_running"),
            models.CheckConstraint(
                condition=Q(direction="in", intention=None)
                | Q(direction="out", intention__isnull=False, inquiry__isnull=False),
                name="desk_call_out_is_announced",
            ),
        ]
        indexes = [
            models.Index(fields=["inquiry", "began_at"], name="desk_call_of"),
            models.Index(fields=["began_at"], condition=Q(ended_at=None), name="desk_call_running"),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"

    @property
    def label(self) -> str:
        return f"call:{self.pk}"

    @property
    def number(self) -> str:
        """The direct number that was said, "" where none is kept."""
        return cipher.decrypt(self.sealed_number) if self.sealed_number else ""

    @property
    def name(self) -> str:
        """Who is calling, as stated, "" once the call is over."""
        return cipher.decrypt(self.sealed_name) if self.sealed_name else ""

    @property
    def masked_number(self) -> str:
        """The number as the call bar shows it: its last digits hidden, "" where none is kept."""
        hidden = re.findall(r"\d", self.number)[-HIDDEN:]
        head = self.number
        for digit in reversed(hidden):
            head = head[: head.rindex(digit)]
        return head + "*" * HIDDEN if hidden else ""

    def seconds(self, at: datetime) -> int:
        """Return how long it lasted until `at`, or until its end, in seconds."""
        return max(0, int(((self.ended_at or at) - self.began_at).total_seconds()))

    def minutes(self, at: datetime) -> int:
        """Return the same in minutes that were begun."""
        return -(-self.seconds(at) // 60)

    def is_long(self, at: datetime) -> bool:
        """Whether it lasts longer than calls usually need."""
        return self.seconds(at) >= LONG_CALL.total_seconds()


class Check(models.Model):
    """One way in which a caller showed who is calling. The desk reads the result, never what it was compared with.

    `about` is whose sign-in it was, where there is one; neither it nor the rest is ever shown to the agency.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Receipt number and tracking code")
        PIN = "pin", _("Caller's PIN")
        CALL_BACK = "call_back", _("Call back to a number of record")
        MANDATE = "mandate", _("Mandate")
        CONSENT = "consent", _("Consent of the customer")

    class Result(models.TextChoices):
        ENOUGH = "enough", _("Enough")
        NOT_ENOUGH = "not_enough", _("Not enough")
        OTHER_WAY = "other_way", _("Another way")

    # Nobody calls while a customer consents: that is for the inquiry alone.
    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="checks")
    inquiry = models.ForeignKey(Inquiry, models.PROTECT, null=True, related_name="checks")
    kind = models.CharField(max_length=9, choices=Kind)
    result = models.CharField(max_length=10, choices=Result)
    by = models.ForeignKey(User, models.PROTECT, related_name="checks_made")
    about = models.ForeignKey(User, models.PROTECT, null=True, related_name="checks_passed")
    # By which mandate a contractor's person was enough; never shown to the agency either.
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="checks_passed")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="consent", inquiry__isnull=False) | Q(call__isnull=False), name="desk_check_in_a_call"
            )
        ]
        indexes = [
            models.Index(fields=["call", "at"], name="desk_check_of_call"),
            models.Index(fields=["inquiry", "at"], name="desk_check_of"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.result}"
