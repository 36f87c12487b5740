"""Rows that tests about registrations begin with."""

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from accounts.models import Organisation, User
from audit import record
from handover import custody, indexing, transitions
from handover.models import ContactPoint, Custody, Document, Handover, HandoverItem, Product, Registration
from handover.transitions.receiving import STATEMENTS
from tests.cast import Cast, actor

START = datetime(2026, 6, 1, 0, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # 10:00 in Japan
TODAY = date(2026, 11, 20)
ALL_YES = dict.fromkeys(STATEMENTS, "yes")


def registration(
    organisation: Organisation, number: str, *, custodian: User | None, at: datetime = START
) -> Registration:
    """Create one registration held by `custodian`, or in the provider's keeping with its gap alert."""
    made = Registration.objects.create(
        number=number,
        organisation=organisation,
        registered_name=organisation.legal_name,
        registered_kana=organisation.kana,
        unit="本社",
        postal_code="1000001",
        address="東京都千代田区千代田1-1",
        registered_at=at,
    )
    basis = Custody.Basis.REGISTERED if custodian else Custody.Basis.CARETAKER
    custody.begin(made, custodian, basis=basis, at=at)
    custody.mind_gap(made, has_custodian=custodian is not None, at=at)
    ContactPoint.objects.create(
        registration=made,
        kind=ContactPoint.Kind.MAIL,
        value=f"{number.lower()}@record.example",
        since=at.date(),
        health=ContactPoint.Health.GOOD,
        purposes=[ContactPoint.Purpose.PROCEDURE],
    )
    indexing.changed([made.pk])
    return made


def tell_first(held: Registration, *, of_old: bool = False) -> None:
    """Write the event that an import writes for `held`; `of_old`: without the basis, as it was at first."""
    first = Custody.objects.get(registration=held, to_at=None)
    facts = {"to": first.holder_label, "kind": first.kind}
    with transaction.atomic():
        record.event(
            "registration.registered",
            actor=record.System("import_registrations"),
            at=first.from_at,
            subject=held.label,
            facts=facts if of_old else facts | {"basis": first.basis},
        )


def line(held: Registration, **more: str) -> Product:
    """Give `held` a product with its card in plain words."""
    held.product = Product.objects.create(
        code="LAN-1",
        name_ja="広域イーサネット",
        name_en="Wide area Ethernet",
        what_ja="本社と支社をつなぐ回線です。",
        what_en="The line between the head office and the branches.",
        stops_ja="支社の業務システムが止まります。",
        stops_en="The business systems of the branches stop.",
        **more,
    )
    held.save()
    return held.product


def paper(held: Registration, title: str, by: User) -> Document:
    """Create a paper without bytes: what a handover lists."""
    return Document.objects.create(
        registration=held, kind=Document.Kind.CONTRACT, title=title, original_at="B-12", added_by=by, added_at=START
    )


def drafted(
    cast: Cast, held: Registration, *, by: User | None = None, to: User | None = None, days: int = 3
) -> Handover:
    """Prepare a handover of `held`, by its custodian to 次郎 unless told otherwise, `days` ahead."""
    return transitions.draft_handover(
        registration_pk=held.pk,
        successor=to or cast.jiro,
        effective_on=TODAY + timedelta(days=days),
        reason="異動",
        note="鍵は総務部にあります。",
        things=[("契約書バインダー", "キャビネット B-12")],
        actor=actor(by or cast.taro),
        at=NOW,
    )


def offered(
    cast: Cast, held: Registration, *, by: User | None = None, to: User | None = None, days: int = 3
) -> Handover:
    """Prepare and offer a handover."""
    made = drafted(cast, held, by=by, to=to, days=days)
    return transitions.offer(handover_pk=made.pk, actor=actor(by or cast.taro), at=NOW)


def all_received(handover: Handover) -> dict[int, tuple[str, str]]:
    """Return marks that say every item was received."""
    return {item.pk: (HandoverItem.Mark.RECEIVED.value, "") for item in handover.items.all()}


def accepted(cast: Cast, held: Registration, *, days: int = 3, at: datetime = NOW) -> Handover:
    """Prepare, offer and accept a handover from 太郎 to 次郎."""
    made = offered(cast, held, days=days)
    return transitions.accept(
        handover_pk=made.pk, marks=all_received(made), answers=ALL_YES, actor=actor(cast.jiro), at=at
    )


def holder(held: Registration) -> User | None:
    """Return who holds `held` now."""
    return Custody.objects.current().get(registration=held).user
