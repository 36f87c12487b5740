"""What the desk says: fixed sentences, versioned with the procedure, the same words for everybody."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ScriptSet(models.Model):
    """All sentences of one version of the procedure. Written once, when the version comes into force."""

    version = models.PositiveIntegerField(unique=True)
    live_since = models.DateTimeField()
    is_live = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_live"], condition=Q(is_live=True), name="desk_script_set_one_live")
        ]

    def __str__(self) -> str:
        return f"scripts {self.version}"


class Script(models.Model):
    """One sentence: at which moment of a call it is said, by which rule, and whether it is public help as well.

    Its blanks are those that `recovery.procedure` knows; what is public has none.
    """

    class Moment(models.TextChoices):
        """When something is said."""

        BEFORE = "before", _("Before anything is known")
        CHECKING = "checking", _("While the caller is checked")
        NOT_ENOUGH = "not_enough", _("When it is not enough")
        RECEIPT = "receipt", _("At the end of the call")
        PROMISE = "promise", _("When promising to be back")
        STAFF_NAME = "staff_name", _("When asked for the name of staff")
        LONG_CALL = "long_call", _("When a call has become long")
        ABUSIVE = "abusive", _("When the words become abusive")
        PAPERS_ALONE = "papers_alone", _("When somebody holds papers")
        CANNOT_BE_TOLD = "cannot_be_told", _("When asked what is registered")
        CONTRACTOR = "contractor", _("When a contractor calls")
        SITE_USER = "site_user", _("When asked how to use something")
        CALLER_CHECK = "caller_check", _("About calls that are ours or not")
        BILL = "bill", _("When asked about a bill")
        COMPLAINT = "complaint", _("When taking down a complaint or an idea")
        QUESTION = "question", _("When asked how things work")

    set = models.ForeignKey(ScriptSet, models.PROTECT, related_name="scripts")
    # Place among the sentences of its version.
    place = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    moment = models.CharField(max_length=14, choices=Moment)
    # In which case at that moment; empty: whenever it comes.
    when_ja = models.CharField(max_length=200, blank=True)
    when_en = models.CharField(max_length=200, blank=True)
    text_ja = models.TextField()
    text_en = models.TextField()
    rule = models.CharField(max_length=20)
    # Only what is public help has a question, and a place among the help pages.
    question_ja = models.CharField(max_length=200, blank=True)
    question_en = models.CharField(max_length=200, blank=True)
    help_order = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["set", "code"], name="desk_script_code_once"),
            models.CheckConstraint(
                condition=Q(help_order=None, question_ja="", question_en="")
                | (Q(help_order__isnull=False) & ~Q(question_ja="") & ~Q(question_en="")),
                name="desk_script_help_whole",
            ),
        ]
        indexes = [models.Index(fields=["set", "moment", "place"], name="desk_script_moment")]

    def __str__(self) -> str:
        return self.code

    def text(self, language: str) -> str:
        """The sentence in `language`, with its blanks."""
        return self.text_en if language.startswith("en") else self.text_ja

    def when(self, language: str) -> str:
        """When it is said, in `language`."""
        own = self.when_en if language.startswith("en") else self.when_ja
        return own or str(self.Moment(self.moment).label)

    def question(self, language: str) -> str:
        """What it answers on the public pages, "" where it is not public."""
        return self.question_en if language.startswith("en") else self.question_ja
