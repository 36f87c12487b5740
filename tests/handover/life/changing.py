"""Changes of name and holder, and cancellations: asked for, examined, decided by others, carried out, confirmed."""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from handover.changing import Proof, Wish
from handover.models import ChangeConsent, ChangeRequest, ContactPoint, Registration
from handover.rules.changes import colleagues_who_agree, proofs_for, wanted_roles, wanted_sides
from tests.handover.life import days
from tests.handover.life.world import Rule, T, World, registrations

K, S = ChangeRequest.Kind, ChangeRequest.Status
KINDS = [K.RENAME, K.RENAME, K.SUCCESSION, K.TRANSFER, K.TRANSFER, *[K.REORGANISATION] * 3]
NAMES = ["青空商事株式会社", "青葉ホールディングス株式会社"]
GOES_ON = 0.75
"""How often who does one step does the next one as well: without it nothing would come to its end."""


def staff(world: World, random: Random, *right: Any) -> int:
    """One of the right people of the provider; now and then anybody, who may be the same human with another account."""
    cast = world.cast
    if random.random() < 0.9:
        return int(random.choice(right).pk)
    others = [cast.operator, cast.colleague, cast.approver, cast.senior, world.twin, world.twin, cast.editor]
    return random.choice([*(one.pk for one in others), world.somebody(random)])


def _again(change: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.objects.get(pk=change.pk)


# Asking ---------------------------------------------------------------------------------------------------------------


def asks_for_change(world: World, random: Random, held: Registration) -> None:
    made = _asks(world, random, held, random.choice(KINDS))
    if made and random.random() < GOES_ON:
        moves_on(world, random, made)


def _asks(world: World, random: Random, held: Registration, kind: str) -> Any:
    other = random.choice(world.registrations)
    numbers = sorted({held.number, other.number if random.random() < 0.6 else held.number})
    who = staff(world, random, world.cast.operator) if random.random() < 0.25 else _asker(world, random, held)
    receiver = kind in (K.SUCCESSION, K.TRANSFER) or (kind == K.REORGANISATION and random.random() < 0.3)
    issued = world.today - timedelta(days=random.choice([3, 3, 3, 80, 120]))
    wish = Wish(
        kind,
        tuple(numbers),
        "登記のとおり",
        units={number: f"第{random.randint(1, 9)}課" for number in numbers} if kind == K.REORGANISATION else {},
        new_name=random.choice(NAMES) if kind == K.RENAME else "",
        new_kana="アオゾラショウジ" if kind == K.RENAME else "",
        renames_organisation=kind == K.RENAME and random.random() < 0.5,
        receiver_name="若葉省" if receiver else "",
        proofs=tuple(Proof(one, issued, "No. 1") for one in proofs_for(ChangeRequest(kind=kind))),
    )
    return world.do(T.request_change, who, wish=wish, token=_token(random))


def asks_to_cancel(world: World, random: Random, held: Registration) -> None:
    on_paper = random.random() < 0.25
    who = staff(world, random, world.cast.operator) if on_paper else _asker(world, random, held)
    wish = Wish(K.CANCELLATION, (held.number,), "使わなくなった")
    made = world.do(T.ask_to_cancel, who, wish=wish, has_read=random.random() < 0.95, token=_token(random))
    if made and random.random() < GOES_ON:
        moves_on(world, random, made)


def _asker(world: World, random: Random, held: Registration) -> int:
    return world.usually(random, world.holder_or_administrator(random, held.pk))


def _token(random: Random) -> uuid.UUID:
    return uuid.UUID(int=random.getrandbits(128), version=4)


# On its way -----------------------------------------------------------------------------------------------------------


def open_changes(world: World) -> Sequence[Any]:
    if not world.begun & {"request_change", "ask_to_cancel"}:
        return ()
    return list(ChangeRequest.objects.open().order_by("pk"))


def moves_on(world: World, random: Random, change: ChangeRequest) -> None:
    """What comes next is done, usually by the right person, and often what comes after it too."""
    change = _again(change)
    while change.status in STEPS and STEPS[change.status](world, random, change) and random.random() < GOES_ON:
        change = _again(change)
    if change.status == S.EXECUTED and random.random() < GOES_ON:
        _confirms_all(world, random, change)


def _prepares(world: World, random: Random, change: ChangeRequest) -> object:
    """Do the first thing that is lacking; once in a while propose although something is."""
    operator = staff(world, random, world.cast.operator, world.cast.operator, world.cast.colleague)
    lacking = [] if random.random() < 0.06 else _lacking(world, random, change, operator)
    if lacking:
        act, who, more = lacking[0] if random.random() < 0.8 else random.choice(lacking)
        return world.do(act, who, change_pk=change.pk, **more)
    return world.do(T.propose_change, operator, change_pk=change.pk, reason="そろった")


def _lacking(
    world: World, random: Random, change: ChangeRequest, operator: int
) -> list[tuple[Callable[..., Any], int, dict[str, Any]]]:
    found: list[tuple[Callable[..., Any], int, dict[str, Any]]] = []
    if change.moves and change.receiver_id is None:
        found.append((T.find_receiver, operator, {"organisation_pk": world.cast.wakaba.pk}))
    current = world.today - timedelta(days=random.choice([2, 2, 60, 100]))
    seen = change.proofs.filter(checked_by__isnull=False, issued_on__gte=world.today - timedelta(days=85))
    checked = set(seen.values_list("kind", flat=True))
    for kind in proofs_for(change):
        if kind not in checked:
            found.append((T.check_proof, operator, {"kind": kind, "issued_on": current, "reference": "No. 2"}))
    given = set(change.consents.values_list("side", flat=True))
    for side in wanted_sides(change):
        if side not in given:
            found.append(_consent(world, random, change, side, operator))
    return found


def _consent(
    world: World, random: Random, change: ChangeRequest, side: str, operator: int
) -> tuple[Callable[..., Any], int, dict[str, Any]]:
    if random.random() < 0.4:
        signed = {"side": side, "signed_on": world.today, "reference": "同意書"}
        return T.record_consent, operator, signed
    right = {
        ChangeConsent.Side.GIVER: world.administrator(random),
        ChangeConsent.Side.RECEIVER: world.cast.wakako.pk,
    }
    colleagues = colleagues_who_agree(change) if side == ChangeConsent.Side.COLLEAGUE else []
    return T.consent, world.usually(random, right.get(side) or random.choice(colleagues)), {}


def _decides(world: World, random: Random, change: ChangeRequest) -> object:
    cast = world.cast
    if random.random() < 0.06:
        again = staff(world, random, cast.operator, cast.colleague)
        return world.do(T.propose_change, again, change_pk=change.pk, reason="もう一度")
    signed = change.proposal_hash if random.random() < 0.95 else "0" * 64
    given = set(change.approvals.filter(void_at=None).values_list("role", flat=True))
    by_role = {"approver": cast.approver, "senior": cast.senior}
    lacking = [by_role[role] for role in sorted(wanted_roles(change) - given)]
    who = staff(world, random, *lacking)
    return world.do(T.approve_change, who, change_pk=change.pk, signed_hash=signed, reason="よい")


def _carries_out(world: World, random: Random, change: ChangeRequest) -> object:
    releases = change.status == S.APPROVED and change.moves and random.random() < 0.97
    act = T.release_for_change if releases else T.execute_change
    who = staff(world, random, world.cast.approver)
    return world.do(act, who, change_pk=change.pk, signed_hash=change.proposal_hash)


def _clock_goes_on(world: World, random: Random, change: ChangeRequest) -> object:
    world.at += timedelta(minutes=1)
    days.ticks(world)
    return True


STEPS: dict[str, Callable[[World, Random, ChangeRequest], object]] = {
    S.REQUESTED: _prepares,
    S.PROPOSED: _decides,
    S.APPROVED: _carries_out,
    S.RELEASING: _clock_goes_on,
    S.RELEASED: _carries_out,
    S.EXECUTING: _clock_goes_on,
}


def is_under_way(world: World, random: Random, held: Registration) -> None:
    """A beginning: a change was asked for some time ago, and has come as far as it may."""
    _asks(world, random, held, random.choice([K.TRANSFER, K.SUCCESSION, *[K.REORGANISATION] * 3]))
    far = random.choice([S.PROPOSED, S.APPROVED, S.APPROVED, S.RELEASED])
    for _step in range(9):
        change = ChangeRequest.objects.open().order_by("-pk").first()
        if change is None or change.status == far:
            break
        STEPS[change.status](world, random, change)


def refuses_change(world: World, random: Random, change: ChangeRequest) -> None:
    who = staff(world, random, world.cast.approver, world.cast.senior)
    world.do(T.refuse_change, who, change_pk=change.pk, reason="書類が足りない")


def withdraws_change(world: World, random: Random, change: ChangeRequest) -> None:
    asker = world.cast.operator.pk if change.on_paper else change.requested_by_id
    who = asker if random.random() < 0.8 else world.usually(random, world.administrator(random))
    world.do(T.withdraw_change, who, change_pk=change.pk, reason="取り下げ")


# Afterwards -----------------------------------------------------------------------------------------------------------


def _confirms_all(world: World, random: Random, change: ChangeRequest) -> None:
    for held in Registration.objects.filter(change_items__change=change).order_by("pk"):
        confirms_points(world, random, held)


def to_confirm(world: World) -> Sequence[Any]:
    if not world.begun & {"execute_change"}:
        return ()
    return list(Registration.objects.filter(contact_points__to_confirm=True).distinct().order_by("pk"))


def confirms_points(world: World, random: Random, held: Registration) -> None:
    for point in ContactPoint.objects.current().filter(registration=held, to_confirm=True).order_by("pk"):
        if random.random() < 0.9:
            world.do(T.confirm_contact_point, _keeper(world, random, held), contact_point_pk=point.pk)
    if held.tasks.filter(kind="confirm_unit", done_at=None).exists():
        world.do(T.confirm_unit, _keeper(world, random, held), registration_pk=held.pk)


def _keeper(world: World, random: Random, held: Registration) -> int:
    """Who looks after it by now, or an administrator of whoever holds it now."""
    if world.homes[held.pk] == world.aoba.pk:
        return world.usually(random, world.holder_or_administrator(random, held.pk))
    return world.usually(random, world.cast.wakako.pk)


def gone(world: World) -> Sequence[Registration]:
    return [one for one in world.registrations if not world.is_own(one.pk)]


def comes_back_for_it(world: World, random: Random, held: Registration) -> None:
    """Somebody of the former holder acts as if nothing had happened, while the new one takes it into care."""
    who = world.usually(random, world.administrator(random))
    world.do(T.add_alias, who, registration_pk=held.pk, alias="旧第1係")
    world.do(T.take_into_care, world.usually(random, world.cast.wakako.pk), registration_pk=held.pk)


RULES = [
    Rule("asks_for_change", 1.5, registrations, asks_for_change),
    Rule("asks_to_cancel", 0.7, registrations, asks_to_cancel),
    Rule("moves_change_on", 7, open_changes, moves_on),
    Rule("is_under_way", 0, registrations, is_under_way),
    Rule("refuses_change", 2, open_changes, refuses_change),
    Rule("withdraws_change", 2, open_changes, withdraws_change),
    Rule("confirms_points", 8, to_confirm, confirms_points),
    Rule("comes_back_for_it", 2, gone, comes_back_for_it),
]
BEGINNINGS = ["is_under_way", "asks_to_cancel", "is_under_way"]
