"""Calls and letters that are announced before they are made, and what strangers report who said to be us."""

import json
from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership, OrganisationKind, User
from desk.models.inquiries import Inquiry
from desk.models.sites import Site
from outbox import cipher

REPORT_SIZE = 4 * 1024
"""Bytes of a report before it is encrypted: every one takes the same room, whatever was typed."""


class CallIntentionQuerySet(models.QuerySet["CallIntention"]):
    def visible_to(self, actor: Actor) -> "CallIntentionQuerySet":
        """Whoever takes calls sees the own ones; nobody reads the call code of somebody else's call."""
        staff = (OrganisationKind.AGENCY, OrganisationKind.PROVIDER)
        return self.filter(by=actor.user) if actor.kind in staff else self.none()

    def live(self, at: datetime) -> "CallIntentionQuerySet":
        """Those that are still to be made: nobody has called, cancelled, or let the time pass."""
        return self.filter(cancelled_at=None, used_at=None, window_until__gt=at)

    def genuine(self, at: datetime) -> "CallIntentionQuerySet":
        """Those whose code answers "yes, that is us": also after the call, until the window is over.

        Who has left calls nobody any more: what that person announced and did not make is nobody's. Nor does an agency
        of which every place in the register is over: whose time is over does not work for us.
        """
        places = Site.objects.filter(organisation=OuterRef("organisation"))
        is_listed = ~Exists(places) | Exists(places.valid(timezone.localdate(at)))
        works = Exists(Membership.objects.current().filter(is_listed, user=OuterRef("by")))
        made_or_can_be = Q(by=None) | Q(used_at__isnull=False) | works
        return self.filter(made_or_can_be, cancelled_at=None, made_at__lte=at, window_until__gt=at)


class CallIntention(models.Model):
    """A call or letter of ours, written down before it is made (架電予定), so that whoever gets it can ask whether it
    is ours.

    It is over when its window is: nothing has to be done for that, and a clock that stands still ends nothing late.
    The call code is said aloud to whoever is called, and gives nothing but the answer; yet who has it before the call
    could call in our place. So it is found by a keyed print, and lies encrypted for whoever makes the call and for the
    customer whose case it is (docs/decisions/0029).
    """

    class Purpose(models.TextChoices):
        CALL_BACK = "call_back", _("to call you back, as you asked or as we promised")
        EXPLAIN = "explain", _("to explain a product that you asked about")
        INFORM = "inform", _("to tell you where your inquiry stands")
        MISSING = "missing", _("to ask you for what is still missing for your inquiry")
        CONFIRM = "confirm", _("to ask whether your organisation knows of a request")
        NOTICE = "notice", _("to tell your organisation of a request, so that you can object")
        CODE = "code", _("to bring a code that only the person who asked types in")
        SETTING = "setting", _("to ask your organisation before one setting is made")
        ACCESS = "access", _("to bring the code that opens your organisation's access to its registrations")
        IN_CHARGE = "in_charge", _("to ask who is in charge of what is registered")

    class Topic(models.TextChoices):
        RECOVERY = "recovery", _("a request to recover a registration")
        EXPLANATION = "explanation", _("a product")
        USE = "use", _("help with use")
        BILL = "bill", _("a bill")
        FEEDBACK = "feedback", _("a complaint or an idea")
        QUESTION = "question", _("a question")
        ACCESS = "access", _("your organisation's access to its registrations")
        IN_CHARGE = "in_charge", _("the yearly question who is in charge")

    class Channel(models.TextChoices):
        PHONE = "phone", _("Phone")
        VIDEO = "video", _("Video")
        LETTER = "letter", _("Letter")

    # None: a call or letter that belongs to no inquiry; `about` is then the label of what it belongs to.
    inquiry = models.ForeignKey(Inquiry, models.PROTECT, null=True, related_name="intentions")
    about = models.CharField(max_length=60, blank=True)
    purpose = models.CharField(max_length=9, choices=Purpose)
    topic = models.CharField(max_length=12, choices=Topic)
    channel = models.CharField(max_length=6, choices=Channel)
    # Nobody, where a letter follows from the clock.
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="intentions")
    staff_code = models.CharField(max_length=40, blank=True)
    window_from = models.DateTimeField()
    window_until = models.DateTimeField()
    code_print = models.CharField(max_length=64, unique=True)
    sealed_code = models.BinaryField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = CallIntentionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(window_until__gt=F("window_from")), name="desk_intention_window"),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__gte=F("made_at")), name="desk_intention_before_call"
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(cancelled_at=None), name="desk_intention_used_or_cancelled"
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(channel="letter"), name="desk_intention_somebody_calls"
            ),
        ]
        indexes = [
            models.Index(fields=["by", "window_until"], name="desk_intention_own"),
            models.Index(fields=["inquiry", "made_at"], name="desk_intention_of"),
        ]

    def __str__(self) -> str:
        return f"intention {self.pk}"

    @property
    def label(self) -> str:
        return f"intention:{self.pk}"

    @staticmethod
    def print_of(code: str) -> str:
        """Return the keyed print by which a code of eight digits is found: a copy of the table tells no live code."""
        return salted_hmac("desk.call_code", code, algorithm="sha256").hexdigest()

    @property
    def code(self) -> str:
        """The call code as it is said: 1234 5678."""
        digits = cipher.decrypt(self.sealed_code)
        return f"{digits[:4]} {digits[4:]}"


class CallerReport(models.Model):
    """Somebody tells us that a caller said to be us. One row of one size, whoever tells it and whatever was typed.

    What was typed is a stranger's words about a stranger: encrypted, read by the provider's seniors only.
    """

    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="desk_report_at")]

    def __str__(self) -> str:
        return f"report {self.pk}"

    @property
    def label(self) -> str:
        return f"caller_report:{self.pk}"

    @staticmethod
    def seal(words: dict[str, str]) -> bytes:
        """Return `words` encrypted, padded to one size. Raises ValueError when they do not fit."""
        text = json.dumps(words, ensure_ascii=False)
        room = REPORT_SIZE - len(text.encode())
        if room < 0:
            raise ValueError("a report is longer than its form allows")
        return cipher.encrypt(text + " " * room)

    @property
    def said(self) -> dict[str, str]:
        """What was typed, by the names of the fields."""
        found: dict[str, str] = json.loads(cipher.decrypt(self.sealed))
        return found
