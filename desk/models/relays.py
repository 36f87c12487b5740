"""A question of whoever holds a bill, carried to the person in charge and back. Neither side reads an address."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from desk.models.inquiries import Inquiry
from handover.models import Custody, Registration
from outbox import cipher

SEALED_WORDS = 2048
"""Bytes of a message before it is encrypted: every one takes the same room."""


def seal(words: str) -> bytes:
    """Return `words` encrypted, padded to one size. Raises ValueError if they are too long."""
    room = SEALED_WORDS - len(words.encode())
    if room < 0:
        raise ValueError("a message is longer than its form allows")
    return cipher.encrypt(words + " " * room)


class BillRelayQuerySet(models.QuerySet["BillRelay"]):
    def visible_to(self, actor: Actor) -> "BillRelayQuerySet":
        """Whoever is in charge of the registration now reads it, and nobody else: not the desk, not the provider."""
        if not actor.is_customer:
            return self.none()
        held = Custody.objects.current().filter(user=actor.user, kind=Custody.Kind.CUSTODIAN)
        return self.filter(registration__in=held.values("registration"), registration__organisation=actor.organisation)


class BillRelay(models.Model):
    """One thread between an inquirer and whoever is in charge; its receipt number is the inquiry's.

    While the inquiry is `relayed`, it is theirs alone. Without an answer in time it becomes one of the desk, which
    reads what the inquirer asked and nothing of the registration.
    """

    inquiry = models.OneToOneField(Inquiry, models.PROTECT, related_name="relay")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="bill_relays")

    objects = BillRelayQuerySet.as_manager()

    def __str__(self) -> str:
        return f"relay of {self.inquiry_id}"

    @property
    def status(self) -> str:
        return self.inquiry.status

    def get_status_display(self) -> str:
        """Return the state in words, as rules of every thing with a state have it."""
        return str(self.inquiry.get_status_display())


class BillMessage(models.Model):
    """One message of a thread. Written once."""

    class Side(models.TextChoices):
        INQUIRER = "inquirer", _("Whoever holds the bill")
        HOLDER = "holder", _("The person in charge")

    class Answer(models.TextChoices):
        OURS = "ours", _("It is ours and in use. Please go on paying it.")
        LOOKING = "looking", _("We look into it and answer here again.")
        INSIDE = "inside", _("We settle this inside our organisation.")
        UNKNOWN = "unknown", _("We do not know this service. Please ask the provider.")
        WORDS = "words", _("In our own words")

    relay = models.ForeignKey(BillRelay, models.PROTECT, related_name="messages")
    side = models.CharField(max_length=8, choices=Side)
    answer = models.CharField(max_length=7, choices=Answer, blank=True)
    sealed = models.BinaryField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="bill_messages")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["relay", "at"], name="desk_bill_message_of")]

    def __str__(self) -> str:
        return f"{self.side} of {self.relay_id}"

    @property
    def words(self) -> str:
        return cipher.decrypt(self.sealed).rstrip(" ")
