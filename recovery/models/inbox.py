"""What an inquirer asks for on the page of an own case: one row of one size, whatever is on record (decision 0024)."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from outbox import cipher
from recovery.models.claims import Claim

WORDS_SIZE = 4 * 1024
"""Bytes of what is sealed with a request: the longest words of its form in the widest characters."""


class CaseRequest(models.Model):
    """One act that the inquirer asked for. The worker does it; nobody's page takes longer for what is on record.

    `done_at`: the act was done, or turned down because the case had changed in the meantime.
    """

    class Act(models.TextChoices):
        WITHDRAW = "withdraw", pgettext_lazy("request", "Withdraw")
        APPEAL = "appeal", pgettext_lazy("request", "Appeal")
        REOPEN = "reopen", pgettext_lazy("request", "Take it up again")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="requests")
    act = models.CharField(max_length=8, choices=Act)
    sealed_words = models.BinaryField()
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    is_turned_down = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim"], condition=Q(done_at=None), name="recovery_request_one_open"),
            models.CheckConstraint(
                condition=Q(is_turned_down=False) | Q(done_at__isnull=False), name="recovery_request_turned_down"
            ),
        ]
        indexes = [
            models.Index(fields=["claim", "at"], name="recovery_request_of"),
            models.Index(fields=["done_at", "at"], name="recovery_request_new"),
        ]

    def __str__(self) -> str:
        return f"{self.act} of {self.claim_id}"

    @classmethod
    def hand_in(cls, claim: Claim, act: str, words: str, *, at: datetime) -> "CaseRequest":
        """Write one down. Raises ValueError if the words are longer than their form allows."""
        room = WORDS_SIZE - len(words.encode())
        if room < 0:
            raise ValueError("words are longer than their form allows")
        return cls.objects.create(claim=claim, act=act, sealed_words=cipher.encrypt(words + " " * room), at=at)

    @property
    def words(self) -> str:
        """What the inquirer wrote, decrypted."""
        return cipher.decrypt(self.sealed_words).rstrip()
