"""The text that is signed: the facts of a proposal in words, all of them and nothing else."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from handover.printing import era
from recovery.models import Claim, ContactAttempt


def signed_words(claim: Claim) -> list[tuple[str, list[str]]]:
    """Return names and values of what the proposal fixed; whoever approves signs exactly this, by its hash.

    Addresses that are part of it stand in it as fingerprints, so here only that they are part of it.
    """
    facts = claim.proposal
    if not facts:
        return []
    procedure = claim.procedure.procedure
    tier = procedure.tier(facts["tier"])
    circumstances = [procedure.circumstance(code).name for code in facts["circumstances"]]
    evidence = [f"{code} {procedure.kind(code).name} ({_moment(at)})" for _pk, code, at in facts["evidence"]]
    attempts = [
        f"{ContactAttempt.Medium(medium).label}: {ContactAttempt.Result(result).label} ({_moment(at)})"
        for medium, result, at in facts["attempts"]
    ]
    fixed = [_("the claimant's mail address, as confirmed")]
    if claim.head_office:
        fixed.append(_("the head office, as taken from the registry"))
    return [
        (_("Claim"), [facts["claim"]]),
        (_("Registration"), [facts["registration"] or ""]),
        (_("Procedure"), [_("version %(number)d") % {"number": facts["procedure"]}]),
        (_("Risk tier"), [f"{facts['tier']} {tier.name}"]),
        (_("Circumstances"), _or_none(circumstances)),
        (_("Evidence"), _or_none(evidence)),
        (_("Points"), [str(facts["points"])]),
        (_("Attempts to reach the predecessor"), _or_none(attempts)),
        (_("Fixed with it"), fixed),
    ]


def _or_none(words: Iterable[str]) -> list[str]:
    return list(words) or [_("none")]


def _moment(text: str) -> str:
    at = timezone.localtime(datetime.fromisoformat(text))
    return f"{era.era_date(at.date(), get_language() or 'ja')} {at:%H:%M}"
