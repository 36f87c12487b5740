"""By which route a claim goes, and who said so why. The claim holds the last choice; each of them stays."""

from django.db import models

from accounts.models import User
from outbox import cipher
from recovery.models.claims import Claim


class RouteChoice(models.Model):
    """One person's word that another way fits a claim than the normal one, or the normal one after all."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="route_choices")
    # A code of the claim's version of the procedure; "" for the normal way.
    route = models.CharField(max_length=20, blank=True)
    # Why, for the case only, so encrypted like every note.
    sealed_reason = models.BinaryField()
    by = models.ForeignKey(User, models.PROTECT, related_name="routes_chosen")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["claim", "at"], name="recovery_route_of")]

    def __str__(self) -> str:
        return f"{self.route or 'normal'} for {self.claim_id}"

    @property
    def reason(self) -> str:
        """Why, decrypted."""
        return cipher.decrypt(self.sealed_reason)
