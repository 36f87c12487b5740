"""A claim at each stage of the provider's work, so that each of its paths has something to lead to.

Their registrations are in the provider's keeping: no custodian of the world who is busy elsewhere stops them.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Organisation
from handover.models import ContactPoint, Registration
from recovery import transitions
from recovery.clock import CLOCK
from recovery.models import Claim, Dispatch, Duty
from tests import claims
from tests.cast import Cast, actor
from tests.handover.paper_files import incoming
from tests.sheets import known_sheets
from tests.stock import NOW, START, registration

Arguments = dict[str, list[Any]]
Posts = dict[str, dict[str, Any]]
HELD = NOW - timedelta(days=60)
"""When the claims came in that are decided now."""


def lost(cast: Cast, number: str, *, home: Organisation | None = None) -> Registration:
    """Create a registration in the provider's keeping, with every kind of contact point on record.

    Of 青葉商事, or of `home`: no more than ten claims of one customer are in examination at once.
    """
    made = registration(home or cast.aoba, number, custodian=None)
    points = [("phone", "03-9876-5432", ""), ("post", "東京都千代田区千代田1-1", "1000001")]
    for kind, value, postal_code in points:
        ContactPoint.objects.create(
            registration=made,
            kind=kind,
            value=value,
            postal_code=postal_code,
            since=START.date(),
            health=ContactPoint.Health.GOOD,
            purposes=[ContactPoint.Purpose.PROCEDURE],
        )
    return made


def _point(claim: Claim, kind: str) -> ContactPoint:
    assert claim.registration
    return claims.point(claim.registration, kind)


def _collecting(cast: Cast) -> tuple[Claim, Posts, Arguments]:
    """Somebody's claim with a paper, a seal that waits for the second person, and letters printed and not printed."""
    claim = claims.accepted(cast, lost(cast, "C-1"), at=NOW - timedelta(days=1))
    seal = claims.prove(cast, claim, "O3", by=cast.colleague)
    paper = transitions.submit_paper(
        claim.pk, code="O3", paper=incoming(), token=uuid.uuid4(), actor=claims.PUBLIC, at=NOW
    )
    left = claim.dispatches.get(channel=Dispatch.Channel.LETTER)
    with known_sheets():
        transitions.print_letters([left.pk], actor=actor(cast.colleague), at=NOW)
    post = _point(claim, "post")
    # Not now: a code that was made a moment ago would refuse the walk's own, on a machine that is quick enough.
    before = NOW - timedelta(hours=1)
    transitions.order_letter(claim.pk, to=f"contact_point:{post.pk}", actor=actor(cast.colleague), at=before)
    sent = transitions.record_attempt(
        claim.pk, medium="post", contact_point_pk=None, result="sent", actor=actor(cast.colleague), at=NOW
    )
    assert sent.medium == "post"
    scanned = claim.dispatches.filter(channel=Dispatch.Channel.LETTER, printed_at=None, purpose="accepted").get()
    with known_sheets():
        transitions.print_letters([scanned.pk], actor=actor(cast.operator), at=NOW)
    names = ("open_record", "take_head_office", "record_evidence", "order_letter", "order_mail_code", "record_attempt")
    names = (*names, "gather")
    own, posts = _limits(cast, claim)
    posts["scan_returns"] = {"number": scanned.letter_number}
    return (
        claim,
        posts,
        {
            **own,
            **{name: [claim.number] for name in (*names, "refuse")},
            **{name: [claim.number, seal.pk] for name in ("take_back", "second")},
            "submission": [claim.number, paper.pk],
            **{name: [left.pk] for name in ("record_delivery", "record_return")},
        },
    )


def _limits(cast: Cast, waits: Claim) -> tuple[Arguments, Posts]:
    """`waits` for a call and for a second look at its head office; another claim has a call under way."""
    called = claims.accepted(cast, lost(cast, "C-12", home=cast.wakaba), at=NOW - timedelta(days=23))
    phone = _point(called, "phone").pk
    call = transitions.begin_phone_call(called.pk, contact_point_pk=phone, actor=actor(cast.operator), at=NOW)
    given = {"source": "registry", "postal_code": "1000002", "address": "東京都千代田区皇居外苑1-1"}
    transitions.take_head_office(waits.pk, **given, actor=actor(cast.colleague), at=NOW)
    own: Arguments = {
        **{name: [called.number, call.pk] for name in ("phone_call", "end_phone_call")},
        **{name: [waits.number] for name in ("begin_phone_call", "second_head_office", "supplement_head_office")},
    }
    return own, {
        "begin_phone_call": {"contact_point": _point(waits, "phone").pk},
        "phone_call": {"number": "0000-0000"},
        "end_phone_call": {"result": "unknown", "note": "心当たりがないとのこと"},
        "supplement_head_office": {"source": "registry", "supplement": "青葉ビル3階"},
    }


def _objected(cast: Cast, number: str, at: datetime, *, reviewed: bool) -> list[Any]:
    claim = claims.accepted(cast, lost(cast, number, home=cast.wakaba), at=at)
    letter = claim.dispatches.get(channel=Dispatch.Channel.LETTER)
    typed = claims.objection_sent(letter)
    transitions.object_to(typed=typed, words="心当たりがありません", actor=claims.PUBLIC, at=at)
    objection = claim.objections.get()
    if reviewed:
        transitions.review_objection(
            objection.pk, recommendation="dismissed", actor=actor(cast.operator), at=at + timedelta(hours=1)
        )
    return [claim.number, objection.pk]


def _last_of_two(cast: Cast) -> Claim:
    contested, at = lost(cast, "C-9", home=cast.wakaba), NOW - timedelta(days=4)
    claim = claims.accepted(cast, contested, at=at)
    other = claims.linked(cast, contested, at=at + timedelta(days=1))
    transitions.withdraw(other.pk, actor=claims.PUBLIC, at=at + timedelta(days=1))
    return claim


def _refused(cast: Cast, at: datetime, *, appealed: bool) -> Claim:
    claim = claims.received(at=at, sender="walk")
    transitions.refuse(claim.pk, reason="not_confirmed", words="足りない", actor=actor(cast.approver), at=at)
    if appealed:
        transitions.appeal(claim.pk, words="もう一度", actor=claims.PUBLIC, at=at)
    return claim


def _overdue() -> Duty:
    """A claim that was not decided in time, passed to the seniors."""
    claim = claims.received(at=NOW - timedelta(days=70), sender="walk")
    transitions.pass_on(claim.pk, actor=CLOCK, at=NOW)
    return claim.duties.get()


def provider_cases(cast: Cast) -> tuple[Arguments, Posts]:
    """Make the claims; return the arguments of the provider's paths and what is posted to them."""
    found, limited, own = _collecting(cast)
    asked = claims.received(at=NOW - timedelta(days=7))
    matched = claims.linked(cast, lost(cast, "C-2"), at=NOW - timedelta(days=8))
    proven = claims.proven(cast, lost(cast, "C-3"), at=HELD)
    # Whose account is open has an address of their own: it could not be invited again.
    came = HELD - timedelta(days=4)
    said = claims.received(at=came, statement={"mail": "ready@new.example"})
    ready = claims.ready(cast, lost(cast, "C-5"), at=came, claim=said)
    notified = claims.notified(cast, lost(cast, "C-4"), at=HELD - timedelta(days=1))
    approved = claims.approved(cast, lost(cast, "C-6"), at=HELD - timedelta(days=2))
    own |= {
        **{name: [asked.number] for name in ("candidates", "link")},
        "accept": [matched.number],
        "propose": [proven.number],
        **{name: [notified.number] for name in ("decide", "send_back")},
        "invite_claimant": [approved.number],
        "execute": [ready.number],
        "resume": [_last_of_two(cast).number],
        "review_objection": _objected(cast, "C-7", NOW - timedelta(days=5), reviewed=False),
        "decide_objection": _objected(cast, "C-8", NOW - timedelta(days=6), reviewed=True),
    }
    own |= {
        "take_appeal": [_refused(cast, NOW - timedelta(days=9), appealed=False).number],
        "decide_appeal": [_refused(cast, NOW - timedelta(days=10), appealed=True).number],
        **{name: [found.number] for name in ("remind", "find_capacity")},
        "set_route": [found.number],
        "identify_objector": own["review_objection"],
        "finish_duty": [_overdue().pk],
    }
    objected = ContactPoint.objects.get(registration__number="C-7", kind="phone")
    waiting = Dispatch.objects.to_print().get(claim=found, purpose=Dispatch.Purpose.CODE)
    mail, post = (_point(found, kind) for kind in ("mail", "post"))
    posts: Posts = {
        "link": {"registration_number": lost(cast, "C-10").number},
        "take_head_office": {"source": "registry", "postal_code": "1000002", "address": "東京都千代田区皇居外苑1-1"},
        "record_evidence": {"code": "P1", "note": "書類番号 1"},
        "gather": {"do": "P1", "P1-code": "P1", "token": str(uuid.uuid4())},
        "order_letter": {"to": f"contact_point:{post.pk}"},
        "order_mail_code": {"contact_point": mail.pk},
        "record_attempt": {"medium": "phone", "result": "no_answer"},
        "refuse": {"reason": "not_confirmed", "words": "足りない"},
        "propose": {"reason": "そろいました"},
        "decide": {"reason": "よい", "signed_hash": notified.proposal_hash},
        "send_back": {"reason": "もう一度"},
        "execute": {"signed_hash": ready.proposal_hash},
        "resume": {"reason": "もう一件は取り下げ"},
        "review_objection": {"recommendation": "dismissed"},
        "decide_objection": {"outcome": "dismissed", "reason": "確認済み"},
        "print_letters": {"letters": waiting.pk},
        "print_day": {"letters": f"claim:{waiting.pk}"},
        "take_appeal": {"words": "もう一度", "token": str(uuid.uuid4())},
        "decide_appeal": {"outcome": "dismissed", "findings": ["rules_kept"], "words": "規則どおりです"},
        "remind": {"medium": "phone", "note": "伝言を残した", "token": str(uuid.uuid4())},
        "find_capacity": {"capacity": "affiliate"},
        "set_route": {"route": "association", "reason": "規約に会長とある"},
        "identify_objector": {"how": "callback", "contact_point": objected.pk, "note": "総務の方"},
        "finish_duty": {"words": "済み"},
        **limited,
        "record_delivery": {"delivered_on": NOW.date().isoformat()},
    }

    def full(given: dict[str, Any]) -> dict[str, Any]:
        return {f"recovery:{name}": value for name, value in given.items()}

    return full(own), full(posts)
