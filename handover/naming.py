"""Names of registrations: the search text that follows them, old names kept. Plain functions without events."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Prefetch, prefetch_related_objects

from handover import indexing
from handover.folding import registration_text
from handover.models import BillReference, Registration, UnitAlias

BATCH = 500


def refold(registrations: Sequence[Registration]) -> None:
    """Write the search texts anew from what is held now, in three queries a batch, and tell who follows."""
    current = (
        Prefetch("bill_references", BillReference.objects.filter(until=None).order_by("pk"), to_attr="bills_now"),
        Prefetch("unit_aliases", UnitAlias.objects.filter(until=None).order_by("pk"), to_attr="aliases_now"),
    )
    for start in range(0, len(registrations), BATCH):
        batch = list(registrations[start : start + BATCH])
        for each in batch:
            # Read anew: what an earlier call left on the row may be old by now.
            for left in ("bills_now", "aliases_now"):
                each.__dict__.pop(left, None)
        prefetch_related_objects(batch, "organisation", *current)
        for each in batch:
            each.search_text = _text(each)
        Registration.objects.bulk_update(batch, ["search_text"])
        indexing.changed([each.pk for each in batch])


def _text(registration: Registration) -> str:
    bills: list[BillReference] = getattr(registration, "bills_now", [])
    aliases: list[UnitAlias] = getattr(registration, "aliases_now", [])
    return registration_text(
        number=registration.number,
        organisation=registration.organisation.legal_name,
        registered_name=registration.registered_name,
        registered_kana=registration.registered_kana,
        former_names=registration.former_names,
        unit=registration.unit,
        aliases=[alias.alias for alias in aliases],
        postal_code=registration.postal_code,
        address=registration.address,
        bill_references=[bill.reference for bill in bills],
    )


def call(registration: Registration, *, old: tuple[str, str], new: tuple[str, str]) -> None:
    """Give `registration` its new registered name; `old` and `new` are the holder's name and its reading.

    Where the registered name holds the holder's old name ("青葉商事株式会社 大阪支店"), only that part changes. The
    old one is kept among the former names, so that a search still finds it. The caller saves.
    """
    before = registration.registered_name
    inside = bool(old[0]) and old[0] in before
    registration.registered_name = before.replace(old[0], new[0]) if inside else new[0]
    kana = registration.registered_kana
    registration.registered_kana = kana.replace(old[1], new[1]) if inside and old[1] and old[1] in kana else new[1]
    if before != registration.registered_name and before not in registration.former_names:
        registration.former_names = [*registration.former_names, before]


def move_unit(registration: Registration, unit: str, *, at: datetime) -> None:
    """Give `registration` another using unit; the old one stays as a name in use. The caller saves and refolds."""
    old, registration.unit = registration.unit, unit
    if old:
        UnitAlias.objects.get_or_create(registration=registration, alias=old, until=None, defaults={"since": at})
