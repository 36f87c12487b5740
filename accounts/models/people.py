"""Who is who: people, organisations, who works where, and what they were asked to sign."""

import re
import unicodedata
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_otp.models import CooldownMixin, ThrottlingMixin, TimestampMixin


class OrganisationKind(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    CONTRACTOR = "contractor", _("Contractor")
    AGENCY = "agency", _("Agency")
    PROVIDER = "provider", _("Provider")
    # One for each approved claim, so that a claimant's account is a tenant of its own and sees nobody else's things.
    CLAIMANT = "claimant", _("Claimant")


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator of the customer")
    MEMBER = "member", _("Member")
    AGENT = "agent", _("Agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    OPERATOR = "operator", _("Operator")
    APPROVER = "approver", _("Approver")
    SENIOR = "senior", _("Senior approver")
    EDITOR = "editor", _("Procedure editor")
    AUDITOR = "auditor", _("Auditor")
    CLAIMANT = "claimant", _("Claimant")


ROLES_OF: dict[str, tuple[str, ...]] = {
    OrganisationKind.CUSTOMER: (Role.ADMINISTRATOR, Role.MEMBER),
    OrganisationKind.CONTRACTOR: (Role.MEMBER,),
    OrganisationKind.AGENCY: (Role.AGENT, Role.SUPERVISOR),
    OrganisationKind.PROVIDER: (Role.OPERATOR, Role.APPROVER, Role.SENIOR, Role.EDITOR, Role.AUDITOR),
    OrganisationKind.CLAIMANT: (Role.CLAIMANT,),
}


class Organisation(models.Model):
    """A company, ministry, agency … `corporate_number` is the 13-digit number of the National Tax Agency."""

    kind = models.CharField(max_length=12, choices=OrganisationKind)
    legal_name = models.CharField(max_length=200)
    kana = models.CharField(max_length=200, blank=True)
    former_names = models.JSONField(default=list, blank=True)
    corporate_number = models.CharField(max_length=13, blank=True)
    postal_code = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=300, blank=True)
    four_eyes = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["corporate_number"], condition=~Q(corporate_number=""), name="accounts_corporate_number_once"
            ),
        ]
        indexes = [models.Index(fields=["legal_name"], name="accounts_organisation_name")]

    def __str__(self) -> str:
        return self.legal_name

    @property
    def label(self) -> str:
        return f"organisation:{self.pk}"

    @property
    def is_staff(self) -> bool:
        """Whether its people see others' matters: they sign an undertaking and use a second factor."""
        return self.kind in (OrganisationKind.AGENCY, OrganisationKind.PROVIDER)


class Person(models.Model):
    """One human at the provider or an agency, for approvals: entered by a person, never inferred from an account."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="people")
    staff_number = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "staff_number"], name="accounts_staff_number_once")
        ]

    def __str__(self) -> str:
        return self.staff_number


class UserManager(BaseUserManager["User"]):
    """Accounts are found by mail address; a former account with the same address does not stand in the way."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=username, is_active=True)


class User(AbstractBaseUser):
    """One account of one natural person. It is never deleted and never moves to somebody else."""

    email = models.EmailField()
    display_name = models.CharField(max_length=100)
    kana = models.CharField(max_length=100, blank=True)
    department = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=2, choices=[("ja", "日本語"), ("en", "English")], default="ja")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="users")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField()

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), condition=Q(is_active=True), name="accounts_email_once")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def label(self) -> str:
        return f"user:{self.pk}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        return self.filter(until=None)


class Membership(models.Model):
    """Somebody's role in an organisation for a time. Ended, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=14, choices=Role)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"], condition=Q(until=None), name="accounts_membership_once"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="accounts_membership_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class InvitationStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Invitation(models.Model):
    """A link of one use that lets one mail address join one organisation. Only a hash of its token is kept."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    display_name = models.CharField(max_length=100, blank=True)
    roles = models.JSONField()
    staff_number = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=2, default="ja")
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    status = models.CharField(max_length=10, choices=InvitationStatus, default=InvitationStatus.SENT)
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="invitations_made")
    seconded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="invitations_seconded")
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="invitations_accepted")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(token_hash__isnull=False, expires_at__isnull=False),
                name="accounts_sent_invitation_has_token",
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def label(self) -> str:
        return f"invitation:{self.pk}"


class CallerNumber(models.Model):
    """The number by which somebody who is signed in names the own account on the phone. For good, and not secret.

    Drawn, not counted: it tells nothing of the person, and nobody goes through the numbers of others.
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="caller_number")
    number = models.CharField(max_length=8, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number[:4]} {self.number[4:]}"


class OneTimeCodeQuerySet(models.QuerySet["OneTimeCode"]):
    def unspoilt(self) -> "OneTimeCodeQuerySet":
        """Neither used nor void; possibly expired, possibly without tries left."""
        return self.filter(used_at=None, void_at=None)

    def usable(self, at: datetime) -> "OneTimeCodeQuerySet":
        """Not used, not void, not expired at `at`. The tries are counted when one is taken (`codes.charge`)."""
        return self.unspoilt().filter(expires_at__gt=at)


class OneTimeCode(ThrottlingMixin, CooldownMixin, TimestampMixin, models.Model):
    """A code of one use for somebody without an account: it proves a mailbox, an address, or the right to object.

    Issued, charged, compared and redeemed by `accounts.codes` only. Of django-otp's mixins the columns are used; their
    methods read the clock, and they count a failure after comparing, which parallel guesses outrun. So
    `throttling_failure_count` counts tries, right ones too, each taken before anything is compared, and
    `throttling_failure_timestamp` is the time of the last try.
    """

    class Purpose(models.TextChoices):
        MAILBOX = "mailbox", _("Code to the mailbox of who asks")
        LETTER = "letter", _("Code in a letter to the address on record")
        MAIL = "mail", _("Code to the mail address on record")
        OBJECTION = "objection", _("Code for an objection")
        PHONE = "phone", _("Number to be said at the phone on record")
        CALLER = "caller", _("Caller's PIN")

    purpose = models.CharField(max_length=10, choices=Purpose)
    # What it is for ("claim:C-1"), and where it went: an address as it was then ("contact_point:5@2026-06-01").
    subject = models.CharField(max_length=120, db_index=True)
    step = models.CharField(max_length=120, blank=True)
    # Finds an objection code by itself, so that nobody has to name the claim. Not secret.
    selector = models.CharField(max_length=8, blank=True)
    code_hash = models.CharField(max_length=200)
    max_tries = models.PositiveSmallIntegerField(default=5)
    # Declared anew, because the mixin's own reads the clock.
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    void_at = models.DateTimeField(null=True, blank=True)

    objects = OneTimeCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "subject", "step"],
                condition=Q(used_at=None, void_at=None),
                name="accounts_open_code_once",
            ),
            models.UniqueConstraint(fields=["selector"], condition=~Q(selector=""), name="accounts_selector_once"),
            models.CheckConstraint(condition=Q(used_at=None) | Q(void_at=None), name="accounts_code_used_or_void"),
            models.CheckConstraint(
                condition=Q(throttling_failure_count__lte=F("max_tries")), name="accounts_code_tries"
            ),
            # Whoever redeems without charging first has opened a door for unlimited guesses.
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(throttling_failure_count__gt=0), name="accounts_used_code_was_charged"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject}"

    @property
    def label(self) -> str:
        return f"code:{self.pk}"

    @property
    def tries_left(self) -> int:
        return self.max_tries - self.throttling_failure_count

    def get_throttle_factor(self) -> int:
        """No pause between tries: a code's few tries are its whole budget (procedure.md A6), pauses would add none."""
        return 0

    def get_cooldown_duration(self) -> int:
        """Seconds between two codes of one purpose for one subject: nobody's mailbox is filled by pressing a button."""
        return 60


def is_corporate_number(text: str) -> bool:
    """Tell whether `text` is a corporate number with the right check digit.

    The first digit is 9 minus the weighted sum of the other twelve modulo 9, weights 1 and 2 alternating from the
    right (ordinance of the Ministry of Finance on corporate numbers, 2014).
    """
    if not re.fullmatch(r"[1-9][0-9]{12}", text):
        return False
    total = sum(int(digit) * (1 if place % 2 == 0 else 2) for place, digit in enumerate(reversed(text[1:])))
    return int(text[0]) == 9 - total % 9


def same_address(email: str) -> str:
    """Return the form of a mail address under which two spellings are one: NFKC, lower case."""
    return unicodedata.normalize("NFKC", email).strip().lower()


class Tally(models.Model):
    """One count in one stretch of time, see `accounts.tallies`.

    How often something happened lately, without saying whose address or number it was: `key_hash` is keyed, so a copy
    of the table names no address or number.
    """

    key_hash = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        # It was desk's until handover needed it too; the table stayed.
        db_table = "desk_tally"
        constraints = [models.UniqueConstraint(fields=["key_hash", "started_at"], name="desk_tally_once")]

    def __str__(self) -> str:
        return f"{self.count} from {self.started_at}"
