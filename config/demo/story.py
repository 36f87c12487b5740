"""How a scene is played once: every act has its own instant in the past, and the log tells whether it happened."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.actors import Actor, find_actor
from accounts.models import Organisation, User
from audit.models import Event
from audit.record import System
from config.demo.people import EVERYBODY
from handover.models import Certificate, Document, Handover, Registration

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
        self.at = self._moment(0, 0)
        self.notable: dict[str, dict[str, str]] = {}

    def _moment(self, days_ago: int, hour: int) -> datetime:
        return timezone.make_aware(datetime.combine(self.today - timedelta(days=days_ago), time(hour)))

    def goes_to(self, days_ago: int, hour: int = 9) -> None:
        """The next act is on that day, after that hour, in the time zone of the provider."""
        self.at = self._moment(days_ago, hour)

    def once(self, act: Callable[[datetime], object]) -> str:
        """Let `act` happen at the next instant unless it has; returns the label of what it happened to."""
        self.at += STEP
        label = self._happened()
        if label is None:
            act(self.at)
            label = self._happened()
        if label is None:
            raise RuntimeError("an act of the demo wrote no event at its own instant")
        return label

    def note(self, kind: str, **labels: str) -> None:
        """Remember the labels of things that a newcomer or a script will want to find."""
        self.notable.setdefault(kind, {}).update(labels)

    def _happened(self) -> str | None:
        rows = Event.objects.filter(at=self.at).order_by("sequence")
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


def certificate(label: str) -> Certificate:
    """Return the certificate an event happened to."""
    return Certificate.objects.get(serial=label.removeprefix("certificate:"))


def document(label: str) -> Document:
    """Return the paper an event happened to."""
    return Document.objects.get(pk=int(label.removeprefix("document:")))
