"""Reads of holds and erasures."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, F, Q, QuerySet, Subquery, Value, When

from accounts.actors import Actor
from handover.models import (
    Blob,
    CaseAccess,
    Document,
    DocumentVersion,
    Erasure,
    LegalHold,
    Registration,
    Restriction,
)
from handover.models.erasures import CASES
from handover.queries import register
from handover.rules.erasures import is_senior


@dataclass(frozen=True)
class Hold:
    """A hold as a page shows it; `words` only for the side that placed it."""

    pk: int
    reason: str
    by_provider: bool
    words: str
    placed_at: datetime


def holds_of(registration: Registration, actor: Actor) -> list[Hold]:
    """Return what holds the papers of `registration` fast, as `actor` may read it."""
    rows = LegalHold.objects.standing().filter(registration=registration).order_by("pk")
    return [
        Hold(
            row.pk,
            str(row.get_reason_display()),
            bool(row.case),
            row.words if bool(row.case) != actor.is_customer else "",
            row.placed_at,
        )
        for row in rows
    ]


def find_for_hold(actor: Actor, number: str, at: datetime) -> Registration | None:
    """Return the registration called `number` whose papers `actor` may hold fast or let go.

    A senior finds what an open case of the provider is about, and what the provider holds; nothing of it is shown.
    """
    if actor.is_customer:
        return register.find_visible(actor, number, at)
    if not is_senior(actor):
        return None
    marks = Restriction.objects.in_force(at).filter(kind__in=CASES)
    looks, holds = CaseAccess.objects.in_force(at), LegalHold.objects.standing().exclude(case="")
    found = Q(pk__in=Subquery(marks.values("registration"))) | Q(pk__in=Subquery(looks.values("registration")))
    rows = Registration.objects.filter(found | Q(pk__in=Subquery(holds.values("registration"))), number=number)
    return rows.first()


def own_hold(registration: Registration, actor: Actor) -> LegalHold | None:
    """Return the standing hold of the side of `actor`."""
    rows = LegalHold.objects.standing().filter(registration=registration).select_related("registration")
    return (rows.filter(case="") if actor.is_customer else rows.exclude(case="")).order_by("pk").first()


def find_hold(registration: Registration, pk: int) -> LegalHold | None:
    """Return hold `pk` when it is one on `registration`, which the reader may see."""
    return LegalHold.objects.filter(pk=pk, registration=registration).select_related("registration").first()


def find_erasure(actor: Actor, pk: int) -> Erasure | None:
    """Return erasure `pk` as `actor` may see it."""
    rows = Erasure.objects.visible_to(actor).filter(pk=pk)
    return rows.select_related("document__registration", "organisation", "proposed_by", "decided_by").first()


def erasures_of(actor: Actor, *, only_open: bool) -> QuerySet[Erasure]:
    """Return what `actor` may see, the newest first.

    `shown_title` on each: the name of the paper for administrators while the registration is their organisation's,
    else "".
    """
    rows = Erasure.objects.visible_to(actor).select_related("document__registration", "organisation", "proposed_by")
    unnamed = Value("", output_field=CharField())
    standing = Q(document__registration__organisation=F("organisation"), document__erased_at=None)
    own = When(standing, then=F("document__title"))
    rows = rows.annotate(shown_title=Case(own, default=unnamed) if actor.is_administrator else unnamed)
    return (rows.open() if only_open else rows).order_by("-proposed_at", "-pk")


def open_of(document: Document) -> Erasure | None:
    """Return the proposal to erase `document` that waits for the second person."""
    return Erasure.objects.open().filter(document=document).first()


def gone_with(erasure: Erasure) -> list[DocumentVersion]:
    """Return the versions that went, or that would go: with their hashes."""
    if erasure.is_open:
        rows = DocumentVersion.objects.filter(document=erasure.document_id, blob__erased_at=None)
        if erasure.number is not None:
            rows = rows.filter(number=erasure.number)
    else:
        rows = DocumentVersion.objects.filter(erasure=erasure)
    return list(rows.select_related("blob").order_by("number"))


def erasable(document: Document) -> list[DocumentVersion]:
    """Return the versions of `document` whose bytes are still there, the newest first."""
    rows = DocumentVersion.objects.filter(document=document, blob__erased_at=None).select_related("blob")
    return list(rows.order_by("-number"))


def erased_by(blob: Blob) -> Erasure | None:
    """Return the erasure that took `blob`."""
    return Erasure.objects.filter(versions__blob=blob).first()
