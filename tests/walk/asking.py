"""What the yearly question leaves: an open question, alerts, a letter that waits and one that has left."""

from datetime import timedelta
from typing import Any

from audit.record import System
from handover import transitions
from handover.models import Attestation, GapAlert, NoticeLetter, Registration
from tests.cast import Cast, actor
from tests.stock import NOW, registration

CLOCK = System("clock")


def ask_everything(cast: Cast, main: Registration) -> tuple[dict[str, list[Any]], dict[str, dict[str, Any]]]:
    """Ask the person in charge of `main`; let two letters go out for others. Return addresses and posts."""
    # Of 青葉商事, held by an administrator, so that nobody of the walk is asked about them.
    for number, unit in (("N-1", "倉庫"), ("N-2", "支店")):
        one = registration(cast.aoba, number, custodian=cast.hanako)
        one.unit = unit
        one.save()
        _question(one, overdue=30, reminded=3)
        transitions.post_attestation(organisation_pk=cast.aoba.pk, actor=CLOCK, at=NOW)
    waiting, gone = NoticeLetter.objects.order_by("pk")
    transitions.print_notices(letter_pks=[gone.pk], actor=actor(cast.operator), at=NOW)
    GapAlert.objects.create(
        kind=GapAlert.Kind.CUSTODIAN_ABSENT,
        organisation=cast.aoba,
        registration=main,
        opened_at=NOW,
        reasons=["mail_failed", "no_sign_in"],
    )
    _question(main, overdue=-10, reminded=1)
    return (
        {"handover:notice_returned": [gone.pk]},
        {
            "handover:attestation": {"registrations": main.pk, "answer": "still"},
            "handover:print_notices": {"letters": waiting.pk},
        },
    )


def _question(one: Registration, *, overdue: int, reminded: int) -> Attestation:
    held = one.custodies.get(to_at=None)
    assert held.user
    return Attestation.objects.create(
        registration=one,
        user=held.user,
        due_on=NOW.date() - timedelta(days=overdue),
        asked_at=NOW - timedelta(days=overdue + 40),
        reminded=reminded,
    )
