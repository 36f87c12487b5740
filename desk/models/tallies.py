"""How often something happened lately, without saying whose address or number it was."""

from django.db import models


class Tally(models.Model):
    """One count in one stretch of time. `key_hash` is keyed, so a copy of the table names no address or number."""

    key_hash = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_hash", "started_at"], name="desk_tally_once")]

    def __str__(self) -> str:
        return f"{self.count} from {self.started_at}"
