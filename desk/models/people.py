"""What is noted about a person who calls or writes: from a fixed list, for a time."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from desk.models.inquiries import Inquiry


class PersonNoteQuerySet(models.QuerySet["PersonNote"]):
    def standing(self, at: datetime) -> "PersonNoteQuerySet":
        """Those neither removed nor run out at `at`."""
        return self.filter(removed_at=None, expires_at__gt=at)


class PersonNote(models.Model):
    """One thing worth knowing about somebody before the next call. No free text: nobody's temper is written down.

    The person is known again by keyed prints of mail address and direct number, from which nobody reads either. They
    are wiped when the note is removed or runs out: the row then says of nobody anything.
    """

    class Word(models.TextChoices):
        SLOWLY = "slowly", _("Please speak slowly")
        HEARING = "hearing", _("Hard of hearing: please speak clearly, or write")
        WRITTEN = "written", _("Asks for answers in writing")
        PLAIN = "plain", _("Please use plain words, without terms of the trade")
        ENGLISH = "english", _("Prefers English")
        BREAKS = "breaks", _("Needs time: please allow pauses")
        WARNED = "warned", _("A call was ended after a warning once")

    word = models.CharField(max_length=8, choices=Word)
    mail_print = models.CharField(max_length=64, blank=True, db_index=True)
    phone_print = models.CharField(max_length=64, blank=True, db_index=True)
    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="person_notes")
    by = models.ForeignKey(User, models.PROTECT, related_name="person_notes")
    at = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    expires_at = models.DateTimeField()
    # Nobody, where it ran out.
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="person_notes_removed")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = PersonNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=365), name="desk_person_note_days"),
            models.CheckConstraint(
                condition=(Q(removed_at=None, removed_by=None) & ~Q(mail_print="", phone_print=""))
                | Q(removed_at__isnull=False, mail_print="", phone_print=""),
                name="desk_person_note_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word} {self.pk}"

    @property
    def label(self) -> str:
        return f"person_note:{self.pk}"
