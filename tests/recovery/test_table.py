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
from handover.models import Restriction
from outbox import cipher
from outbox.models import Notice
from recovery import transitions
from recovery.models import Appeal, Claim, Dispatch, Duty, Ending, Evidence, Objection, Submission
from recovery.rules import TABLE
from tests import claims
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
    appeal: Appeal
    duty: Duty
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
    return World(claim, Objection.objects.get(), evidence, submission, letter, appeal, duty, people)


_numbers = count()


def calls(world: World) -> dict[str, Callable[[Any], object]]:
    """Return how each action of the table is called on the world's claim."""
    pk, number = world.claim.pk, next(_numbers)
    proof = {
        "source": "registry",
        "endpoint": "",
        "contact_point_pk": None,
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
    }


ON_OBJECTION = {"review_objection", "decide_objection", "lapse_objection", "identify_objector"}
ON_APPEAL = {"decide_appeal", "climb_appeal"}


def thing_of(world: World, action: str) -> Any:
    """Return what `action` is about, as its transition reads it."""
    if action in ON_APPEAL:
        return world.appeal
    if action == "finish_duty":
        return world.duty
    return world.objection if action in ON_OBJECTION else world.claim


def states_of(action: str) -> Any:
    """Return the states that what `action` is about can have."""
    if action in ON_APPEAL:
        return Appeal.Status
    return Objection.Status if action in ON_OBJECTION else Claim.Status


def back(action: str) -> str:
    """Return the state that everything is in between the calls."""
    return "open" if action in ON_OBJECTION | ON_APPEAL else "collecting"


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
    if isinstance(thing, Appeal):
        someone = None if state == "open" else world.people["editor"].user
        sealed = None if state == "open" else cipher.encrypt("x")
        changes |= {"decided_by": someone, "decided_at": AT if someone else None, "sealed_reasons": sealed}
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
        states = [str(state) for state in states_of(action)]
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
        state = states.split()[-1] if states else "collecting"
        stand(world, action, state)
        for who in world.people:
            got[action, who] = answer(world, action, who)
            expected[action, who] = "let through" if who in who_may.split() else "not allowed"
        stand(world, action, back(action))
    assert len(got) == len(TABLE) * 18
    assert got == expected


def test_every_action_in_every_state_gets_the_tables_answer(world: World) -> None:
    got: dict[Any, str] = {}
    expected: dict[Any, str] = {}
    for action, (who_may, states) in SNAPSHOT.items():
        wrong = next(who for who in ("auditor", "clock") if who not in who_may.split())
        for state in states_of(action):
            stand(world, action, state)
            right = who_may.split()[-1]
            got[action, state.value] = answer(world, action, right)
            expected[action, state.value] = "let through" if not states or state in states.split() else "wrong state"
            # Somebody who may not act learns nothing of the state.
            got[action, state.value, wrong] = answer(world, action, wrong)
            expected[action, state.value, wrong] = "not allowed"
        stand(world, action, back(action))
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
