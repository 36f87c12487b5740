"""The confidentiality undertaking: its words, those that wait for a second person, and who signed them."""

from django.db import models
from django.db.models import F, Q

from accounts.models.people import Organisation, User


class UndertakingVersion(models.Model):
    """The words of the undertaking from the second version on; the first came with the house, as files.

    Never edited: new words are a new version, which everybody of the staff signs anew.
    """

    number = models.PositiveSmallIntegerField(unique=True)
    words_ja = models.TextField()
    words_en = models.TextField()
    # Why it was changed, as whoever signs anew reads it.
    reason = models.CharField(max_length=200)
    # None: published when one person was enough.
    written_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="undertakings_written")
    published_by = models.ForeignKey(User, models.PROTECT, related_name="undertakings_published")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=2), name="accounts_undertaking_after_first"),
            models.CheckConstraint(
                condition=Q(written_by=None) | ~Q(written_by=F("published_by")), name="accounts_undertaking_by_two"
            ),
        ]

    def __str__(self) -> str:
        return f"undertaking version {self.number}"

    @property
    def label(self) -> str:
        return f"undertaking:{self.number}"


class UndertakingDraft(models.Model):
    """New words of the undertaking that wait for a second person: one at a time, published or dropped as they are."""

    words_ja = models.TextField()
    words_en = models.TextField()
    reason = models.CharField(max_length=200)
    # True or empty, so that one waits at a time.
    is_waiting = models.BooleanField(null=True, default=True, unique=True)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="undertaking_drafts")
    written_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="undertaking_drafts_closed")
    closed_at = models.DateTimeField(null=True)
    # None: it waits, or was dropped.
    became = models.OneToOneField(UndertakingVersion, models.PROTECT, null=True, related_name="draft")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_waiting=True, closed_at=None) | Q(is_waiting=None, closed_at__isnull=False),
                name="accounts_undertaking_draft_waits",
            ),
            models.CheckConstraint(
                condition=Q(became=None) | ~Q(written_by=F("closed_by")), name="accounts_undertaking_draft_by_two"
            ),
        ]

    def __str__(self) -> str:
        return f"undertaking draft {self.pk}"

    @property
    def label(self) -> str:
        return f"undertaking_draft:{self.pk}"


class Undertaking(models.Model):
    """A confidentiality undertaking as signed: version, the hash of the words, when. It lasts after leaving."""

    user = models.ForeignKey(User, models.PROTECT, related_name="undertakings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="undertakings")
    version = models.PositiveSmallIntegerField()
    text_hash = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "version"], name="accounts_undertaking_once")
        ]

    def __str__(self) -> str:
        return f"undertaking {self.version}"
