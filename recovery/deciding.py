"""What is asked before a proposal, an approval and an execution alike. Plain functions that read rows and refuse."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.errors import Refused, WrongState
from audit.signed import hash_of
from handover.printing.era import era_date
from recovery import covering
from recovery.models import CaseRequest, Claim
from recovery.procedure import Window, is_over
from recovery.procedure.bending import WINDOW
from recovery.queries import inbox, weighing
from recovery.queries.weighing import Standing, words_of


def refuse_missing(standing: Standing) -> None:
    """Raise `Refused` that names what is missing, by its type."""
    if standing.missing:
        missing = " / ".join(str(words_of(key)) for key in standing.missing)
        raise Refused(_("This is not enough yet. Missing: %(missing)s.") % {"missing": missing})


def refuse_active_custodian(claim: Claim) -> None:
    """Raise `WrongState` when the custodian did anything here since the claim came in (invariant 17)."""
    if weighing.custodian_was_here(claim):
        raise WrongState(
            _("The person in charge has signed in since this claim came in: it is being turned into a handover.")
        )
    active = [line.registration.number for line in covering.active_lines(claim) if line.registration]
    if active:
        words = _("The person in charge has signed in: %(numbers)s. In a minute they are off the list.")
        raise WrongState(words % {"numbers": ", ".join(active[:10])})


def window_of(claim: Claim, standing: Standing) -> Window:
    """Return the window of the claim's tier; the shorter one of a recovery kit only where nothing calls for more."""
    rules = claim.procedure.procedure
    if standing.exit and claim.tier == rules.default_tier:
        return rules.kit_window
    window = rules.tier(claim.tier or 0).window
    if window is None:
        raise WrongState(_("A claim of this tier is not decided inside a recovery."))
    return window


def is_shortened(claim: Claim, standing: Standing) -> bool:
    """Whether the evidence shortens the window, or an exception does."""
    return WINDOW in standing.waived or window_of(claim, standing).is_shortened_by(standing.assessment.codes)


def refuse_withdrawn(claim: Claim) -> None:
    """Raise `WrongState` when the inquirer has asked to withdraw: nothing is decided in the minute until it is done."""
    waiting = inbox.waiting_of(claim)
    if waiting and waiting.act == CaseRequest.Act.WITHDRAW:
        raise WrongState(_("The claimant has just asked to withdraw this claim. In a minute it has ended."))


def refuse_open_window(claim: Claim, at: datetime) -> None:
    """Raise `WrongState` until the last day to object is over."""
    if claim.window_ends_on is None or not is_over(claim.window_ends_on, timezone.localdate(at)):
        day = era_date(claim.window_ends_on, get_language() or "ja") if claim.window_ends_on else ""
        raise WrongState(_("Objections are possible until %(day)s. Decide after that.") % {"day": day})


def refuse_changed(claim: Claim, at: datetime) -> Standing:
    """Raise `WrongState` when what was proposed is no longer what is here, or no longer enough at `at`."""
    standing = weighing.standing_of(claim, at)
    now = hash_of(weighing.decision_facts(claim, standing))
    if now != claim.proposal_hash or standing.missing:
        raise WrongState(
            _("What was proposed has changed, or a proof is out of date by now. Send it back to collecting.")
        )
    return standing
