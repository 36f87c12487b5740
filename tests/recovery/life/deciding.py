"""Proposal, approval, account, execution; and the long way of a claim, done by the book or nearly so."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from accounts import transitions as joining
from handover.calendar import business_days_after
from recovery import transitions as T
from recovery.models import Claim
from tests.handover.life.world import Rule
from tests.recovery.life import coming, days, finding, proving
from tests.recovery.life.checks_decided import tier_of
from tests.recovery.life.proofs import is_good
from tests.recovery.life.rows import Case
from tests.recovery.life.world import PUBLIC, World

GOES_ON = 0.75
"""How often who does one step does the next one as well: without it nothing would come to its end."""
PASSWORD = "correct horse battery"
TIER_3 = ("O2", "P1", "A2")
TIER_4 = ("O5", "O4", "P1", "A2")
SEALED = ("O3", "A1", "O4", "P1", "A2")
BY_ROUTE = {
    "representative": ("O6", "O3", "P1"),
    "association": ("O9", "P1", "A4"),
    "superior_body": ("O10", "P1", "A2"),
    "closed_office": ("O5", "P1", "A2"),
}
TO_OFFICE = ("representative", "closed_office")


# The steps of one claim -----------------------------------------------------------------------------------------------


def _finds(world: World, random: Random, case: Case) -> object:
    if case.mailbox_verified_at is None and random.random() < 0.9:
        coming.confirms_mailbox(world, random, case)
    return finding.links(world, random, case)


def _collects(world: World, random: Random, case: Case) -> object:
    """Do what is lacking, one after the other; once in a while propose although something is."""
    lacking = [] if random.random() < 0.05 else _lacking(world, random, case)
    for act in lacking:
        act()
        case = world.again(case)
        if case.status != "collecting" or random.random() > 0.97:
            return case.status == "collecting"
    return proposes(world, random, case)


def _lacking(world: World, random: Random, case: Case) -> list[Callable[[], object]]:
    """What a claim seems to need still, as acts."""
    good = [one for one in world.now.standing(case.pk) if is_good(one, case, world.today)]
    have, acts = {one.code for one in good}, []
    strict = tier_of(world, world.now, case) == 4
    if case.mailbox_verified_at is None:
        acts.append(lambda: coming.confirms_mailbox(world, random, case))
    if strict and not case.head_office:
        acts.append(lambda: finding.takes_head_office(world, random, case))
    if "C5" in have and world.codes_of(case, "mail"):
        return acts if have & {"C1", "C3"} else [*acts, lambda: proving.types_second(world, random, case)]
    # By its place, not by its key: keys go on from test to test.
    sealed = list(world.now.cases).index(case.pk) % 3 == 2
    recipe = TIER_3 if not strict else SEALED if sealed else TIER_4
    recipe = BY_ROUTE.get(case.route, recipe)
    for code in recipe:
        if code not in have:
            act = proving.compares_a_seal if code == "O3" else _proof(code)
            acts.append(lambda act=act: act(world, random, case))
    by_office = case.route in TO_OFFICE or (strict and not case.route)
    if not have & ({"C1b"} if by_office else {"C1"} if case.route else {"C1", "C2"}):
        acts += [lambda: _reaches(world, random, case, by_office)]
    acts += _attempts(world, random, case, strict)
    return acts


def _proof(code: str) -> Callable[..., object]:
    return lambda world, random, case: proving.proves(world, random, case, code)


def _reaches(world: World, random: Random, case: Case, strict: bool) -> object:
    """Where one way came to nothing, another one is tried."""
    return _through_contact(world, random, case, strict) or _through_contact(world, random, world.again(case), strict)


def _through_contact(world: World, random: Random, case: Case, strict: bool) -> object:
    chance = random.random()
    used_up = len({one.queued_at for one in world.now.of("sent", case.pk) if one.letter_number and one.gives}) > 2
    if used_up and not strict:
        return proving.proves(world, random, case, "C2")
    if strict:
        return proving.codes_by_letter(world, random, case, to="head_office")
    if chance < 0.2 and not case.route:
        return proving.proves(world, random, case, "C2")
    if chance < 0.35 and not case.route:
        return proving.codes_by_mail(world, random, case)
    point = world.point(case, "post")
    return proving.codes_by_letter(world, random, case, to=f"contact_point:{point.pk}" if point else "")


def _attempts(world: World, random: Random, case: Case, strict: bool) -> list[Callable[[], object]]:
    done = world.now.of("tries", case.pk)
    media = {one.medium for one in done}
    acts: list[Callable[[], object]] = [
        lambda medium=medium: _tries(world, random, case, medium)  # type: ignore[misc]
        for medium in ("mail", "phone", "post")
        if medium not in media
    ]
    first = timezone.localdate(done[0].at) if done else world.today
    enough = business_days_after(first, 10 if strict else 5)
    if enough > world.today:
        acts.append(lambda: days.goes_to(world, days.begin(enough)))
    return acts


def _tries(world: World, random: Random, case: Case, medium: str) -> object:
    # Where the wrong person pressed first, somebody presses again.
    return proving.tries(world, random, case, medium) or proving.tries(world, random, case, medium)


def proposes(world: World, random: Random, case: Case) -> object:
    """Where who examined spoke with the claimant, another one proposes."""
    done = world.do(T.propose, world.operator(random), case.pk, reason="そろいました")
    if done or "NotAllowed" not in world.trail[-1] or random.random() < 0.2:
        return done
    return world.do(T.propose, world.third.pk, case.pk, reason="そろいました")


def delivers(world: World, random: Random, case: Case) -> object:
    """What the proposal owes leaves and arrives; now and then a letter is still on its way, or comes back."""
    days.mails_leave(world)
    owed = [one for one in world.now.of("sent", case.pk) if one.purpose == "proposed" and one.void_at is None]
    letters = [one for one in owed if one.channel == "letter" and one.printed_at is None]
    if letters:
        proving.prints(world, random, letters[0])
    for one in owed:
        letter = world.now.sent[one.pk]
        if letter.channel == "letter" and letter.printed_at and not letter.delivered_at and not letter.returned_at:
            chance = random.random()
            if chance < 0.92:
                proving.arrives(world, random, letter)
            elif chance < 0.96:
                proving.returns(world, random, letter)
    days.goes_to(world, world.at + timedelta(hours=1))
    return world.again(case).status == "notified"


def _waits_and_decides(world: World, random: Random, case: Case) -> object:
    if case.window_ends_on and random.random() < 0.93:
        days.goes_to(world, days.begin(case.window_ends_on + timedelta(days=1)))
    case = world.again(case)
    return approves(world, random, case) if case.status == "notified" else True


def approves(world: World, random: Random, case: Case) -> object:
    cast = world.cast
    given = {one.role for one in world.now.of("yeses", case.pk) if one.void_at is None}
    right = [cast.approver] if "approver" not in given else [cast.senior]
    signed = case.proposal_hash if random.random() < 0.96 else "0" * 64
    # Now and then it is who examined, with the other account.
    who = world.operator_twin.pk if random.random() < 0.06 else world.usually(random, *right)
    done = None
    for _time in range(1 if random.random() < 0.85 else 2):  # some press twice
        done = world.do(T.approve, who, case.pk, signed_hash=signed, reason="よい") or done
    return done


def _carries_out(world: World, random: Random, case: Case) -> object:
    if case.claimant_ready_at is None and random.random() < 0.95:
        gets_ready(world, random, case)
        case = world.again(case)
    return executes(world, random, case) if case.status == "approved" else None


def gets_ready(world: World, random: Random, case: Case) -> None:
    """The claimant follows the link, sets up a second factor, and says so."""
    user = Claim.objects.values_list("invitation__accepted_by", flat=True).get(pk=case.pk)
    if user is None and (token := world.links.get(case.number)):
        user = opens_account(world, case, token)
    if user is not None:
        world.do(T.get_ready, world.usually(random, world.user(user)), case.pk)


def opens_account(world: World, case: Case, token: str) -> int | None:
    done = world.do(
        joining.accept_invitation,
        PUBLIC,
        token,
        display_name="渡邉 翔",
        kana="ワタナベ ショウ",
        department="情報システム部",
        language="ja",
        password=PASSWORD,
    )
    if not done:
        return None
    world.enrols(done)
    return int(done.pk)


def executes(world: World, random: Random, case: Case) -> object:
    cast = world.cast
    signed = case.proposal_hash if random.random() < 0.97 else "0" * 64
    return world.do(T.execute, world.usually(random, cast.approver, world.judge), case.pk, signed_hash=signed)


STEPS: dict[str, Callable[[World, Random, Case], object]] = {
    "received": _finds,
    "matched": finding.accepts,
    "collecting": _collects,
    "proposed": delivers,
    "notified": _waits_and_decides,
    "approved": _carries_out,
}


def moves_on(world: World, random: Random, case: Case) -> None:
    """What comes next is done, usually by the right person, and often what comes after it too."""
    case = world.again(case)
    while case.status in STEPS and STEPS[case.status](world, random, case) and random.random() < GOES_ON:
        case = world.again(case)


def gets_far(world: World, random: Random, status: str, number: str = "") -> Case | None:
    """A claim comes in and is brought as far as `status`, if nothing comes in the way."""
    case = coming.comes_in(world, random)
    if case is None:
        return None
    for _step in range(12):
        if case.status in ("received", "matched") and case.registration is None and number:
            finding.links(world, random, case, number)
        elif case.status == status or case.status not in STEPS:
            break
        else:
            STEPS[case.status](world, random, case)
        case = world.again(case)
    return case


def movable(world: World) -> Sequence[Case]:
    return [one for one in world.now.open_cases() if one.frozen_at is None]


def proposed(world: World) -> Sequence[Case]:
    return world.now.open_cases("proposed")


def notified(world: World) -> Sequence[Case]:
    return world.now.open_cases("notified")


def approved(world: World) -> Sequence[Case]:
    return world.now.open_cases("approved")


def decidable(world: World) -> Sequence[Case]:
    return world.now.open_cases("proposed", "notified", "approved")


def sends_back(world: World, random: Random, case: Case) -> None:
    cast = world.cast
    world.do(T.send_back, world.usually(random, cast.approver, cast.senior), case.pk, reason="足りない")


def refuses(world: World, random: Random, case: Case) -> None:
    cast = world.cast
    # Now and then it is who examined, with the other account.
    right = [cast.approver, cast.approver, cast.senior]
    world.do(
        T.refuse,
        world.operator_twin.pk if random.random() < 0.06 else world.usually(random, *right),
        case.pk,
        reason=random.choice(["not_confirmed", "not_confirmed", "no_registration", "abuse", "no_response"]),
        words="確認できない",
        missing=random.choice([["C"], ["A", "C"], [], ["X"]]),
    )


def invites(world: World, random: Random, case: Case) -> None:
    if random.random() < 0.4:
        days.goes_to(world, world.at + timedelta(days=8))
    world.do(T.invite_claimant, world.usually(random, world.cast.approver), case.pk)


def presses_anything(world: World, random: Random, case: Case) -> None:
    """Any act, by anybody, at any time."""
    act = random.choice(
        [T.accept, T.propose, T.approve, T.execute, T.send_back, T.resume, T.withdraw, T.invite_claimant]
    )
    more: dict[str, Any] = {}
    if act in (T.approve, T.execute):
        more["signed_hash"] = case.proposal_hash
    if act in (T.approve, T.propose, T.send_back, T.resume):
        more["reason"] = "ok"
    world.do(act, random.choice(world.staff).pk, case.pk, **more)


# Beginnings -----------------------------------------------------------------------------------------------------------


def never(world: World) -> Sequence[Any]:
    """Only sequences begin like this."""
    return (None,) if not world.now.cases else ()


def _begins(status: str) -> Callable[[World, Random, None], None]:
    def begins(world: World, random: Random, nothing: None) -> None:
        case = gets_far(world, random, status, random.choice(["R-1", "R-1", "R-2", "R-3", "R-4"]))
        # What a beginning could not bring about is tried once more: it costs as much as many acts.
        if case and case.is_open and case.status != status:
            for _step in range(4):
                if case.status == status or case.status not in STEPS:
                    break
                STEPS[case.status](world, random, case)
                case = world.again(case)

    return begins


def _are_two(world: World, random: Random, nothing: None) -> None:
    """A beginning: two claims on two registrations, with a letter out for one."""
    for number in ("R-1", "R-3"):
        gets_far(world, random, "collecting", number)
    if found := finding.collecting(world):
        proving.orders_letter(world, random, found[0], to="")
        for letter in proving.waiting(world)[-1:]:
            proving.prints(world, random, letter)


def _is_doubtful(is_young: bool) -> Callable[[World, Random, None], None]:
    """A beginning: all is there, but two proofs come through one number, or one through a number that is new."""

    def begins(world: World, random: Random, nothing: None) -> None:
        case = gets_far(world, random, "collecting", "R-3" if is_young else "R-1")
        if case is None or case.status != "collecting":
            return
        for code in ("O2", "P1", "A2", "C2"):
            number = proving.ON_RECORD if code == "A2" and not is_young else ""
            for _time in range(2):  # where the wrong person pressed first, or nobody answered
                if proving.proves(world, random, case, code, number=number, youngest=is_young, is_fresh=True):
                    break
        for medium in ("mail", "phone", "post"):
            _tries(world, random, case, medium)
        days.goes_to(world, world.at + timedelta(days=13))
        proposes(world, random, case)
        for _step in range(3):
            case = world.again(case)
            if case.status in ("proposed", "notified", "approved"):
                STEPS[case.status](world, random, case)

    return begins


STAGES = ("collecting", "proposed", "notified", "approved", "executed")
RULES = [
    Rule("moves_on", 14, movable, moves_on),
    Rule("delivers", 2, proposed, delivers),
    Rule("approves", 2, notified, approves),
    Rule("gets_ready", 2, approved, gets_ready),
    Rule("executes", 2, approved, executes),
    Rule("sends_back", 1, decidable, sends_back),
    Rule("refuses", 1, coming.open_cases, refuses),
    Rule("invites", 1, approved, invites),
    Rule("presses_anything", 2, coming.open_cases, presses_anything),
    Rule("are_two", 0.3, never, _are_two),
    Rule("is_doubtful", 0.3, never, _is_doubtful(is_young=False)),
    Rule("is_young", 0.3, never, _is_doubtful(is_young=True)),
    *(Rule(f"is_{stage}", 0.3, never, _begins(stage)) for stage in STAGES),
]
BEGINNINGS = ["are_two", "is_doubtful", "is_young", *(f"is_{stage}" for stage in STAGES)]
