"""Deputies: named, ended, made to stand in; an absence reported and waited for."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from audit import queries as log
from handover.models import AbsenceReport, Deputy, Registration, StandIn
from tests.handover.life.days import begin, goes_to
from tests.handover.life.world import Rule, T, World, registrations


def becomes_deputy(world: World, random: Random, held: Registration) -> None:
    # Most interesting is a deputy to whom the registration is on its way.
    coming = [world.now.deals[deal].given_to for pk, deal in world.now.under_way().items() if pk == held.pk]
    named = [one for one in coming if one in world.members]
    holder = world.now.current(held.pk).user
    person = named[0] if named and random.random() < 0.6 else world.other(random, holder)
    if random.random() < 0.05:
        person = holder or person
    assert person is not None
    who = world.usually(random, world.holder_or_administrator(random, held.pk))
    made = world.do(T.name_deputy, who, registration_pk=held.pk, deputy=world.user(person))
    if made and random.random() < 0.5:
        random.choice([activates, reports])(world, random, made)


def deputies(world: World) -> Sequence[Any]:
    return world.once("deputies", lambda: list(Deputy.objects.current().order_by("pk")))


def ends(world: World, random: Random, deputy: Deputy) -> None:
    holder = world.now.current(deputy.registration_id).user
    who = world.usually(random, random.choice([holder, deputy.user_id, world.administrator(random)]))
    world.do(T.end_deputy, who, deputy_pk=deputy.pk)


def activates(world: World, random: Random, deputy: Deputy) -> None:
    who = world.usually(random, world.administrator(random))
    made = world.do(T.activate_deputy, who, deputy_pk=deputy.pk, reason="")
    if made and random.random() < 0.7:
        random.choice([drafts_for_the_holder, deactivates])(world, random, made)


def standing_in(world: World) -> Sequence[Any]:
    rows = StandIn.objects.current().select_related("deputy").order_by("pk")
    return deputies(world) and world.once("standing in", lambda: list(rows))


def deactivates(world: World, random: Random, standing: StandIn) -> None:
    deputy = standing.deputy
    holder = world.now.current(deputy.registration_id).user
    who = world.usually(random, random.choice([holder, deputy.user_id, world.administrator(random)]))
    world.do(T.deactivate_deputy, who, deputy_pk=deputy.pk)


def drafts_for_the_holder(world: World, random: Random, standing: StandIn) -> None:
    deputy = standing.deputy
    made = world.do(
        T.draft_handover,
        world.usually(random, deputy.user_id),
        registration_pk=deputy.registration_id,
        successor=world.user(world.other(random, world.now.current(deputy.registration_id).user, deputy.user_id)),
        effective_on=world.today + timedelta(days=random.choice([7, 8])),
        reason="",
        note="",
        things=[],
    )
    if made and random.random() < 0.8:
        world.do(T.offer, made.offered_by_id, handover_pk=made.pk)


def reports(world: World, random: Random, deputy: Deputy) -> None:
    who = world.usually(random, deputy.user_id)
    made = world.do(T.report_absence, who, registration_pk=deputy.registration_id, reason="")
    if made and random.random() < 0.6:
        waits(world, random, made)


def reported(world: World) -> Sequence[Any]:
    """Absences that a deputy may build on: nobody saw the holder since."""
    rows = AbsenceReport.objects.open().filter(custody__to_at=None).select_related("deputy", "custody").order_by("pk")
    return deputies(world) and world.once(
        "reports", lambda: [one for one in rows if not log.acted_since(one.custody.holder_label, one.at)]
    )


def waits(world: World, random: Random, report: AbsenceReport) -> None:
    """The days of silence pass, mostly all of them, and a deputy stands in; unless the holder is seen meanwhile."""
    holder = report.custody.user_id
    if random.random() < 0.1 and holder in world.members:
        world.do(T.look, holder, registration=report.custody.registration, capacity="custodian")
    if random.random() < 0.85:
        goes_to(world, begin(report.ready_on))
    who = world.usually(random, report.deputy.user_id)
    world.do(T.stand_in, who, registration_pk=report.custody.registration_id)


RULES = [
    Rule("becomes_deputy", 1.5, registrations, becomes_deputy),
    Rule("ends_deputy", 2, deputies, ends),
    Rule("activates", 2.5, deputies, activates),
    Rule("deactivates", 5, standing_in, deactivates),
    Rule("drafts_for_the_holder", 3, standing_in, drafts_for_the_holder),
    Rule("reports_absence", 2.5, deputies, reports),
    Rule("waits", 6, reported, waits),
]
