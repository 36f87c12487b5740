"""How a scene is played once: every act has its own instant in the past, and the log tells whether it happened."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.actors import Actor, find_actor
from accounts.models import Organisation, User
from audit.models import Event
from audit.record import System
from config.demo.people import EVERYBODY
from desk.models import Inquiry
from handover.models import Certificate, ChangeRequest, Document, Handover, Registration

SYSTEM = System("demo")
STEP = timedelta(minutes=10)
"""Between two acts. Steps that belong to one act lie a few minutes before it."""


class ForeignData(Exception):
    """The database holds something that the demo did not bring."""


def find_beginning() -> datetime | None:
    """Return when the demo in this database began, None when the database is empty. Raises `ForeignData`.

    The first event of the log decides: what people did afterwards in the demo is theirs to do.
    """
    first = Event.objects.order_by("sequence").first()
    if first is not None and first.actor == SYSTEM.label:
        return first.at
    if first is not None or User.objects.exists() or Organisation.objects.exists() or Registration.objects.exists():
        raise ForeignData
    return None


class Story:
    """Plays acts at instants counted back from `today`, skipping those that the log already has.

    Every transition is one transaction with its event, so an event at an act's instant means that the act is whole:
    a run that was interrupted is finished by the next one, and a finished one changes nothing.
    """

    def __init__(self, today: date) -> None:
        self.today = today
        self.at = self.moment(0, 0)
        self.notable: dict[str, dict[str, str]] = {}
        self._plans: list[tuple[datetime, Callable[[], None]]] = []

    def moment(self, days_ago: int, hour: int) -> datetime:
        """Return that hour of that day, in the time zone of the provider."""
        return timezone.make_aware(datetime.combine(self.today - timedelta(days=days_ago), time(hour)))

    def goes_to(self, days_ago: int, hour: int = 9) -> None:
        """The next act is on that day, after that hour, in the time zone of the provider."""
        self.at = self.moment(days_ago, hour)

    def once(self, act: Callable[[datetime], object]) -> str:
        """Let `act` happen at the next instant unless it has; returns the label of what it happened to.

        What was planned for an earlier instant happens first, so that the log is in the order of time.
        """
        self.at += STEP
        self._catch_up(self.at)
        return self.once_at(self.at, act)

    def once_at(self, at: datetime, act: Callable[[datetime], object]) -> str:
        """The same at a given instant."""
        label = _happened(at)
        if label is None:
            act(at)
            label = _happened(at)
        if label is None:
            raise RuntimeError("an act of the demo wrote no event at its own instant")
        return label

    def plan(self, at: datetime, act: Callable[[], None]) -> None:
        """Let `act` be done between the acts of the scenes, when its instant comes."""
        self._plans.append((at, act))

    def finish(self) -> None:
        """Do what is planned for after the last scene."""
        self._catch_up(None)

    def _catch_up(self, before: datetime | None) -> None:
        due = sorted((plan for plan in self._plans if before is None or plan[0] < before), key=lambda plan: plan[0])
        self._plans = [plan for plan in self._plans if before is not None and plan[0] >= before]
        for _at, act in due:
            act()

    def note(self, kind: str, **labels: str) -> None:
        """Remember the labels of things that a newcomer or a script will want to find."""
        self.notable.setdefault(kind, {}).update(labels)


def _happened(at: datetime) -> str | None:
    rows = Event.objects.filter(at=at).order_by("sequence")
    return rows.values_list("subject", flat=True).first()


def user(key: str) -> User:
    """Return the account of a demo person, whether or not it is still in use: the first one with that address."""
    return User.objects.filter(email=EVERYBODY[key].address).order_by("pk")[0]


def actor(key: str) -> Actor:
    """Return a demo person as somebody who acts."""
    found = find_actor(user(key))
    if found is None:
        raise RuntimeError(f"{key} has left")
    return found


def registration(number: str) -> Registration:
    """Return a registration by its number."""
    return Registration.objects.select_related("product", "organisation").get(number=number)


def handover(label: str) -> Handover:
    """Return the handover an event happened to."""
    return Handover.objects.get(number=label.removeprefix("handover:"))


def change(label: str) -> ChangeRequest:
    """Return the request of change an event happened to."""
    return ChangeRequest.objects.get(number=label.removeprefix("change:"))


def inquiry(number: str) -> Inquiry:
    """Return an inquiry by its receipt number."""
    return Inquiry.objects.get(receipt_number=number)


def certificate(label: str) -> Certificate:
    """Return the certificate an event happened to."""
    return Certificate.objects.get(serial=label.removeprefix("certificate:"))


def document(label: str) -> Document:
    """Return the paper an event happened to."""
    return Document.objects.get(pk=int(label.removeprefix("document:")))
