"""Which identity each kind of question needs, by product line, and the words for it."""

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handover.models import Product


class UseGuide(models.Model):
    """One version of one row of the table; the newest of its product line and kind counts, and none is rewritten.

    Without a product it is for every line that has no row of its own. `by` is empty for what we ship.
    """

    class Kind(models.TextChoices):
        FAULT = "fault", _("It does not work")
        HOW_TO = "how_to", _("How is it used")
        SETTING = "setting", _("Change a setting")
        PROGRESS = "progress", _("Where does my inquiry stand")
        CONTRACT = "contract", _("What is registered, and for whom")
        ON_BEHALF = "on_behalf", _("Something for a customer of mine")

    class Identity(models.TextChoices):
        NONE = "none", _("Nothing")
        UNIT = "unit", _("The using unit, as the caller says it")
        RECEIPT = "receipt", _("Receipt number and tracking code")
        PIN = "pin", _("The caller's PIN from the customer's screen")
        MANDATE = "mandate", _("The mandate number and the own staff name")

    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="use_guides")
    kind = models.CharField(max_length=9, choices=Kind)
    identity = models.CharField(max_length=7, choices=Identity)
    script_ja = models.TextField()
    script_en = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="use_guides")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["product", "kind"], name="desk_use_guide_of")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.kind}"

    @property
    def label(self) -> str:
        return f"use_guide:{self.kind}"

    @property
    def script(self) -> str:
        """What the agent says and the public page shows, in the reader's language."""
        return self.script_en if (translation.get_language() or "ja").startswith("en") else self.script_ja
