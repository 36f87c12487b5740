"""Reassignment on proven authority: proposed, compared, approved by two, heard, answered, carried out or ended."""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from handover.models import AuthorityApproval, AuthorityCase, AuthorityObjection, AuthorityProof
from tests.handover.life.days import begin, goes_to
from tests.handover.life.world import Rule, T, World

Act = Callable[[World, Random, AuthorityCase], Any]
S = AuthorityCase.Status


def cases(world: World) -> Sequence[Any]:
    rows = AuthorityCase.objects.open().order_by("proposed_at", "pk")
    return world.once("authority cases", lambda: list(rows))


def proposable(world: World) -> Sequence[int]:
    """Who holds something and has no administrator beside or above who could simply reassign it."""
    if len(world.administrators) > 2:
        return ()
    against = {one.predecessor_id for one in cases(world)}
    holders = {row.user for row in world.now.periods.values() if row.to_at is None and row.user} - against
    return [one for one in sorted(holders) if len(set(world.administrators) - {one}) <= 1]


def proposes(world: World, random: Random, person: int) -> None:
    held = world.now.held_by(person)
    others = [one for one in world.administrators if one != person]
    to = others[0] if others else world.other(random, person)
    made = world.do(
        T.propose_reassignment,
        world.mostly(random, world.cast.operator.pk),
        numbers=[world.numbers[pk] for pk in random.sample(held, random.randint(1, len(held)))],
        successor_email=world.user(to).email,
        ground="only_administrator" if person in world.administrators else "refuses",
        proofs=_proofs(world, random),
        token=uuid.UUID(int=random.getrandbits(128), version=4),
    )
    if made:
        goes_on(world, random, made)


def _proofs(world: World, random: Random) -> dict[str, tuple[str, Any]]:
    codes = random.choice([("O1", "A2"), ("O3", "A1", "A2"), ("O3", "A1", "A2")])
    # Once in a while too old to count.
    age = 120 if random.random() < 0.04 else 9
    return {code: (f"{code}-17", world.today - timedelta(days=age)) for code in codes}


def goes_on(world: World, random: Random, case: AuthorityCase) -> None:
    """The next steps of a case, one after the other, as long as each is possible."""
    for _step in range(random.choice([2, 4, 6, 8])):
        case = AuthorityCase.objects.get(pk=case.pk)
        if not case.is_open or not _next(world, random, case)(world, random, case):
            return


def _next(world: World, random: Random, case: AuthorityCase) -> Act:
    chance = random.random()
    if chance < 0.07:
        return refuses
    if chance < 0.14:
        return withdraws
    if case.status == S.PROPOSED:
        waits = AuthorityProof.objects.filter(case=case, code="O3", seconded_by=None).exists()
        return seconds if waits and chance < 0.9 else approves
    objection = AuthorityObjection.objects.filter(case=case).first()
    if objection is None and chance < 0.7:
        return objects
    return answers if objection and objection.answered_at is None and chance < 0.9 else executes


def seconds(world: World, random: Random, case: AuthorityCase) -> Any:
    proof = AuthorityProof.objects.get(case=case, code="O3")
    return world.do(T.second_authority_proof, world.mostly(random, world.cast.colleague.pk), proof_pk=proof.pk)


def approves(world: World, random: Random, case: AuthorityCase) -> Any:
    cast = world.cast
    given = set(AuthorityApproval.objects.filter(case=case).values_list("role", flat=True))
    # Whoever approved has a second account, in the other role.
    senior = world.senior_twin if random.random() < 0.25 else cast.senior
    who = senior if "approver" in given or (not given and random.random() < 0.4) else cast.approver
    return world.do(
        T.approve_reassignment, world.mostly(random, who.pk), case_pk=case.pk, signed_hash=case.proposal_hash
    )


def objects(world: World, random: Random, case: AuthorityCase) -> Any:
    who = world.usually(random, case.predecessor_id)
    return world.do(T.object_to_reassignment, who, case_pk=case.pk, words="私が続けます")


def answers(world: World, random: Random, case: AuthorityCase) -> Any:
    who = world.mostly(random, world.cast.senior.pk)
    return world.do(T.answer_objection, who, case_pk=case.pk, words="会社の決定が優先します")


def executes(world: World, random: Random, case: AuthorityCase) -> Any:
    if case.notice_ends_on and random.random() < 0.9:
        goes_to(world, begin(case.notice_ends_on + timedelta(days=1)))
    who = world.mostly(random, world.cast.approver.pk)
    return world.do(T.execute_reassignment, who, case_pk=case.pk, signed_hash=case.proposal_hash)


def refuses(world: World, random: Random, case: AuthorityCase) -> Any:
    who = world.mostly(random, random.choice([world.cast.approver.pk, world.cast.senior.pk]))
    return world.do(T.refuse_reassignment, who, case_pk=case.pk, reason="足りません")


def withdraws(world: World, random: Random, case: AuthorityCase) -> Any:
    who = world.mostly(random, random.choice([world.cast.operator.pk, world.cast.colleague.pk]))
    return world.do(T.withdraw_reassignment, who, case_pk=case.pk, reason="取り下げます")


def notified(world: World) -> Sequence[Any]:
    return [one for one in cases(world) if one.status == S.NOTIFIED]


def is_heard(world: World, random: Random, case: AuthorityCase) -> None:
    """The predecessor says something against it, unless that was said, and is mostly answered."""
    objects(world, random, case)
    if random.random() < 0.8:
        answers(world, random, case)


RULES = [
    Rule("proposes_reassignment", 1, proposable, proposes),
    Rule("goes_on_with_authority", 6, cases, goes_on),
    Rule("is_heard", 6, notified, is_heard),
    Rule("refuses_reassignment", 0.5, cases, refuses),
    Rule("withdraws_reassignment", 0.5, cases, withdraws),
]
