"""The second code beside a recovery kit: to one channel of record, sent by the system. Inside a transition."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts import codes
from accounts.errors import Refused
from accounts.models import OneTimeCode
from audit.models import Event
from handover.models import ContactPoint
from recovery import dispatching, endpoints
from recovery.models import Claim, Dispatch
from recovery.queries import gathering, weighing


def channel(claim: Claim, at: datetime) -> ContactPoint | None:
    """Return where the code goes: mail of record, a letter if no mail is healthy and long enough on record."""
    if claim.registration is None:
        return None
    record = gathering.record_of(claim.registration)
    return weighing.reachable(record, dispatching.rules_of(claim), timezone.localdate(at))


def send(claim: Claim, point: ContactPoint, *, event: Event, at: datetime) -> Dispatch | None:
    """Send the code to `point`; None where one left a moment ago, which is as good."""
    rules = dispatching.rules_of(claim)
    is_mail = point.kind == ContactPoint.Kind.MAIL
    try:
        code, plain = codes.issue(
            purpose=OneTimeCode.Purpose.MAIL if is_mail else OneTimeCode.Purpose.LETTER,
            subject=claim.label,
            step=endpoints.version_of(point),
            life=timedelta(hours=rules.codes.mail_hours) if is_mail else timedelta(days=rules.letters.valid_days),
            max_tries=rules.letters.tries,
            at=at,
        )
    except Refused:
        return None
    recipient = dispatching.recipient_of(point)
    _code, objection = dispatching.objection_code(claim, Dispatch.Purpose.CODE, recipient, at=at)
    return dispatching.send(
        claim,
        Dispatch.Purpose.CODE,
        recipient,
        event=event,
        at=at,
        code=code,
        objection=objection,
        secret=plain,
        gives="C3" if is_mail else "C1",
    )
