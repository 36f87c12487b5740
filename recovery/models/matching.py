"""The index of the search for a lost registration: rows that follow from the register and can be made anew any time."""

from django.db import models

from handover.models import Registration


class MatchDocument(models.Model):
    """The folded facts of one registration. `id` is a hash of its number, so that no order of import shows in it."""

    id = models.BigIntegerField(primary_key=True)
    registration = models.OneToOneField(Registration, models.PROTECT, related_name="match_document")
    facts = models.TextField()

    def __str__(self) -> str:
        return f"facts of {self.registration_id}"


class MatchPosting(models.Model):
    """One token of one document. Both are hashes of 64 bits: see `recovery.matching.tokens`."""

    pk = models.CompositePrimaryKey("token", "document")
    token = models.BigIntegerField()
    document = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.token} of {self.document}"


class MatchToken(models.Model):
    """In how many documents a token is. Token 0 counts the documents."""

    token = models.BigIntegerField(primary_key=True)
    rows = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.token}: {self.rows}"
