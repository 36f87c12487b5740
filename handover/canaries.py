"""Canary registrations: whoever touches one is noticed. Plain functions, inside the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from accounts import tallies
from accounts.models import User
from accounts.prepared import Prepared
from audit import queries as audit
from audit.models import Event
from handover.models import Canary, CanaryTouch, Certificate, RecoveryKit

A_DAY = timedelta(days=1)
CHECKED, TRIED, IMPORTED = "certificate.checked", "kit.tried", "import.differs"
CLOCK = "system:clock"


def touched(registrations: Iterable[int], what: str, *, by: User | None, at: datetime) -> list[CanaryTouch]:
    """Note that `by` touched those of `registrations` (keys) that are canaries, and raise the alarm at once.

    One statement where none is. The alarm is of the room to the right of this one, see `LOOKS_AFTER_CANARIES`.
    """
    keys = list(registrations)
    if len(keys) == 1 and not _WATCHED.rows(registration=keys[0]):
        return []
    found = Canary.objects.watched().filter(registration__in=keys).select_related("registration__organisation")
    return [_note(canary, what, by=by, at=at) for canary in found]


# Every look at a registration asks this.
_WATCHED = Prepared(
    lambda registration: Canary.objects.watched().filter(registration=registration).values_list("pk"), registration=int
)


def touched_by_import(numbers: Iterable[str], *, at: datetime) -> list[CanaryTouch]:
    """Note that a list to import differs from what is held, or leaves out, those of `numbers` that are canaries."""
    found = Canary.objects.watched().filter(registration__number__in=list(numbers))
    return touched(list(found.values_list("registration", flat=True)), IMPORTED, by=None, at=at)


def _note(canary: Canary, what: str, *, by: User | None, at: datetime, times: int = 1) -> CanaryTouch:
    made = CanaryTouch.objects.create(canary=canary, what=what, by=by, at=at, times=times)
    import_string(settings.LOOKS_AFTER_CANARIES)(by=by, organisation=canary.registration.organisation, at=at)
    return made


# What strangers do: everybody's act is counted alike, and the worker looks at the counts. ---------------------------


def certificate_key(certificate: Certificate | None) -> str:
    """Return under which key a check of `certificate` is counted; unknown ones are counted as well."""
    return f"certificate:{certificate.serial if certificate else 'unknown'}"


def count_check(certificate: Certificate | None, *, at: datetime) -> None:
    """Count that somebody checked a certificate, of a canary or not, known or not: the same statements for all."""
    with transaction.atomic():
        tallies.mark(certificate_key(certificate), period=A_DAY, at=at)


def heard(canary: Canary, at: datetime) -> list[CanaryTouch]:
    """Note what strangers did to `canary` today and was not noted yet: certificates checked, kits tried."""
    serials = Certificate.objects.filter(registration=canary.registration_id)
    kits = RecoveryKit.objects.filter(custody__registration=canary.registration_id)
    keys = [(CHECKED, certificate_key(one)) for one in serials.only("serial")]
    keys += [(TRIED, f"kit:number:{number}") for number in kits.values_list("number", flat=True)]
    counts: dict[str, int] = {}
    for what, key in keys:
        counts[what] = counts.get(what, 0) + tallies.counted(key, period=A_DAY, at=at)
    found = []
    for what, count in counts.items():
        known = sum(_of_today(canary, what, at).values_list("times", flat=True))
        if count > known:
            found.append(_note(canary, what, by=None, at=at, times=count - known))
    return found


def _of_today(canary: Canary, what: str, at: datetime) -> QuerySet[CanaryTouch]:
    return CanaryTouch.objects.filter(canary=canary, what=what, at__gt=at - A_DAY, at__lte=at)


# What the log tells ------------------------------------------------------------------------------------------------


def read_log(canary: Canary, at: datetime) -> list[CanaryTouch]:
    """Note every act about `canary` that the log has since it was read last: by whatever path somebody came.

    What raised its alarm in its own transaction is not noted again; the clock's own acts are nobody's.
    """
    events = list(audit.about_after(canary.registration.label, canary.read_to))
    known = set(
        CanaryTouch.objects.filter(canary=canary, at__in=[one.at for one in events]).values_list("at", flat=True)
    )
    found = []
    for one in events:
        if one.at not in known and one.actor != CLOCK:
            found.append(_note(canary, one.verb, by=_person(one), at=one.at))
    if events:
        canary.read_to = events[-1].sequence
        canary.save(update_fields=["read_to"])
    return found


def _person(one: Event) -> User | None:
    kind, _colon, key = one.actor.partition(":")
    return User.objects.filter(pk=int(key)).first() if kind == "user" and key.isdigit() else None
