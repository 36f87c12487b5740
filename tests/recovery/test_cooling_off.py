"""The protected time, act by act and role by role, calling what acts themselves (A9, invariant 19)."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.errors import DomainError, NotAllowed, WrongState
from handover import packing, restricting
from handover import transitions as handing
from handover.models import ContactPoint, Deputy, Registration, Restriction
from handover.rules import TABLE
from recovery.models import Claim
from recovery.procedure import load, read
from tests import claims, stock
from tests.cast import Cast, actor
from tests.changes import wish
from tests.handover.mandated import asked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]

ROLES = (
    *("custodian", "predecessor", "deputy", "administrator", "member", "stranger", "contractor", "agent"),
    *("supervisor", "operator", "colleague", "approver", "senior", "editor", "auditor"),
)
PROCEDURE = read(load(1))
KEEPERS = {"custodian", "administrator"}
ON_PAPER = KEEPERS | {"operator", "colleague"}

BLOCKED: dict[str, tuple[str, set[str]]] = {
    "end a contact point": ("removal_of_contact_point", KEEPERS),
    "ask for a change of name": ("change_of_holder", ON_PAPER),
    "ask for a succession": ("change_of_holder", ON_PAPER),
    "ask for a transfer": ("change_of_holder", ON_PAPER),
    "ask to cancel": ("termination", ON_PAPER),
    "prepare a handover": ("second_transfer", KEEPERS),
    "entrust": ("second_transfer", KEEPERS),
    "export the package": ("bulk_export", KEEPERS),
    "export the list": ("bulk_export", {"custodian", "administrator", "predecessor", "deputy", "member", "stranger"}),
    "grant a mandate with settings": ("new_mandate", KEEPERS),
    "say yes to a mandate with settings": ("new_mandate", KEEPERS),
}
"""Act -> code of the procedure, and who could do it outside the protected time: written by hand."""

BY_OWN_ADMINISTRATOR = {"prepare a handover", "entrust"}
"""What A9 leaves to the organisation's own administrators."""

ALLOWED: dict[str, tuple[str, set[str]]] = {
    # Which of its own registrations somebody of the customer sees is the page's to ask.
    "look": ("viewing", {"custodian", "predecessor", "deputy", "administrator", "member"}),
    "certificate": ("certificate_to_record", {"custodian", "deputy", "administrator"}),
    "name a deputy": ("naming_deputy", KEEPERS),
    "add a contact point": ("daily_settings", KEEPERS),
    "make a recovery kit": ("daily_settings", {"custodian"}),
    "grant a mandate to look": ("daily_settings", KEEPERS),
}

NO_SUCH_ACT = {"transfer": ("port_out", "transfer"), "deletion_of_documents": ("delete", "remove_document")}
"""What the product cannot do at all, and how such an act would be called."""


@dataclass(frozen=True)
class World:
    claim: Claim
    registration: Registration
    people: dict[str, Any]
    at: datetime
    phone: ContactPoint
    mandate: int


@pytest.fixture
def world(cast: Cast) -> World:
    lost = claims.held(cast)
    Deputy.objects.create(registration=lost, user=cast.saburo, since=stock.START, place=1)
    claim = claims.executed(cast, lost)
    assert claim.executed_at and claim.claimant
    at = claim.executed_at + timedelta(days=3)
    mandate = asked(cast, lost.number, at=at, ends_on=timezone.localdate(at) + timedelta(days=100))
    people = {
        "custodian": claim.claimant,
        "predecessor": cast.taro,
        "deputy": cast.saburo,
        "administrator": cast.hanako,
        "member": cast.jiro,
        "stranger": cast.wakako,
        "contractor": cast.worker,
        **{name: getattr(cast, name) for name in ROLES[7:]},
    }
    actors = {name: actor(user) for name, user in people.items()}
    lost.refresh_from_db()
    return World(claim, lost, actors, at, claims.point(lost, "phone"), mandate.pk)


def calls(cast: Cast, world: World) -> dict[str, Callable[[Any], object]]:
    """Return how each act is called, on the recovered registration."""
    held, at = world.registration, world.at
    in_days = timezone.localdate(at) + timedelta(days=10)
    mandate: dict[str, Any] = {
        "contractor": "みどり通信工事株式会社",
        "registrations": [held.number],
        "ends_on": in_days,
        "reason": "保守契約",
    }
    point = {"purposes": ["procedure"], "hours": "", "receiver_pays": False, "postal_code": ""}

    def wishes(kind: str) -> Callable[[Any], object]:
        return lambda who: handing.request_change(wish=wish(kind, held), token=uuid.uuid4(), actor=who, at=at)

    def grants(scope: int, settings: list[str]) -> Callable[[Any], object]:
        return lambda who: handing.grant_mandate(
            scope=scope, settings=settings, token=uuid.uuid4(), **mandate, actor=who, at=at
        )

    def exports(who: Any) -> object:
        made = packing.Package(at, held, log_sequence=10**9)
        reason = "audit" if who.user != world.people["custodian"].user else ""
        return handing.export_package(package=made, reason=reason, actor=who, at=at)

    return {
        "end a contact point": lambda who: handing.end_contact_point(contact_point_pk=world.phone.pk, actor=who, at=at),
        "ask for a change of name": wishes("rename"),
        "ask for a succession": wishes("succession"),
        "ask for a transfer": wishes("transfer"),
        "ask to cancel": lambda who: handing.ask_to_cancel(
            wish=wish("cancellation", held), has_read=True, token=uuid.uuid4(), actor=who, at=at
        ),
        "prepare a handover": lambda who: handing.draft_handover(
            registration_pk=held.pk,
            successor=cast.jiro,
            effective_on=in_days,
            reason="",
            note="",
            things=[],
            actor=who,
            at=at,
        ),
        "entrust": lambda who: handing.entrust(registration_pk=held.pk, successor_pk=cast.jiro.pk, actor=who, at=at),
        "export the package": exports,
        "export the list": lambda who: handing.export_list(registrations=[held.label], left_out=0, actor=who, at=at),
        "grant a mandate with settings": grants(2, ["forwarding"]),
        "say yes to a mandate with settings": lambda who: handing.approve_mandate(
            mandate_pk=world.mandate,
            registrations=[held.pk],
            scope=2,
            settings=["forwarding"],
            ends_on=in_days,
            actor=who,
            at=at,
        ),
        "look": lambda who: handing.look(registration=held, capacity="custodian", actor=who, at=at),
        "certificate": lambda who: handing.issue_certificate(registration_pk=held.pk, language="ja", actor=who, at=at),
        "name a deputy": lambda who: handing.name_deputy(registration_pk=held.pk, deputy=cast.jiro, actor=who, at=at),
        "add a contact point": lambda who: handing.add_contact_point(
            registration_pk=held.pk, kind="mail", value="new@aoba.example", **point, actor=who, at=at
        ),
        "make a recovery kit": lambda who: handing.make_recovery_kit(registration_pk=held.pk, actor=who, at=at),
        "grant a mandate to look": grants(1, []),
    }


def answers(cast: Cast, world: World, acts: dict[str, tuple[str, set[str]]]) -> dict[tuple[str, str], str]:
    """Call every act as every role, each as if nothing had been before it."""
    found, act = {}, calls(cast, world)
    for name in acts:
        for role in ROLES:
            before = transaction.savepoint()
            try:
                act[name](world.people[role])
                found[name, role] = "done"
            except NotAllowed:
                found[name, role] = "not allowed"
            except WrongState as said:
                found[name, role] = f"wrong state: {said}"
            except DomainError as said:
                found[name, role] = f"refused: {said}"
            finally:
                transaction.savepoint_rollback(before)
    return found


def who_did(found: dict[tuple[str, str], str], name: str) -> set[str]:
    return {role for act, role in found if act == name and found[act, role] == "done"}


def test_every_blocked_act_of_the_procedure_is_in_the_table() -> None:
    codes = {one.code for one in PROCEDURE.blocked}
    assert codes == {code for code, _who in BLOCKED.values()} | set(NO_SUCH_ACT)
    for names in NO_SUCH_ACT.values():
        assert not [action for action in TABLE if any(name in action for name in names)]
    assert {code for code, _who in ALLOWED.values()} == {one.code for one in PROCEDURE.allowed}


def test_every_blocked_act_is_refused_to_every_role_and_only_for_the_time(cast: Cast, world: World) -> None:
    protected = answers(cast, world, BLOCKED)
    assert len(protected) == len(BLOCKED) * len(ROLES)
    expected = {name: {"administrator"} if name in BY_OWN_ADMINISTRATOR else set() for name in BLOCKED}
    assert {name: who_did(protected, name) for name in BLOCKED} == expected
    # The mark alone refuses it to whoever could do it: without the mark each of them does.
    Restriction.objects.filter(case=world.claim.number).update(ended_at=world.at)
    free = answers(cast, world, BLOCKED)
    assert {name: who_did(free, name) for name in BLOCKED} == {name: who for name, (_code, who) in BLOCKED.items()}
    for name, (_code, who) in BLOCKED.items():
        for role in who - expected[name]:
            assert protected[name, role].startswith("wrong state"), (name, role, protected[name, role])


def test_every_allowed_act_goes_on(cast: Cast, world: World) -> None:
    assert Restriction.objects.in_force(world.at).filter(kind="cooling_off").exists()
    found = answers(cast, world, ALLOWED)
    assert {name: who_did(found, name) for name in ALLOWED} == {name: who for name, (_code, who) in ALLOWED.items()}


def test_blocks_of_the_mark_are_actions_of_the_table() -> None:
    assert set(restricting.COOLING_OFF_BLOCKS) - {"mandate_settings"} <= set(TABLE)
