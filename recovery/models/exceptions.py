"""Exceptions (特例): one need of one claim that does not have to be met, and what stands in for it."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role, User
from outbox import cipher
from recovery.models.claims import Claim


class CaseExceptionQuerySet(models.QuerySet["CaseException"]):
    def in_force(self, day: date) -> "CaseExceptionQuerySet":
        """Those that two people approved and that have not run out on `day`."""
        return self.filter(status=CaseException.Status.VALID, expires_on__gte=day)

    def decided(self) -> "CaseExceptionQuerySet":
        """Those that somebody said yes or no to in the end: what later ones are compared with."""
        return self.filter(decided_at__isnull=False)


class CaseException(models.Model):
    """One need waived for one claim until a day. Written once: a mistake is withdrawn and asked anew.

    `rule` is a key of what can be missing (`recovery.procedure.bending.bendable`). It creates no entitlement: the next
    claim is weighed by the rules, and shown beside this one only to whoever decides.
    """

    class Status(models.TextChoices):
        ASKED = "asked", pgettext_lazy("exception", "Waits for a decision")
        VALID = "valid", pgettext_lazy("exception", "Approved")
        REFUSED = "refused", pgettext_lazy("exception", "Not approved")
        ENDED = "ended", pgettext_lazy("exception", "Ended")

    class Reason(models.TextChoices):
        """Why a rule cannot be kept (procedure.md A12)."""

        DISASTER = "disaster", _("Disaster: papers and office are gone")
        DISSOLVED = "dissolved", _("Branch or organisation dissolved")
        REGISTRY_LATE = "registry_late", _("The registry has not been updated yet")
        NO_SEAL = "no_seal", _("Public body without a seal certificate")
        DECEASED = "deceased", _("The sole trader has died")
        OTHER = "other", _("Another reason")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="exceptions")
    rule = models.CharField(max_length=60)
    reason_code = models.CharField(max_length=14, choices=Reason)
    # The kind of evidence that cannot be had, "" where the rule is not about evidence.
    missing_proof = models.CharField(max_length=4, blank=True)
    # In the asker's own words, encrypted: text, control, risk, compared.
    sealed = models.BinaryField()
    expires_on = models.DateField()
    # Where the claim stood when it was asked, for comparing later ones with it.
    tier = models.PositiveSmallIntegerField()
    route = models.CharField(max_length=20, blank=True)
    circumstances = models.JSONField(default=list)
    # The nearest decided ones as shown when it was asked: keys, nearest first.
    precedents = models.JSONField(default=list)
    # SHA-256 of all that is signed: see `recovery.queries.exceptions.facts_of`.
    facts_hash = models.CharField(max_length=64)
    status = models.CharField(max_length=7, choices=Status, default=Status.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="exceptions_asked")
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="exceptions_ended")
    # Why it was not approved or ended, encrypted.
    sealed_end = models.BinaryField(null=True)

    objects = CaseExceptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "rule"], condition=Q(status__in=["asked", "valid"]), name="recovery_exception_once"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["valid", "refused"]) | Q(decided_at__isnull=False),
                name="recovery_exception_decided",
            ),
        ]
        indexes = [models.Index(fields=["reason_code", "decided_at"], name="recovery_exception_kind")]

    def __str__(self) -> str:
        return f"exception from {self.rule} for {self.claim_id}"

    @property
    def label(self) -> str:
        return f"exception:{self.pk}"

    @property
    def words(self) -> dict[str, str]:
        """What the asker wrote, decrypted: text, control, risk, compared."""
        return cipher.decrypt_words(self.sealed)

    @property
    def end_words(self) -> str:
        """Why it was not approved or ended, "" otherwise."""
        return cipher.decrypt(self.sealed_end) if self.sealed_end else ""

    @staticmethod
    def seal(words: dict[str, str]) -> bytes:
        """Return the asker's words encrypted."""
        return cipher.encrypt_words(words)

    @classmethod
    def read_back(cls, row: dict[str, Any]) -> "CaseException":
        """Return a row of a nested query as a model, only to be read."""
        return cls(**{**row, "expires_on": date.fromisoformat(str(row["expires_on"])[:10])})


class ExceptionApproval(models.Model):
    """One person's yes to an exception. It takes an approver and a senior, two natural persons (procedure.md A12)."""

    exception = models.ForeignKey(CaseException, models.PROTECT, related_name="approvals")
    by = models.ForeignKey(User, models.PROTECT, related_name="exception_approvals")
    role = models.CharField(max_length=14, choices=Role)
    signed_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=400)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exception", "role"], name="recovery_exception_role_once"),
            models.UniqueConstraint(fields=["exception", "by"], name="recovery_exception_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} for exception {self.exception_id}"


class RuleReview(models.Model):
    """A task of the procedure's editor: exceptions for one reason came too often, so the rule is looked at.

    It names no customer: how often, and which needs were waived.
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("review", "Open")
        CLOSED = "closed", pgettext_lazy("review", "Done")

    class Outcome(models.TextChoices):
        CHANGES = "changes", _("The rule is being changed")
        STAYS = "stays", _("The rule stays as it is")

    reason_code = models.CharField(max_length=14, choices=CaseException.Reason)
    rules = models.JSONField(default=list)
    count = models.PositiveIntegerField()
    status = models.CharField(max_length=6, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField()
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True)
    words = models.CharField(max_length=400, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="rule_reviews_closed")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reason_code"], condition=Q(status="open"), name="recovery_one_open_review"
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_by=None, closed_at=None)
                | (Q(status="closed", closed_by__isnull=False, closed_at__isnull=False) & ~Q(outcome="")),
                name="recovery_review_closed_by",
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.reason_code}"

    @property
    def label(self) -> str:
        return f"rule_review:{self.pk}"
