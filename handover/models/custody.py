"""By whom it is held: a row is written once, and only its end is set, once. Triggers see to it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handover.models.register import Registration


class CustodyQuerySet(models.QuerySet["Custody"]):
    def current(self) -> "CustodyQuerySet":
        return self.filter(to_at=None)


class Custody(models.Model):
    """Who was responsible for a registration from `from_at` until before `to_at`, and on what basis."""

    class Kind(models.TextChoices):
        CUSTODIAN = "custodian", _("Person in charge")
        CARETAKER = "caretaker", _("Caretaker")

    class Basis(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        HANDOVER = "handover", _("Handover")
        REASSIGNMENT = "reassignment", _("Reassignment by the administrator")
        AUTHORITY = "authority", _("Reassignment on proven authority")
        RECOVERY = "recovery", _("Recovery")
        CARETAKER = "caretaker", _("Caretaker, because nobody was left")

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="custodies")
    # Absent only while the provider keeps the registration as its caretaker.
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="custodies")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CUSTODIAN)
    basis = models.CharField(max_length=14, choices=Basis)
    basis_label = models.CharField(max_length=120, blank=True)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)

    objects = CustodyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(to_at=None), name="handover_custody_one_current"
            ),
            models.CheckConstraint(condition=Q(to_at=None) | Q(to_at__gt=F("from_at")), name="handover_custody_order"),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(kind="caretaker"), name="handover_custody_has_person"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "to_at"], name="handover_custody_user"),
            models.Index(fields=["registration", "from_at"], name="handover_custody_day"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.kind} from {self.from_at:%Y-%m-%d}"

    @property
    def holder_label(self) -> str:
        return f"user:{self.user_id}" if self.user_id else "provider"


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def current(self) -> "DeputyQuerySet":
        return self.filter(until=None)


class Deputy(models.Model):
    """Who stands in for the custodian once activated: at most two, never the custodian."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="deputies")
    user = models.ForeignKey(User, models.PROTECT, related_name="deputyships")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    # Who named and who ended it; absent before this was kept, and where leaving or a change of custody ended it.
    named_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="deputies_named")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="deputies_ended")
    # First or second, so that the database itself refuses a third; absent in rows of before.
    place = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "user"], condition=Q(until=None), name="handover_deputy_once"
            ),
            models.UniqueConstraint(
                fields=["registration", "place"], condition=Q(until=None), name="handover_deputy_place_once"
            ),
            models.CheckConstraint(condition=Q(place=None) | Q(place__in=[1, 2]), name="handover_deputy_two_places"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} deputy {self.user_id}"


class RecoveryKit(models.Model):
    """A saved code of one custody period. The switch voids it in its own transaction: see docs/decisions.

    `number` is what the sheet is named by: drawn, so that nobody counts up to other people's kits.
    `tries` are charged before anything is compared; with the last one that the procedure gives, the code is dead.
    """

    custody = models.ForeignKey(Custody, models.PROTECT, related_name="recovery_kits")
    number = models.CharField(max_length=24, unique=True)
    code_hash = models.CharField(max_length=128)
    made_at = models.DateTimeField()
    void_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["custody"], condition=Q(void_at=None), name="handover_kit_one_valid")
        ]

    def __str__(self) -> str:
        return f"kit of custody {self.custody_id}"
