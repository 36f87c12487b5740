"""What each action is about, and how that is put into a state."""

from typing import Any

from outbox import cipher
from recovery.models import (
    Appeal,
    AuditSample,
    CaseException,
    Claim,
    DriftCheck,
    Duty,
    Objection,
    ProcedureVersion,
    Rollback,
    RuleReview,
    UrgentSetting,
    VouchRequest,
)
from tests.recovery.table.world import AT, World

Other = UrgentSetting | VouchRequest | AuditSample | DriftCheck
Thing = Claim | Objection | CaseException | RuleReview | Rollback | ProcedureVersion | Appeal | Duty | Other
ON_SAMPLE = {"read_sample", "record_finding"}
ON_OBJECTION = {"review_objection", "decide_objection", "lapse_objection", "identify_objector"}
ON_APPEAL = {"decide_appeal", "climb_appeal"}
ON_EXCEPTION = {"approve_exception", "refuse_exception", "end_exception"}
ON_ROLLBACK = {"confirm_rollback", "decline_rollback"}
ON_SETTING = {"confirm_setting", "reverse_setting", "remind_of_setting"}


ON_DRAFT = {"begin_draft", "change_draft", "discard_draft", "begin_replay", "finish_replay"}
ON_DRAFT |= {"propose_publication", "publish"}
ON_DRAFT |= {"begin_shipped_draft", "add_script"}


def thing_of(world: World, action: str) -> Thing:
    if action in ON_DRAFT:
        return world.draft
    if action in ON_EXCEPTION:
        return world.exception
    if action in ON_ROLLBACK:
        return world.rollback
    if action in ON_SETTING:
        return world.setting
    if action == "close_rule_review":
        return world.review
    if action in ON_APPEAL:
        return world.appeal
    if action == "finish_duty":
        return world.duty
    if action == "answer_vouch":
        return world.vouch
    if action in ON_SAMPLE:
        return world.sample
    if action == "close_drift":
        return world.drift
    return world.objection if action in ON_OBJECTION else world.claim


def states_of(world: World, action: str) -> Any:
    if action in ON_DRAFT:
        # The tables let one version be in force at a time.
        return [state for state in ProcedureVersion.Status if state != ProcedureVersion.Status.LIVE]
    # A duty has no states; what it is about is asked of its claim.
    return getattr(type(thing_of(world, action)), "Status", Claim.Status)


def usual(action: str) -> str:
    """Return the state in which the row that `action` is about was made, or what stands for it."""
    if action in ON_DRAFT:
        return "draft"
    if action in ON_EXCEPTION | ON_ROLLBACK:
        return "asked"
    if action in ON_SETTING:
        return "made"
    opened = ON_OBJECTION | ON_APPEAL | ON_SAMPLE | {"close_rule_review", "answer_vouch", "close_drift"}
    return "open" if action in opened else "collecting"


def stand(world: World, action: str, state: str) -> None:
    """Put the row that `action` is about into `state`; everything of the last call is gone."""
    thing = thing_of(world, action)
    if action == "finish_duty":
        return
    thing.status = state
    changes: dict[str, Any] = {"status": state}
    if isinstance(thing, Objection) and state in ("upheld", "dismissed"):
        someone = world.people["senior"].user
        changes |= {"reviewed_by": someone, "decided_by": someone, "decided_at": AT}
    if isinstance(thing, CaseException) and state in ("valid", "refused"):
        changes |= {"decided_at": AT}
    if isinstance(thing, Rollback) and state != "asked":
        changes |= {"decided_by": world.people["senior"].user, "decided_at": AT}
    if isinstance(thing, Rollback) and state == "asked":
        changes |= {"decided_by": None, "decided_at": None}
    if isinstance(thing, UrgentSetting):
        by = world.people["senior"].user
        yes, back = state == "confirmed", state == "reversed"
        changes |= {"confirmed_by": by if yes else None, "confirmed_at": AT if yes else None}
        changes |= {"reversed_by": by if back else None, "reversed_at": AT if back else None}
    if isinstance(thing, RuleReview):
        by = world.people["editor"].user
        changes |= {"closed_by": None, "closed_at": None, "outcome": ""}
        changes |= {"closed_by": by, "closed_at": AT, "outcome": "stays"} if state == "closed" else {}
    if isinstance(thing, AuditSample):
        is_found = state in ("in_order", "not_in_order")
        changes |= {
            "found_by": world.people["auditor"].user if is_found else None,
            "found_at": AT if is_found else None,
        }
        changes |= {"drawn_at": None if state == "passed" else AT}
    if isinstance(thing, DriftCheck):
        by = world.people["senior"].user if state == "closed" else None
        changes |= {"closed_by": by, "closed_at": AT if by else None, "words": "理由" if by else ""}
    if isinstance(thing, Appeal):
        someone = None if state == "open" else world.people["editor"].user
        sealed = None if state == "open" else cipher.encrypt("x")
        changes |= {"decided_by": someone, "decided_at": AT if someone else None, "sealed_reasons": sealed}
    if isinstance(thing, VouchRequest):
        changes |= {"answered_at": None if state == "open" else AT}
        changes |= {"evidence": world.evidence if state == "given" else None}
    type(thing).objects.filter(pk=thing.pk).update(**changes)
