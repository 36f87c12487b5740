"""How each action is called directly."""

import uuid
from collections.abc import Callable
from itertools import count
from typing import Any

from recovery import transitions
from tests import claims
from tests.handover.paper_files import incoming
from tests.recovery.table.world import AT, World
from tests.stock import NOW

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
        "hand_in": lambda who: transitions.hand_in(pk, act="withdraw", actor=who, at=AT),
        "turn_down": on(transitions.turn_down, world.request.pk),
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
        "print_day": lambda who: transitions.print_day(chosen={"claim": [0]}, actor=who, at=AT),
        "print_letters": on(transitions.print_letters, [0]),
        "record_delivery": on(transitions.record_delivery, world.letter.pk, delivered_at=AT),
        "record_return": on(transitions.record_return, world.letter.pk),
        "record_attempt": on(transitions.record_attempt, medium="mail", contact_point_pk=None, result="sent"),
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
        "add_script": on(transitions.add_script, world.draft.pk, entry={"code": "x"}, seen_hash=""),
        "discard_draft": on(transitions.discard_draft, world.draft.pk),
        "begin_replay": on(transitions.begin_replay, world.draft.pk),
        "finish_replay": on(transitions.finish_replay, world.replay.pk),
        "propose_publication": on(transitions.propose_publication, world.draft.pk, seen_hash="", reason=""),
        "publish": on(transitions.publish, world.draft.pk, signed_hash="", reason=""),
        "reopen_by_rule": on(transitions.reopen_by_rule),
        "appeal": on(transitions.appeal, words=""),
        "reopen": on(transitions.reopen),
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
