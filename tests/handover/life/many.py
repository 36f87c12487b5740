"""Many at once: a job does to each what one act would do, and to none what it would refuse; lists and packages."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from accounts.errors import DomainError
from audit import queries as log
from handover import bulk
from handover.models import BulkItem, BulkJob, LookReason, Registration
from handover.packing import Package
from tests.handover.life.broken import Broken
from tests.handover.life.savepoints import rolled_back
from tests.handover.life.world import Rule, T, World, always, registrations


def starts_job(world: World, random: Random, nothing: None) -> None:
    who = world.usually(random, world.administrator(random))
    kind = random.choice(["hand_over", "hand_over", "take_into_care"])
    chosen = random.sample(world.registrations, random.randint(1, 3))
    made = world.do(
        T.start_bulk,
        who,
        kind=kind,
        registration_pks=[one.pk for one in chosen],
        confirmed=len(chosen) + (random.random() < 0.05),
        arguments={"successor": world.other(random, who)} if kind == "hand_over" else {},
        token=uuid.UUID(int=random.getrandbits(128), version=4),
    )
    if made and random.random() < 0.5:
        works(world, random, made)


def running(world: World) -> Sequence[Any]:
    if "start_bulk" not in world.begun:
        return ()
    return list(BulkJob.objects.filter(status=BulkJob.Status.RUNNING).select_related("started_by").order_by("pk"))


def works(world: World, random: Random, job: BulkJob) -> None:
    """The worker does one registration after the other; now and then it is called away."""
    left = True
    while left and random.random() < 0.8:
        left = _does_next(world, job)


def _does_next(world: World, job: BulkJob) -> bool:
    world.at += timedelta(minutes=3)
    item = BulkItem.objects.filter(job=job, status=BulkItem.Status.WAITING).order_by("pk")[0]
    alone = _alone(world, job, item)
    left = bulk.work(job.number, clock=lambda: world.at, piece=1)
    item.refresh_from_db()
    job.refresh_from_db()
    done = item.status == BulkItem.Status.DONE
    world.trail.append(f"the worker on {job.kind} of {item.registration_id} ({job.arguments}): {item.status}")
    world.visits["entrust"] += done and job.kind == "hand_over"
    world.visits["finish_bulk"] += job.status == BulkJob.Status.DONE
    if done != alone:
        raise Broken("bulk", f"{job.kind} of {item.registration_id}: alone {alone}, in a job {done}")
    world.look()
    return left


def _alone(world: World, job: BulkJob, item: BulkItem) -> bool:
    """Whether the same person could do the same to this one by itself, now. Nothing of it stays."""
    who = world.actor(job.started_by_id)
    if who is None:
        return False
    successor = {"successor_pk": job.arguments["successor"]} if job.kind == "hand_over" else {}
    act = T.entrust if job.kind == "hand_over" else T.take_into_care
    with rolled_back():
        try:
            act(registration_pk=item.registration_id, actor=who, at=world.at, **successor)
        except DomainError:
            return False
    return True


def stops_job(world: World, random: Random, job: BulkJob) -> None:
    who = world.usually(random, random.choice([job.started_by_id, world.administrator(random)]))
    world.do(T.cancel_bulk, who, job_pk=job.pk)


def entrusts(world: World, random: Random, held: Registration) -> None:
    who = world.usually(random, world.administrator(random))
    to = world.other(random, world.now.current(held.pk).user, who)
    world.do(T.entrust, who, registration_pk=held.pk, successor_pk=to)


def takes_list(world: World, random: Random, nothing: None) -> None:
    labels = [f"registration:{world.numbers[pk]}" for pk, home in world.homes.items() if home == world.aoba.pk]
    world.do(T.export_list, world.usually(random, world.administrator(random)), registrations=labels, left_out=0)


def takes_package(world: World, random: Random, held: Registration) -> None:
    """What is in it is another test's; here who takes it, and that it is written down."""
    who = world.usually(random, world.holder_or_administrator(random, held.pk))
    made = Package(world.at, held, log_sequence=log.last_about(held.label))
    reason = "" if random.random() < 0.1 or who == world.now.current(held.pk).user else LookReason.AUDIT.value
    world.do(T.export_package, who, package=made, reason=reason)


RULES = [
    Rule("starts_job", 1.2, always, starts_job),
    Rule("works_on_job", 6, running, works),
    Rule("stops_job", 9, running, stops_job),
    Rule("entrusts", 0.8, registrations, entrusts),
    Rule("takes_list", 0.5, always, takes_list),
    Rule("takes_package", 0.7, registrations, takes_package),
]
