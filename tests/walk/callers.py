"""A bill that somebody asked about, for each of the two customers."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import OrganisationKind, Role
from desk import transitions
from desk.models import Affiliate, Consent, Statement
from handover.models import BilledAmount, BillReference, Registration
from tests.cast import Cast, actor, organisation, somebody
from tests.desk.billed import asked, bill_of
from tests.desk.test_consents import WORDS
from tests.stock import NOW
from tests.walk.cases import Arguments, Posts

TOKEN = "8d7b3c8e-2f0b-4a4b-9a0e-3b1d6f0c7a11"


@dataclass(frozen=True)
class Callers:
    """What own and foreign paths lead to, and what is posted there."""

    own: Arguments
    foreign: Arguments
    posts: Posts


def paths(cast: Cast, number: str, foreign: str, inquiry: str) -> Callers:
    """Return the arguments for a registration of each customer and an open inquiry, by their numbers."""
    own = {"desk:answer_bill": [_asked(number)], "desk:bill_in_call": [inquiry]}
    theirs = {"desk:answer_bill": [_asked(foreign)]}
    other, waiting = _passed_on(cast)
    own |= {"desk:end_affiliate": [other.pk], "desk:refer": [inquiry], "desk:take_in": [waiting]}
    own |= {"desk:give_back": [waiting]}
    own |= {"desk:write_use_guide": ["all", "fault"], "desk:answer_use": [waiting], "desk:ask_consent": [inquiry]}
    own |= {"desk:answer_consent": [_linked(cast, number)], "desk:link_consent": [_consent(cast).pk]}
    theirs |= {"desk:answer_consent": [_linked(cast, foreign)]}
    posts: dict[str, dict[str, Any]] = {
        "desk:bill": {"reference": "B-1", "month": "2026-10", "amount": "1"},
        "desk:bill_status": {"receipt_number": "C-0000-000-000", "tracking": "ABCDE-FGHJK"},
        "desk:answer_bill": {"answer": "ours", "words": "", "token": TOKEN},
        "desk:bill_in_call": {"reference": "B-1", "month": "2026-10", "amount": "1"},
        "desk:affiliates": {"organisation": cast.desk.pk, "phone": "0120-1", "hours": "平日", "token": TOKEN},
        "desk:refer": {"affiliate": other.pk, "reason": "expert", "token": TOKEN},
        "desk:write_use_guide": {"identity": "unit", "script_ja": "部署を", "script_en": "Unit"},
        "desk:consent": {"receipt_number": "C-0000-000-000", "tracking": "ABCDE-FGHJK"},
        "desk:ask_consent": {**WORDS, "token": TOKEN},
        "desk:link_consent": {"registration_number": number},
        "desk:answer_consent": {"answer": "yes"},
        "desk:give_back": {"reason": "not_ours", "token": TOKEN},
    }
    return Callers(own, theirs, posts)


def _passed_on(cast: Cast) -> tuple[Affiliate, str]:
    """Return another desk on the list, and the number of an inquiry that it passed on to the agents here."""
    home = organisation(OrganisationKind.AGENCY, "ひばり受付", "ヒバリウケツケ")
    kaede = somebody(home, "柏木 楓", "カシワギ カエデ", "kaede@other.example", Role.AGENT)
    other, own = (
        transitions.record_affiliate(
            organisation_pk=one.pk, phone="0120-1", hours="平日", actor=actor(cast.operator), at=NOW
        )
        for one in (home, cast.desk)
    )
    inquiry, _tracking = transitions.open_inquiry(
        topic="use",
        statement=Statement(name="相田 透", own_phone="03-1111-2222"),
        capacity="unknown",
        answer_by="phone",
        language="ja",
        actor=actor(kaede),
        at=NOW,
    )
    transitions.refer_inquiry(inquiry.pk, affiliate_pk=own.pk, reason="expert", actor=actor(kaede), at=NOW)
    return other, inquiry.receipt_number


def _consent(cast: Cast) -> Consent:
    """Let a contractor ask for a consent in a call."""
    inquiry, _tracking = transitions.open_inquiry(
        topic="use",
        statement=Statement(name="工藤", own_phone="03-1111-2222"),
        capacity="contractor",
        answer_by="phone",
        language="ja",
        actor=actor(cast.agent),
        at=NOW,
    )
    return transitions.ask_consent(inquiry.pk, **WORDS, actor=actor(cast.agent), at=NOW)


def _linked(cast: Cast, number: str) -> int:
    """Return the key of a consent that waits for the customer of the registration called `number`."""
    made = _consent(cast)
    at = timezone.now()
    return transitions.link_consent(made.pk, registration_number=number, actor=actor(cast.operator), at=at).pk


def _asked(number: str) -> str:
    """Return the receipt number of a question about the bill of the registration called `number`."""
    held = Registration.objects.get(number=number)
    bill = BillReference.objects.filter(registration=held, until=None).first()
    billed = BilledAmount.objects.filter(bill=bill).first() if bill else None
    relay, _tracking = asked(billed or bill_of(held))
    return relay.inquiry.receipt_number
