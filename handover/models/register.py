"""What is held: registrations, how to reach them, and what they are for."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation, OrganisationKind, User

READING_AFTER = timedelta(days=30)
"""How long a former custodian may read after the switch (procedure.md B2, overlap)."""


class Product(models.Model):
    """The product card in plain words, in both languages."""

    code = models.CharField(max_length=40, unique=True)
    name_ja = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    what_ja = models.TextField()
    what_en = models.TextField()
    where_ja = models.TextField(blank=True)
    where_en = models.TextField(blank=True)
    stops_ja = models.TextField()
    stops_en = models.TextField()
    bill_ja = models.TextField(blank=True)
    bill_en = models.TextField(blank=True)
    # What the bill prints, line by line: drawn as a bill, in place of a photo that nobody keeps up to date.
    printed_ja = models.TextField(blank=True)
    printed_en = models.TextField(blank=True)
    # What it costs a month, in words: no amount of a contract stands here.
    cost_ja = models.TextField(blank=True)
    cost_en = models.TextField(blank=True)
    whom_ja = models.TextField(blank=True)
    whom_en = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name

    def _read(self, field: str) -> str:
        english = (translation.get_language() or "ja").startswith("en")
        return str(getattr(self, f"{field}_{'en' if english else 'ja'}"))

    @property
    def name(self) -> str:
        return self._read("name")

    @property
    def what(self) -> str:
        return self._read("what")

    @property
    def where(self) -> str:
        return self._read("where")

    @property
    def stops(self) -> str:
        return self._read("stops")

    @property
    def bill(self) -> str:
        return self._read("bill")

    @property
    def printed(self) -> list[str]:
        """The lines by which the bill names it."""
        return [line.strip() for line in self._read("printed").splitlines() if line.strip()]

    @property
    def cost(self) -> str:
        return self._read("cost")

    @property
    def whom(self) -> str:
        return self._read("whom")


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, actor: Actor, at: datetime) -> "RegistrationQuerySet":
        """Return what `actor` may see at `at`: the only way to a queryset of registrations for a page.

        Administrators see all of their organisation; members what they hold, stand in for, held until
        `READING_AFTER` ago, or may read for longer by their handover. People of the provider see what an open case
        of theirs lets them (`CaseAccess`).
        """
        if actor.kind == OrganisationKind.PROVIDER:
            from handover.models.cases import CaseAccess

            return self.filter(pk__in=CaseAccess.objects.in_force(at).filter(user=actor.user).values("registration"))
        if not actor.is_customer:
            return self.none()
        own = self.filter(organisation=actor.organisation)
        if actor.is_administrator:
            return own
        from handover.models.custody import Custody, Deputy

        held = Custody.objects.filter(user=actor.user).filter(Q(to_at=None) | Q(to_at__gt=at - READING_AFTER))
        stands_in = Deputy.objects.filter(user=actor.user, until=None)
        from handover.models.handovers import HandoverItem

        longer = HandoverItem.objects.read_by(actor.user, at)
        return own.filter(
            Q(pk__in=held.values("registration"))
            | Q(pk__in=stands_in.values("registration"))
            | Q(pk__in=longer.values("registration"))
        )


class Registration(models.Model):
    """One service under one name. Its custodian is not a column here but the open row of `Custody`."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        CLOSED = "closed", _("Closed")

    number = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="registrations")
    registered_name = models.CharField(max_length=200)
    registered_kana = models.CharField(max_length=200, blank=True)
    former_names = models.JSONField(default=list, blank=True)
    unit = models.CharField(max_length=120, blank=True)
    postal_code = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=300)
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="registrations")
    is_critical = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    registered_at = models.DateTimeField()
    # From then on the time for keeping its papers is counted.
    closed_at = models.DateTimeField(null=True, blank=True)
    # Folded copies for searching; what was given stands untouched in the columns above.
    search_text = models.TextField(blank=True, default="")

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "number"], name="handover_registration_list"),
            models.Index(fields=["registered_name"], name="handover_registration_name"),
            models.Index(fields=["organisation", "product"], name="handover_reg_product"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        return f"registration:{self.number}"


class BillReference(models.Model):
    """A number that a bill carries, for as long as it does."""

    class Site(models.TextChoices):
        """What kind of place the service is for; never which one."""

        OFFICE = "office", _("An office")
        SHOP = "shop", _("A shop or counter")
        WORKS = "works", _("A factory or warehouse")
        SCHOOL = "school", _("A school")
        CARE = "care", _("A hospital or care home")
        UNSTAFFED = "unstaffed", _("A place without staff, such as a pump or a sign")
        OTHER = "other", _("Another kind of place")

    site = models.CharField(max_length=9, choices=Site, blank=True)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="bill_references")
    reference = models.CharField(max_length=80, db_index=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.reference


class BilledAmount(models.Model):
    """That a bill named an amount for a month. Number, month and amount are kept as one print, which nobody reads.

    Whoever types all three right has the bill in hand; `handover.billing` makes the print and looks it up.
    """

    bill = models.ForeignKey(BillReference, models.PROTECT, related_name="amounts")
    month = models.DateField()
    print = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bill", "month"], name="handover_billed_once_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} of {self.bill_id}"


class UnitAlias(models.Model):
    """What people call the using unit (通称), beside its official name."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="unit_aliases")
    alias = models.CharField(max_length=120)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "alias"], condition=Q(until=None), name="handover_unit_alias_once"
            )
        ]

    def __str__(self) -> str:
        return self.alias


def for_procedures() -> list[str]:
    """What a contact point serves unless somebody says otherwise; nothing serves nothing."""
    return ["procedure"]


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    def current(self) -> "ContactPointQuerySet":
        return self.filter(until=None)


class ContactPoint(models.Model):
    """A mail address, phone number or postal address of record. Changing one ends it and begins another."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("Mail")
        PHONE = "phone", _("Phone")
        POST = "post", _("Post")

    class Health(models.TextChoices):
        GOOD = "good", _("Good")
        BOUNCED = "bounced", _("Mail came back")
        RETURNED = "returned", _("Post came back")
        UNVERIFIED = "unverified", _("Not verified yet")
        # Of a mailbox whose person died: nothing is sent there any more (procedure.md B5).
        GONE = "gone", _("Its person is gone")

    NO_MAIL = (Health.BOUNCED, Health.GONE)
    """Where no mail goes."""

    class Purpose(models.TextChoices):
        PROCEDURE = "procedure", _("Procedures and notices")
        FAULT = "fault", _("Faults and emergencies")
        BILLING = "billing", _("Bills")
        SALES = "sales", _("Offers")

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=6, choices=Kind)
    value = models.CharField(max_length=300)
    postal_code = models.CharField(max_length=8, blank=True)
    # "On record since": a date the provider vouches for, which may be before this row was written.
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    health = models.CharField(max_length=10, choices=Health, default=Health.UNVERIFIED)
    # When something last came back from it.
    came_back_at = models.DateTimeField(null=True, blank=True)
    # Asked by handover.reaching, which everybody goes through who writes to it, calls it or offers it.
    purposes = models.JSONField(default=for_procedures)
    hours = models.CharField(max_length=120, blank=True)
    receiver_pays = models.BooleanField(default=False)
    # After the name or the holder changed, until the custodian says that it is still right.
    to_confirm = models.BooleanField(default=False)
    confirmed_on = models.DateField(null=True, blank=True)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "kind", "value"], condition=Q(until=None), name="handover_contact_point_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["registration"], condition=Q(until=None, health="returned"), name="handover_point_returned"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.registration_id}"


class ImportRun(models.Model):
    """One run of `import_registrations`: what was read, how far it came, and how it ended.

    The counts and `last_row` are written with each piece, in its transaction, so a killed run tells where to go on.
    """

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # When the last piece was committed: a run that nobody hears of any more was killed.
    heard_at = models.DateTimeField(null=True)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    on_record_since = models.DateField()
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    different = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    conflicts = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    # Records of the file, and the row number of the last one whose piece is committed.
    total = models.PositiveIntegerField(default=0)
    last_row = models.PositiveIntegerField(default=0)
    # What was asked for: changes applied, missing ones named, missing ones closed.
    applies = models.BooleanField(default=False)
    names_missing = models.BooleanField(default=False)
    closes_missing = models.BooleanField(default=False)
    # Up to which registration missing ones were looked for.
    checked_pk = models.BigIntegerField(default=0)
    # How many differences each column had.
    differences = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def label(self) -> str:
        return f"import:{self.pk}"


class GapAlert(models.Model):
    """A hole in responsibility that somebody has to close: open until it is."""

    class Kind(models.TextChoices):
        NO_CUSTODIAN = "no_custodian", _("No person in charge")
        NO_ADMINISTRATOR = "no_administrator", _("No administrator")
        NOT_ATTESTED = "not_attested", _("No answer to the yearly question")
        CUSTODIAN_ABSENT = "custodian_absent", _("Person in charge cannot be reached")
        DISCLAIMED = "disclaimed", _("Person in charge says it is somebody else")
        LEAVER_STAYS = "leaver_stays", _("The last administrator cannot leave as planned")

    class Reason(models.TextChoices):
        MAIL_FAILED = "mail_failed", _("Mail came back")
        POST_RETURNED = "post_returned", _("Post came back")
        NO_SIGN_IN = "no_sign_in", _("No sign-in for 13 months")

    kind = models.CharField(max_length=20, choices=Kind)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="gap_alerts")
    registration = models.ForeignKey(Registration, models.PROTECT, null=True, related_name="gap_alerts")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # Why the person in charge counts as absent: values of `Reason`, as they were when this was opened.
    reasons = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "organisation"],
                condition=Q(closed_at=None, registration=None),
                name="handover_gap_organisation_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "registration"],
                condition=Q(closed_at=None, registration__isnull=False),
                name="handover_gap_registration_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} since {self.opened_at:%Y-%m-%d}"

    @property
    def reason_words(self) -> list[str]:
        return [str(GapAlert.Reason(each).label) for each in self.reasons]


class Task(models.Model):
    """Something that a switch leaves to do, with an owner."""

    class Kind(models.TextChoices):
        RESET_SETTINGS_PASSWORD = "reset_settings_password", _("Set a new settings password")
        MAKE_RECOVERY_KIT = "make_recovery_kit", _("Make a new recovery kit")
        FIND_MISSING = "find_missing", _("Find what was missing at the handover")
        CONFIRM_CONTACT_POINTS = "confirm_contact_points", _("Confirm the contact points")
        CONFIRM_UNIT = "confirm_unit", _("Confirm the using unit")

    kind = models.CharField(max_length=30, choices=Kind)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="tasks")
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="tasks")
    detail = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} for {self.registration_id}"
