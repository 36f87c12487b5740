"""The head office where a code letter goes: read by one operator, compared by another (procedure.md A6)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from recovery import offices, steps
from recovery.models import Claim, Evidence
from recovery.rules import TABLE

MOST_SUPPLEMENT = 100
"""Signs of a building and floor."""


def second_head_office(claim_pk: int, *, actor: Actor, at: datetime) -> Claim:
    """A second person compared the address with its source; only then a letter goes there.

    Whoever did decides nothing later. Raises `NotAllowed` for the same natural person, `WrongState`.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "second_head_office", claim, actor)
        if not claim.head_office:
            raise WrongState(_("Take the head office from the registry first."))
        if claim.head_office.get("seconded_by"):
            raise WrongState(_("This was compared already. Nothing was changed."))
        claim.head_office = {**claim.head_office, "seconded_by": actor.user.pk}
        claim.save(update_fields=["head_office"])
        steps.note(rule, claim, actor=actor, at=at, source=claim.head_office["source"])
        return claim


def supplement_head_office(claim_pk: int, *, supplement: str, source: str, actor: Actor, at: datetime) -> Claim:
    """Add building or floor to the head office, after a letter came back: from the registry, the official site or the
    phone of record, never from the claimant. A second person compares it anew before a letter goes there.

    Raises `NotAllowed`, `WrongState` (no head office), `Refused` (another source, nothing to add).
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "supplement_head_office", claim, actor)
        if not claim.head_office:
            raise WrongState(_("Take the head office from the registry first."))
        if source not in (Evidence.Source.REGISTRY, Evidence.Source.PUBLISHED, Evidence.Source.RECORD):
            words = _("Take it from the registry, an official site or the phone of record, not from the claimant.")
            raise Refused(words, {"source": words})
        added = " ".join(supplement.split())
        if not added or len(added) > MOST_SUPPLEMENT:
            words = _("Enter building and floor as they are written there.")
            raise Refused(words, {"supplement": words})
        before = claim.head_office
        plain = before.get("without_supplement", before["address"])
        claim.head_office = {
            "postal_code": before["postal_code"],
            "address": f"{plain} {added}",
            "source": before["source"],
            "by": actor.user.pk,
            "without_supplement": plain,
            "supplement_source": source,
        }
        claim.save(update_fields=["head_office"])
        offices.forget_others(claim, actor.user, at)
        steps.note(rule, claim, actor=actor, at=at, source=source)
        return claim
