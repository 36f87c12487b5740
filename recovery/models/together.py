"""One claim for many registrations of one customer: the lines of its list (procedure.md B5, A10; P16)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Invitation, User
from handover.models import Registration
from outbox import cipher
from recovery.models.claims import Claim


class ClaimLineQuerySet(models.QuerySet["ClaimLine"]):
    def listed(self) -> "ClaimLineQuerySet":
        """Those that the claim is about, beside its own registration."""
        return self.filter(status=ClaimLine.Status.LISTED)

    def taken(self) -> "ClaimLineQuerySet":
        """Those of which the claim changed the custody."""
        return self.filter(status=ClaimLine.Status.TAKEN)


class ClaimLine(models.Model):
    """One line of a claim's list, in the words in which it came. None is ever removed; what is left out says why.

    The claim's own registration is no line: it goes to the claimant. A line may name its own new person.
    """

    class Status(models.TextChoices):
        UNKNOWN = "unknown", _("Not found at this customer")
        LISTED = "listed", pgettext_lazy("line", "On the list")
        LEFT_OUT = "left_out", pgettext_lazy("line", "Left out")
        TAKEN = "taken", pgettext_lazy("line", "Carried out")
        PUT_BACK = "put_back", pgettext_lazy("line", "Put back")

    class Reason(models.TextChoices):
        OPERATOR = "operator", _("Taken off the list by the provider")
        TWICE = "twice", _("Named twice, or the claim's own registration")
        CLOSED = "closed", _("The registration is closed")
        COMPETING = "competing", _("Another claim is about it")
        ACCOUNT = "account", _("The mail address of the new person has an account elsewhere")
        ACTIVE = "active", _("The person in charge has signed in")
        DECLINED = "declined", _("The new person says that it is not theirs")
        UNCONFIRMED = "unconfirmed", _("The new person did not confirm")
        BLOCKED = "blocked", _("Something else protects it")
        HANDOVER = "handover", _("A handover of it was accepted")
        ENDED = "ended", _("The claim has ended")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField()
    # As it came: number, unit, name and mail of the new person. Encrypted: names of people do not lie about in clear.
    sealed = models.BinaryField()
    status = models.CharField(max_length=8, choices=Status)
    registration = models.ForeignKey(Registration, models.PROTECT, null=True, related_name="claim_lines")
    reason = models.CharField(max_length=11, choices=Reason, blank=True)
    sealed_words = models.BinaryField(null=True)
    left_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="claim_lines_left")
    settled_at = models.DateTimeField(null=True, blank=True)
    # Whether the proposal that stands names it: what is left out later was signed all the same.
    is_signed = models.BooleanField(default=False)
    invitation = models.ForeignKey(Invitation, models.PROTECT, null=True, related_name="claim_lines")
    # Whose it becomes, by an own account. None: the claimant's.
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="claim_lines")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # What was before the execution, as in `Snapshot`.
    state = models.JSONField(null=True)

    objects = ClaimLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "row"], name="recovery_line_row"),
            models.UniqueConstraint(
                fields=["registration"], condition=Q(status="listed"), name="recovery_line_one_moving"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["unknown", "left_out"]) | Q(registration__isnull=False),
                name="recovery_line_is_found",
            ),
            models.CheckConstraint(
                condition=~Q(status="left_out") | (~Q(reason="") & Q(settled_at__isnull=False)),
                name="recovery_line_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["taken", "put_back"]) | Q(state__isnull=False, settled_at__isnull=False),
                name="recovery_line_can_go_back",
            ),
        ]
        indexes = [models.Index(fields=["claim", "status"], name="recovery_line_of")]

    def __str__(self) -> str:
        return f"line {self.row} of {self.claim_id}"

    @property
    def typed(self) -> dict[str, str]:
        """What the list says: number, unit, name, mail."""
        return cipher.decrypt_words(self.sealed)

    @property
    def words(self) -> str:
        """What the provider wrote when it was left out, "" otherwise."""
        return cipher.decrypt(self.sealed_words) if self.sealed_words else ""

    @staticmethod
    def seal(typed: dict[str, str]) -> bytes:
        """Return what the list says encrypted."""
        return cipher.encrypt_words(typed)
