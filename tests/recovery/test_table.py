"""The table of rules as it is enforced: every action by everybody, and in every state, called directly."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from django.db import transaction

from accounts import claimants
from accounts import transitions as joining
from accounts.errors import DomainError, NotAllowed, WrongState
from accounts.rulebook import check_state
from audit.record import Public, System
from desk.models import Contact
from handover.models import Custody, RecoveryKit, Restriction
from outbox import cipher
from outbox.models import Notice
from recovery import transitions
from recovery.models import (
    Appeal,
    AuditSample,
    CaseException,
    Claim,
    ClaimLine,
    Dispatch,
    DriftCheck,
    Duty,
    Ending,
    Evidence,
    FailedCode,
    Objection,
    PhoneCall,
    ProcedureReplay,
    ProcedureVersion,
    Rollback,
    RuleReview,
    Snapshot,
    Submission,
    UrgentSetting,
    VouchRequest,
)
from recovery.rules import TABLE
from tests import claims, drafts
from tests.cast import PASSWORD, Cast, actor
from tests.handover.paper_files import incoming
from tests.stock import NOW

pytestmark = pytest.mark.django_db

AT = claims.later(days=40)
DESK = "agent supervisor operator colleague public"
EVERYBODY = (
    "hanako taro jiro saburo wakako minoru worker agent supervisor operator colleague approver senior editor auditor"
    " claimant public"
)
OPEN = "received matched collecting proposed notified approved"
LINKED = "matched collecting proposed notified approved"
SNAPSHOT: dict[str, tuple[str, str]] = {
    "open_claim": (DESK, ""),
    "enter_mailbox_code": ("public", OPEN),
    "change_mailbox": (DESK, "received matched collecting proposed notified"),
    "enter_code": ("public", OPEN),
    "ask_for_code": ("public", "received matched collecting proposed notified"),
    "submit_paper": (DESK, "received matched collecting proposed notified"),
    "withdraw": ("public", OPEN),
    "object_to": (EVERYBODY, LINKED + " executed"),
    "look_for": ("operator colleague", OPEN),
    "open_record": ("operator colleague", LINKED),
    "link": ("operator colleague", "received matched"),
    "accept": ("operator colleague", "matched"),
    "take_head_office": ("operator colleague", "collecting"),
    "set_route": ("operator colleague", "collecting"),
    "record_evidence": ("operator colleague", "collecting"),
    "take_back_evidence": ("operator colleague", "collecting"),
    "second_evidence": ("operator colleague", "collecting"),
    "view_submission": ("operator colleague", OPEN),
    "order_letter": ("operator colleague", "collecting"),
    "order_mail_code": ("operator colleague", "collecting"),
    "print_letters": ("operator colleague", ""),
    "record_delivery": ("operator colleague", ""),
    "record_return": ("operator colleague", ""),
    "record_attempt": ("operator colleague", "collecting proposed notified approved"),
    "propose": ("operator colleague", "collecting"),
    "review_objection": ("operator colleague", "open"),
    "approve": ("approver senior", "notified"),
    "send_back": ("approver senior", "proposed notified approved"),
    "refuse": ("approver senior", OPEN),
    "decide_objection": ("approver senior", "open"),
    "resume": ("senior", LINKED),
    "invite_claimant": ("approver senior", "approved"),
    "execute": ("approver", "approved"),
    "get_ready": ("claimant", "approved"),
    "begin_window": ("clock", "proposed"),
    "stop": ("clock", LINKED),
    "lapse_objection": ("clock", "open"),
    "end_cooling_off": ("clock", "executed"),
    "ask_exception": ("operator colleague", "collecting"),
    "approve_exception": ("approver senior", "asked"),
    "refuse_exception": ("approver senior", "asked"),
    "end_exception": ("operator colleague approver senior", "asked valid"),
    "close_rule_review": ("editor", "open"),
    "ask_rollback": ("operator colleague senior", "executed"),
    "confirm_rollback": ("senior", "asked"),
    "decline_rollback": ("operator senior", "asked"),
    "begin_draft": ("editor", ""),
    "begin_shipped_draft": ("editor", ""),
    "change_draft": ("editor", "draft"),
    "discard_draft": ("editor", "draft"),
    "begin_replay": ("editor", "draft"),
    "finish_replay": ("clock", ""),
    "propose_publication": ("editor", "draft"),
    "publish": ("senior", "draft"),
    "reopen_by_rule": ("operator colleague senior", "refused"),
    "appeal": (DESK, "refused stopped"),
    "reopen": ("public", "refused withdrawn stopped"),
    "remind": ("operator colleague", "received matched collecting"),
    "identify_objector": ("operator colleague", "open"),
    "find_capacity": ("operator colleague", OPEN),
    "finish_duty": ("senior", ""),
    "decide_appeal": ("approver senior", "open"),
    "answer_holding": ("clock", OPEN),
    "pass_on": ("clock", OPEN),
    "notice_silence": ("clock", OPEN),
    "propose_reminder": ("clock", "received matched collecting"),
    "point_out_last": ("clock", LINKED),
    "climb_appeal": ("clock", "open"),
    "tell_of_posing": ("clock", LINKED),
    "redeem_kit": ("public", "received matched collecting"),
    "ask_to_vouch": ("operator colleague", "collecting"),
    "answer_vouch": ("jiro", "open"),
    "offer_reassignment": ("clock", "collecting"),
    "open_dns_check": ("operator colleague", "collecting"),
    "check_dns": ("operator colleague", "collecting"),
    "take_list": ("operator colleague", "collecting"),
    "match_line": ("operator colleague", "collecting"),
    "leave_out": ("operator colleague", "collecting proposed notified approved"),
    "invite_people": ("operator colleague", "approved"),
    "confirm_lines": ("jiro", "approved"),
    "decline_lines": ("jiro", "approved"),
    "drop_active": ("clock", LINKED),
    "make_setting": ("operator colleague", LINKED),
    "confirm_setting": ("colleague approver senior", "made"),
    "reverse_setting": ("operator colleague approver senior", "made confirmed"),
    "remind_of_setting": ("clock", "made confirmed"),
    "consider_for_audit": ("clock", ""),
    "read_sample": ("auditor", "open in_order not_in_order"),
    "record_finding": ("auditor", "open"),
    "compare_quarter": ("clock", ""),
    "close_drift": ("senior", "open"),
    "take_call_number": ("public", OPEN),
    "begin_phone_call": ("operator colleague", "collecting"),
    "enter_said_number": ("operator colleague", "collecting"),
    "end_phone_call": ("operator colleague", OPEN),
    "second_head_office": ("operator colleague", "collecting"),
    "supplement_head_office": ("operator colleague", "collecting"),
    "note_failed_code": ("clock", ""),
    "end_guessed_kit": ("clock", ""),
    "pause_phone": ("clock", ""),
}
"""Who, and from which states ("" is any). Written by hand: a change of the table has to be written here as well."""


@dataclass(frozen=True)
class World:
    """One claim with one of everything that an action may be about."""

    claim: Claim
    objection: Objection
    evidence: Evidence
    submission: Submission
    letter: Dispatch
    exception: CaseException
    review: RuleReview
    rollback: Rollback
    draft: ProcedureVersion
    replay: ProcedureReplay
    appeal: Appeal
    duty: Duty
    vouch: VouchRequest
    setting: UrgentSetting
    line: ClaimLine
    sample: AuditSample
    drift: DriftCheck
    call: PhoneCall
    failed: FailedCode
    kit: RecoveryKit
    people: dict[str, Any]


@pytest.fixture
def world(cast: Cast) -> World:
    claim = claims.accepted(cast, claims.held(cast))
    letter = claim.dispatches.get(channel="letter")
    transitions.object_to(
        typed=claims.objection_sent(letter), words="ちがいます", actor=claims.PUBLIC, at=claims.later(minutes=5)
    )
    evidence = claims.prove(cast, claim, "O2")
    submission = transitions.submit_paper(
        claim.pk, code="O2", paper=incoming(), token=uuid.uuid4(), actor=claims.PUBLIC, at=NOW
    )
    invitation, token = claimants.invite(
        number=claim.number,
        email="sho@new.example",
        display_name="渡邉 翔",
        language="ja",
        by=cast.approver,
        at=claims.later(days=39),
    )
    given = {"display_name": "渡邉 翔", "kana": "", "department": "", "language": "ja", "password": PASSWORD}
    opened = joining.accept_invitation(token, **given, actor=claims.PUBLIC, at=AT)
    invitation.refresh_from_db()
    Claim.objects.filter(pk=claim.pk).update(
        frozen_at=None,
        frozen_by="",
        invitation=invitation,
        claimant=opened,
        proposed_by=cast.operator,
        proposed_at=NOW,
        executed_by=cast.approver,
        window_ends_on=claims.later(days=30).date(),
        cooling_off_until=claims.later(days=70),
    )
    people: dict[str, Any] = {user.email.partition("@")[0]: actor(user) for user in cast.everybody}
    people["worker"] = people.pop("takumi")
    people |= {"claimant": actor(opened), "public": Public(), "clock": System("clock")}
    # Any state can follow on any other here, and none finds the marks of the one before.
    Restriction.objects.update(ended_at=AT)
    claim = Claim.objects.select_related("invitation").get(pk=claim.pk)
    ending = Ending.objects.create(
        claim=claim, reason="not_confirmed", at=AT, appeal_until=AT.date(), reopen_until=AT.date()
    )
    appeal = Appeal.objects.create(claim=claim, ending=ending, sealed_words=b"", at=AT, due_on=AT.date())
    appeal.claim = claim
    duty = Duty.objects.create(claim=claim, kind=Duty.Kind.DECISION, opened_at=AT, due_on=AT.date())
    exception = CaseException.objects.create(
        claim=claim,
        rule="category:O",
        reason_code="disaster",
        sealed=CaseException.seal({}),
        expires_on=claims.later(days=60).date(),
        tier=3,
        asked_by=cast.operator,
        asked_at=NOW,
    )
    review = RuleReview.objects.create(reason_code="disaster", count=3, opened_at=NOW)
    rollback = Rollback.objects.create(claim=claim, asked_by=cast.operator, asked_at=NOW, sealed_reason=b"")
    Snapshot.objects.create(
        claim=claim, registration=claim.registration, state={"custody": {"user": None}}, taken_at=NOW
    )
    # Proposed by the editor, so that another person publishes it.
    draft = drafts.proposed(cast)
    replay = ProcedureReplay.objects.get()
    vouch = VouchRequest.objects.create(claim=claim, user=cast.jiro, asked_by=cast.operator, asked_at=NOW)
    vouch.claim = claim
    found = (evidence, submission, letter, exception, review, rollback, draft, replay, appeal, duty, vouch)
    sample = AuditSample.objects.create(
        claim=claim, pool="general", status="open", over_at=AT, considered_at=AT, drawn_at=AT
    )
    drift = DriftCheck.objects.create(quarter=AT.date(), status="open", compared_at=AT)
    phone = claims.point(claims.Registration.objects.get(number="R-1"), "phone")
    call = PhoneCall.objects.create(claim=claim, contact_point=phone, by=cast.operator, at=NOW, until=AT)
    failed = FailedCode.objects.create(claim=claim, purpose="letter", dead=False, at=NOW)
    line = ClaimLine.objects.create(
        claim=claim,
        row=1,
        sealed=ClaimLine.seal({"number": "L-1", "unit": "", "name": "", "mail": cast.jiro.email}),
        status="listed",
        registration=claims.registration(cast.aoba, "L-1", custodian=None),
        person=cast.jiro,
    )
    Claim.objects.filter(pk=claim.pk).update(is_bulk=True)
    claim.is_bulk = True
    held = Custody.objects.current().get(registration__number="R-1")
    kit = RecoveryKit.objects.create(custody=held, code_hash="", made_at=NOW, tries=5, tried_at=NOW)
    beside = (_set(cast, claim), line, sample, drift, call, failed, kit)
    return World(claim, Objection.objects.get(), *found, *beside, people)


def _set(cast: Cast, claim: Claim) -> UrgentSetting:
    call = Contact.objects.create(
        inquiry=claim.inquiry,
        direction="out",
        channel="phone",
        party="record",
        by=cast.operator,
        at=NOW,
        sealed_note=cipher.encrypt("x"),
    )
    return UrgentSetting.objects.create(
        claim=claim,
        registration=claim.registration,
        code="forwarding",
        sealed=UrgentSetting.seal({}),
        basis="record",
        contact=call,
        contact_point=claims.point(claim.registration, "phone"),  # type: ignore[arg-type]
        remind_on=AT.date(),
        made_by=cast.operator,
        made_at=NOW,
    )


_numbers = count()


def calls(world: World) -> dict[str, Callable[[Any], object]]:
    """Return how each action of the table is called on the world's claim."""
    pk, number = world.claim.pk, next(_numbers)
    proof = {
        "source": "registry",
        "endpoint": "",
        "issued_on": NOW.date(),
        "departure_stated": False,
        "note": "",
    }
    statement = claims.STATEMENT
    wanted = {"capacity": "customer", "answer_by": "mail", "language": "ja", "sender": f"192.0.2.{number}"}
    point = claims.point(world.claim.registration, "mail").pk  # type: ignore[arg-type]

    def objects(who: Any) -> object:
        sent = world.claim.dispatches.get(channel="mail", to=f"contact_point:{point}")
        return transitions.object_to(typed=claims.objection_sent(sent), words="", actor=who, at=AT)

    def on(act: Callable[..., object], first: Any = pk, **more: Any) -> Callable[[Any], object]:
        return lambda who: act(first, **more, actor=who, at=AT)

    return {
        "open_claim": lambda who: transitions.open_claim(statement=statement, **wanted, actor=who, at=AT),
        "enter_mailbox_code": on(transitions.enter_mailbox_code, typed="22222-22222"),
        "change_mailbox": on(transitions.change_mailbox, mail=f"new{number}@new.example"),
        "enter_code": on(transitions.enter_code, purpose="letter", typed="22222-22222"),
        "ask_for_code": on(transitions.ask_for_code, wish=""),
        "submit_paper": lambda who: transitions.submit_paper(
            pk, code="O2", paper=incoming(), token=uuid.uuid4(), actor=who, at=AT
        ),
        "withdraw": on(transitions.withdraw),
        "object_to": objects,
        "look_for": on(transitions.look_for, found=3),
        "open_record": on(transitions.open_record),
        "link": on(transitions.link, registration_number="R-1"),
        "accept": on(transitions.accept),
        "take_head_office": on(
            transitions.take_head_office, postal_code="1000002", address="皇居外苑1-1", source="registry"
        ),
        "record_evidence": on(transitions.record_evidence, code="O2", **proof),
        "take_back_evidence": on(transitions.take_back_evidence, world.evidence.pk),
        "second_evidence": on(transitions.second_evidence, world.evidence.pk),
        "view_submission": on(transitions.view_submission, world.submission.pk),
        "order_letter": on(transitions.order_letter, to="head_office"),
        "order_mail_code": on(transitions.order_mail_code, contact_point_pk=point),
        "print_letters": on(transitions.print_letters, [0]),
        "record_delivery": on(transitions.record_delivery, world.letter.pk, delivered_at=AT),
        "record_return": on(transitions.record_return, world.letter.pk),
        "record_attempt": on(transitions.record_attempt, medium="phone", contact_point_pk=None, result="no_answer"),
        "propose": on(transitions.propose, reason=""),
        "review_objection": on(transitions.review_objection, world.objection.pk, recommendation="dismissed"),
        "approve": on(transitions.approve, signed_hash="", reason=""),
        "send_back": on(transitions.send_back, reason=""),
        "refuse": on(transitions.refuse, reason="not_confirmed", words=""),
        "decide_objection": on(transitions.decide_objection, world.objection.pk, outcome="upheld", reason=""),
        "resume": on(transitions.resume, reason=""),
        "invite_claimant": on(transitions.invite_claimant),
        "execute": on(transitions.execute, signed_hash=""),
        "get_ready": on(transitions.get_ready),
        "begin_window": on(transitions.begin_window),
        "stop": on(transitions.stop),
        "lapse_objection": on(transitions.lapse_objection, world.objection.pk),
        "end_cooling_off": on(transitions.end_cooling_off),
        "ask_exception": on(
            transitions.ask_exception,
            rule="category:O",
            reason_code="",
            missing_proof="",
            words={},
            expires_on=NOW.date(),
        ),
        "approve_exception": on(transitions.approve_exception, world.exception.pk, signed_hash="", reason=""),
        "refuse_exception": on(transitions.refuse_exception, world.exception.pk, reason=""),
        "end_exception": on(transitions.end_exception, world.exception.pk, reason=""),
        "close_rule_review": on(transitions.close_rule_review, world.review.pk, outcome="", words=""),
        "ask_rollback": on(transitions.ask_rollback, reason=""),
        "confirm_rollback": on(transitions.confirm_rollback, world.rollback.pk),
        "decline_rollback": on(transitions.decline_rollback, world.rollback.pk, reason=""),
        "begin_draft": lambda who: transitions.begin_draft(actor=who, at=AT),
        "begin_shipped_draft": lambda who: transitions.begin_shipped_draft(actor=who, at=AT),
        "set_route": on(transitions.set_route, route="unheard", reason=""),
        "change_draft": on(transitions.change_draft, world.draft.pk, data=world.draft.data, seen_hash=""),
        "discard_draft": on(transitions.discard_draft, world.draft.pk),
        "begin_replay": on(transitions.begin_replay, world.draft.pk),
        "finish_replay": on(transitions.finish_replay, world.replay.pk),
        "propose_publication": on(transitions.propose_publication, world.draft.pk, seen_hash="", reason=""),
        "publish": on(transitions.publish, world.draft.pk, signed_hash="", reason=""),
        "reopen_by_rule": on(transitions.reopen_by_rule),
        "appeal": on(transitions.appeal, words=""),
        "reopen": on(transitions.reopen, sender=f"host-{number}"),
        "remind": on(transitions.remind, medium="mail", note=""),
        "identify_objector": on(
            transitions.identify_objector,
            world.objection.pk,
            how="sign_in",
            contact_point_pk=None,
            person_pk=None,
            note="",
        ),
        "find_capacity": on(transitions.find_capacity, capacity="affiliate"),
        "finish_duty": on(transitions.finish_duty, world.duty.pk, words=""),
        "decide_appeal": on(
            transitions.decide_appeal, world.appeal.pk, outcome="dismissed", findings=["rules_kept"], words="規則通り"
        ),
        "answer_holding": on(transitions.answer_holding),
        "pass_on": on(transitions.pass_on),
        "notice_silence": on(transitions.notice_silence),
        "propose_reminder": on(transitions.propose_reminder),
        "point_out_last": on(transitions.point_out_last),
        "climb_appeal": on(transitions.climb_appeal, world.appeal.pk),
        "tell_of_posing": on(transitions.tell_of_posing),
        "redeem_kit": on(transitions.redeem_kit, number="K-1", typed="2222-2222-2222-2222"),
        "ask_to_vouch": on(transitions.ask_to_vouch),
        "answer_vouch": on(transitions.answer_vouch, world.vouch.pk, knows=True),
        "offer_reassignment": on(transitions.offer_reassignment),
        "open_dns_check": on(transitions.open_dns_check),
        "check_dns": on(transitions.check_dns),
        "take_list": on(transitions.take_list, lines=[], sha256=""),
        "match_line": on(transitions.match_line, world.line.pk, registration_number=""),
        "leave_out": on(transitions.leave_out, world.line.pk, words=""),
        "invite_people": on(transitions.invite_people),
        "confirm_lines": on(transitions.confirm_lines),
        "decline_lines": on(transitions.decline_lines),
        "drop_active": on(transitions.drop_active),
        "make_setting": on(
            transitions.make_setting,
            code="",
            before="",
            after="",
            reason="",
            remind_on=NOW.date(),
            contact_point_pk=None,
            number="",
            note="",
        ),
        "confirm_setting": on(transitions.confirm_setting, world.setting.pk),
        "reverse_setting": on(transitions.reverse_setting, world.setting.pk, reason=""),
        "remind_of_setting": on(transitions.remind_of_setting, world.setting.pk),
        "consider_for_audit": on(transitions.consider_for_audit),
        "read_sample": on(transitions.read_sample, world.sample.pk),
        "record_finding": on(transitions.record_finding, world.sample.pk, outcome="in_order", words=""),
        "compare_quarter": on(transitions.compare_quarter, 20263),
        "close_drift": on(transitions.close_drift, world.drift.pk, words="理由"),
        "take_call_number": on(transitions.take_call_number),
        "begin_phone_call": on(transitions.begin_phone_call, contact_point_pk=None),
        "enter_said_number": on(transitions.enter_said_number, world.call.pk, typed="0000-0000"),
        "end_phone_call": on(transitions.end_phone_call, world.call.pk, result="", note=""),
        "second_head_office": on(transitions.second_head_office),
        "supplement_head_office": on(transitions.supplement_head_office, supplement="", source=""),
        "note_failed_code": on(transitions.note_failed_code, world.failed.pk),
        "end_guessed_kit": on(transitions.end_guessed_kit, world.kit.pk),
        "pause_phone": on(transitions.pause_phone, world.claim.registration_id),
    }


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
ON_DRAFT |= {"begin_shipped_draft"}


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


def answer(world: World, action: str, who: str) -> str:
    """Call `action` as `who` and say what the table answered: "not allowed", "wrong state", or "let through"."""
    rule, thing = TABLE[action], thing_of(world, action)
    before = transaction.savepoint()
    try:
        calls(world)[action](world.people[who])
    except NotAllowed as error:
        return "not allowed" if str(error) == str(rule.why_not) else "let through"
    except WrongState as error:
        try:
            check_state(rule, thing)
        except WrongState as expected:
            return "wrong state" if str(error) == str(expected) else f"let through, then {error}"
        return "let through"
    except DomainError:
        return "let through"
    finally:
        transaction.savepoint_rollback(before)
    return "let through"


def test_table_has_not_changed_silently(world: World) -> None:
    found = {}
    for action, rule in TABLE.items():
        states = [str(state) for state in states_of(world, action)]
        found[action] = (
            {who for who, actor in world.people.items() if rule.who(actor, thing_of(world, action))},
            {state for state in states if state in rule.states},
        )
    assert found == {action: (set(who.split()), set(states.split())) for action, (who, states) in SNAPSHOT.items()}


def test_table_and_transitions_name_the_same_actions(world: World) -> None:
    assert set(transitions.__all__) == set(TABLE) == set(calls(world))


def test_everybody_calls_every_action_and_gets_the_tables_answer(world: World) -> None:
    got: dict[Any, str] = {}
    expected: dict[Any, str] = {}
    for action, (who_may, states) in SNAPSHOT.items():
        state = states.split()[-1] if states else usual(action)
        stand(world, action, state)
        for who in world.people:
            got[action, who] = answer(world, action, who)
            expected[action, who] = "let through" if who in who_may.split() else "not allowed"
        stand(world, action, usual(action))
    assert len(got) == len(TABLE) * 18
    assert got == expected


def test_every_action_in_every_state_gets_the_tables_answer(world: World) -> None:
    got: dict[Any, str] = {}
    expected: dict[Any, str] = {}
    for action, (who_may, states) in SNAPSHOT.items():
        wrong = next(who for who in ("auditor", "clock") if who not in who_may.split())
        for state in states_of(world, action):
            stand(world, action, state)
            right = who_may.split()[-1]
            got[action, state.value] = answer(world, action, right)
            expected[action, state.value] = "let through" if not states or state in states.split() else "wrong state"
            # Somebody who may not act learns nothing of the state.
            got[action, state.value, wrong] = answer(world, action, wrong)
            expected[action, state.value, wrong] = "not allowed"
        stand(world, action, usual(action))
    assert got == expected


def test_nobody_wrote_anything_where_the_table_said_no(world: World) -> None:
    stand(world, "propose", "executed")
    rows = (Claim.objects.values().get(), Evidence.objects.count(), Notice.objects.count())
    for action in set(TABLE) - {"open_claim", "end_cooling_off", "object_to", "enter_mailbox_code", "enter_code"}:
        for who in ("agent", "auditor", "taro", "claimant"):
            if who not in SNAPSHOT[action][0].split():
                with pytest.raises(NotAllowed):
                    calls(world)[action](world.people[who])
    assert rows == (Claim.objects.values().get(), Evidence.objects.count(), Notice.objects.count())
