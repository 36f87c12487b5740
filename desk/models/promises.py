"""What follows from a promise: what the inquirer heard, when the clock paused, how it climbed, how the matter ended."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from desk.models.inquiries import Contact, Hold, Inquiry
from desk.models.referrals import Referral
from outbox import cipher
from outbox.models import Notice


class Word(models.Model):
    """One word of ours to the inquirer, by the channel that was chosen: what was said when, and what is still owed.

    A mail or letter is said when it is queued; a call when somebody of the desk has had it.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Acknowledgement")
        UPDATE = "update", _("Where it stands")
        HOLDING = "holding", _("Why it takes longer")
        PASSED_ON = "passed_on", _("Passed to a senior")
        REMINDER = "reminder", _("Reminder")
        ANSWER = "answer", _("Answer in writing")
        CLOSED = "closed", _("That it has ended")

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="words")
    kind = models.CharField(max_length=9, choices=Kind)
    channel = models.CharField(max_length=6, choices=Contact.Channel)
    notice = models.OneToOneField(Notice, models.PROTECT, null=True, related_name="word")
    letter_number = models.CharField(max_length=24, blank=True)
    # Nobody, where the clock said it.
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="words_said")
    queued_at = models.DateTimeField()
    said_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="phone", notice=None)
                | Q(channel__in=["mail", "letter"], notice__isnull=False, said_at__isnull=False),
                name="desk_word_by_its_channel",
            ),
            models.UniqueConstraint(fields=["inquiry"], condition=Q(said_at=None), name="desk_word_one_owed"),
        ]
        indexes = [models.Index(fields=["inquiry", "kind", "queued_at"], name="desk_word_of")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.inquiry_id}"


class Pause(models.Model):
    """A time in which our clock stands still, for a reason on the list. The inquirer hears from us all the same."""

    class Reason(models.TextChoices):
        PAPERS = "papers", _("Waiting for papers of the inquirer")
        ANSWER = "answer", _("Waiting for an answer of the inquirer")
        WISH = "wish", _("The inquirer asked us to wait")
        OFFICE = "office", _("Waiting for a public office that the inquirer has asked")

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=7, choices=Reason)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="pauses_begun")
    ended_at = models.DateTimeField(null=True, blank=True)
    # Nobody, where it ended with the matter or by what the inquirer said.
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="pauses_ended")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & (Q(ended_at=None, ended_by=None) | Q(ended_at__gte=F("begun_at"))),
                name="desk_pause_has_a_reason",
            ),
            models.UniqueConstraint(fields=["inquiry"], condition=Q(ended_at=None), name="desk_pause_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} of {self.inquiry_id}"


class Climb(models.Model):
    """Something overdue was told to somebody higher. It decides nothing: whoever reads it looks."""

    class To(models.TextChoices):
        SUPERVISOR = "supervisor", _("Supervisor")
        SENIOR = "senior", _("Senior of the provider")

    class Why(models.TextChoices):
        OVERDUE = "overdue", _("The promised time is over")
        SILENT = "silent", _("The inquirer has heard nothing for five business days")
        OLD = "old", _("Open for 35 business days")
        UNTAKEN = "untaken", _("Passed on to this desk and not taken in by the promised time")

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="climbs")
    hold = models.ForeignKey(Hold, models.PROTECT, null=True, related_name="climbs")
    referral = models.ForeignKey(Referral, models.PROTECT, null=True, related_name="climbs")
    to = models.CharField(max_length=10, choices=To)
    why = models.CharField(max_length=7, choices=Why)
    at = models.DateTimeField()
    # Over once somebody got in touch, promised anew or ended the matter.
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(why="overdue", hold__isnull=False, referral=None)
                | Q(why="untaken", hold=None, referral__isnull=False)
                | (~Q(why__in=["overdue", "untaken"]) & Q(hold=None, referral=None)),
                name="desk_climb_of_a_promise",
            ),
            models.UniqueConstraint(fields=["referral", "to"], name="desk_climb_of_referral_once"),
            models.UniqueConstraint(fields=["hold", "to"], name="desk_climb_once"),
            models.UniqueConstraint(
                fields=["inquiry", "why", "to"], condition=Q(settled_at=None, hold=None), name="desk_climb_one_open"
            ),
        ]
        indexes = [models.Index(fields=["to", "at"], condition=Q(settled_at=None), name="desk_climb_open")]

    def __str__(self) -> str:
        return f"{self.why} of {self.inquiry_id} to {self.to}"


class Closing(models.Model):
    """How a matter that is no claim ended: by agreement, by an answer in writing, or unanswered after reminders."""

    class Ground(models.TextChoices):
        AGREED = "agreed", _("The inquirer agrees that it is settled")
        WRITTEN = "written", _("Answered in writing")
        UNANSWERED = "unanswered", _("No answer to two reminders")

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="closings")
    ground = models.CharField(max_length=10, choices=Ground)
    how = models.CharField(max_length=6, choices=Contact.Channel, blank=True)
    sealed_who = models.BinaryField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="inquiries_closed")
    reopened_at = models.DateTimeField(null=True, blank=True)
    # Nobody of the staff, where the inquirer did it.
    reopened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="inquiries_reopened")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ground="agreed", sealed_who__isnull=False) & ~Q(how="") | ~Q(ground="agreed"),
                name="desk_closing_says_who_agreed",
            ),
            models.UniqueConstraint(fields=["inquiry"], condition=Q(reopened_at=None), name="desk_closing_one"),
        ]

    def __str__(self) -> str:
        return f"{self.ground} of {self.inquiry_id}"

    @property
    def who(self) -> str:
        """Who agreed, as said; "" for the other grounds."""
        return cipher.decrypt(self.sealed_who) if self.sealed_who else ""


class Need(models.TextChoices):
    """What somebody with a disability wishes of us. Asked for, never inferred."""

    NO_PHONE = "no_phone", _("No phone calls")
    RELAY = "relay", _("Calls through a relay service")
    NO_VIDEO = "no_video", _("No video")
    LARGE_PRINT = "large_print", _("Letters in large print")
    READ_ALOUD = "read_aloud", _("Texts that a screen reader can read")
    PLAIN = "plain", _("Short, plain sentences")
    SLOWLY = "slowly", _("Speak slowly, with time to answer")
    HELPER = "helper", _("Somebody helps and may speak for the inquirer")


@dataclass(frozen=True)
class Needs:
    """Wishes of one inquirer with a disability: from the list, and in words."""

    chosen: tuple[str, ...] = ()
    words: str = ""

    def __bool__(self) -> bool:
        return bool(self.chosen or self.words)

    def sealed(self) -> bytes | None:
        """Return them encrypted; None for none."""
        return cipher.encrypt(json.dumps([sorted(self.chosen), self.words], ensure_ascii=False)) if self else None

    @classmethod
    def opened(cls, sealed: bytes | memoryview | None) -> "Needs":
        """Return what `sealed` made."""
        if not sealed:
            return cls()
        chosen, words = json.loads(cipher.decrypt(sealed))
        return cls(tuple(chosen), words)

    @property
    def labels(self) -> list[str]:
        """What was chosen, as it is read out to whoever calls."""
        return [str(Need(one).label) for one in self.chosen]

    def forbids(self, channel: str) -> bool:
        """Whether a way of getting in touch is one that the inquirer cannot use."""
        barred: dict[str, Collection[str]] = {"phone": {Need.NO_PHONE}, "video": {Need.NO_VIDEO, Need.NO_PHONE}}
        return bool(set(self.chosen) & set(barred.get(channel, ())))
