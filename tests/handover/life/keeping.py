"""What belongs to a registration: kits, tasks, certificates, labels, contact points, names, papers, looks."""

import uuid
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from audit.record import Public
from handover.models import Certificate, ContactPoint, Document, Label, Registration, Task, UnitAlias
from tests.handover.life.world import Rule, T, World, registrations


def makes_kit(world: World, random: Random, held: Registration) -> None:
    world.do(T.make_recovery_kit, world.usually(random, world.now.current(held.pk).user), registration_pk=held.pk)


def tasks(world: World) -> Sequence[Any]:
    return list(Task.objects.filter(done_at=None, owner__isnull=False).order_by("pk"))


def finishes_task(world: World, random: Random, task: Task) -> None:
    world.do(T.finish_task, world.usually(random, task.owner_id), task_pk=task.pk)


def issues_certificate(world: World, random: Random, held: Registration) -> None:
    who = world.usually(random, world.holder_or_administrator(random, held.pk))
    made = world.do(T.issue_certificate, who, registration_pk=held.pk, language="ja")
    if made and random.random() < 0.4:
        uses_certificate(world, random, made)


def certificates(world: World) -> Sequence[Any]:
    return list(Certificate.objects.order_by("pk"))


def uses_certificate(world: World, random: Random, made: Certificate) -> None:
    who = world.usually(random, world.holder_or_administrator(random, made.registration_id))
    world.do(T.download_certificate, who, certificate_pk=made.pk)
    if random.random() < 0.6:
        world.do(T.withdraw_certificate, who, certificate_pk=made.pk)


def makes_label(world: World, random: Random, held: Registration) -> None:
    who = world.usually(random, world.holder_or_administrator(random, held.pk))
    made = world.do(
        T.make_label, who, registration_pk=held.pk, document_pk=None, name="契約書 A", place="", token=_token(random)
    )
    for _time in range(random.choice([0, 1, 2, 3]) if made else 0):
        uses_label(world, random, Label.objects.get(pk=made.pk))


def _token(random: Random) -> uuid.UUID:
    return uuid.UUID(int=random.getrandbits(128), version=4)


def labels(world: World) -> Sequence[Any]:
    return list(Label.objects.order_by("pk"))


def uses_label(world: World, random: Random, label: Label) -> None:
    who = world.usually(random, world.holder_or_administrator(random, label.registration_id))
    acts: dict[str, list[Callable[..., Any]]] = {
        "valid": [T.report_lost, T.report_lost, T.report_lost, T.void_label, T.reissue_label, T.report_found],
        "lost": [T.report_back, T.report_back, T.report_back, T.reissue_label, T.void_label],
        "void": [T.report_found, T.void_label],
    }
    act = random.choice(acts[label.status])
    if act is T.report_found:
        world.do(act, Public(), code=label.code)
    elif world.do(act, who, label_pk=label.pk) and act is T.report_lost and random.random() < 0.5:
        world.do(T.report_back, who, label_pk=label.pk)


def adds_contact_point(world: World, random: Random, held: Registration) -> None:
    who = world.usually(random, world.holder_or_administrator(random, held.pk))
    made = world.do(
        T.add_contact_point,
        who,
        registration_pk=held.pk,
        kind="mail",
        value=f"n{random.randint(0, 9999)}@record.example",
        postal_code="",
        purposes=["procedure"],
        hours="",
        receiver_pays=False,
    )
    if made and random.random() < 0.7:
        ends_contact_point(world, random, held)


def ends_contact_point(world: World, random: Random, held: Registration) -> None:
    points = list(ContactPoint.objects.current().filter(registration=held).order_by("pk"))
    if points:
        who = world.usually(random, world.holder_or_administrator(random, held.pk))
        world.do(T.end_contact_point, who, contact_point_pk=random.choice(points).pk)


def names_unit(world: World, random: Random, held: Registration) -> None:
    who = world.usually(random, world.holder_or_administrator(random, held.pk))
    world.do(T.add_alias, who, registration_pk=held.pk, alias=f"第{random.randint(1, 99)}係")
    alias = UnitAlias.objects.filter(registration=held, until=None).order_by("pk").first()
    if alias and random.random() < 0.8:
        world.do(T.end_alias, who, alias_pk=alias.pk)


def describes_paper(world: World, random: Random, held: Registration) -> None:
    kept = Document.objects.filter(registration=held).order_by("pk").first()
    if kept:
        who = world.usually(random, world.holder_or_administrator(random, held.pk))
        where = random.choice(["B-12", "総務部 金庫", ""])
        world.do(T.change_document, who, document_pk=kept.pk, title=kept.title, expires_on=None, original_at=where)


def looks(world: World, random: Random, held: Registration) -> None:
    who = world.usually(random, world.holder_or_administrator(random, held.pk))
    world.do(T.look, who, registration=held, capacity="custodian")


RULES = [
    Rule("makes_kit", 1.5, registrations, makes_kit),
    Rule("finishes_task", 6, tasks, finishes_task),
    Rule("issues_certificate", 1, registrations, issues_certificate),
    Rule("uses_certificate", 5, certificates, uses_certificate),
    Rule("makes_label", 0.8, registrations, makes_label),
    Rule("uses_label", 7, labels, uses_label),
    Rule("adds_contact_point", 1.2, registrations, adds_contact_point),
    Rule("ends_contact_point", 0.2, registrations, ends_contact_point),
    Rule("names_unit", 1.3, registrations, names_unit),
    Rule("describes_paper", 2.5, registrations, describes_paper),
    Rule("looks", 1.2, registrations, looks),
]
