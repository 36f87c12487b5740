"""What was noticed."""

from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from accounts.errors import Words
from desk.models import Alarm
from desk.rules import answers_for_alarm


@dataclass(frozen=True)
class AlarmLine:
    """One open alarm as its reader sees it. `can_close`: it is not about the reader."""

    pk: int
    what: Words
    about: str
    opened_at: datetime
    can_close: bool


def alarms(actor: Actor) -> list[AlarmLine]:
    """Return the open alarms that are the actor's to see, the oldest first."""
    rows = Alarm.objects.visible_to(actor).open().select_related("about", "organisation").order_by("opened_at", "pk")
    return [
        AlarmLine(
            pk=row.pk,
            what=Alarm.Kind(row.kind).label,
            about=row.about.display_name if row.about else row.organisation.legal_name if row.organisation else "",
            opened_at=row.opened_at,
            can_close=answers_for_alarm(actor, row),
        )
        for row in rows
    ]


def find_alarm(actor: Actor, pk: int) -> Alarm | None:
    """Return an alarm that the actor may see."""
    return Alarm.objects.visible_to(actor).select_related("about", "organisation").filter(pk=pk).first()
