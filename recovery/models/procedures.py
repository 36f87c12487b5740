"""The procedure as data: a claim keeps the version it began with."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from recovery.procedure import Procedure, read

_READ: dict[str, Procedure] = {}


class ProcedureVersion(models.Model):
    """One version of the procedure. `data` is what `recovery.procedure.read` understands; `data_hash` its SHA-256."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        LIVE = "live", _("In force")
        RETIRED = "retired", _("No longer in force")

    version = models.PositiveIntegerField(unique=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    data = models.JSONField()
    data_hash = models.CharField(max_length=64)
    live_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["status"], condition=Q(status="live"), name="recovery_procedure_one_live")
        ]

    def __str__(self) -> str:
        return f"procedure {self.version}"

    @property
    def procedure(self) -> Procedure:
        """The rules of this version. Versions never change, so each is read once in a process."""
        if self.data_hash not in _READ:
            _READ[self.data_hash] = read(self.data)
        return _READ[self.data_hash]
