"""A letter opens a customer that nobody has claimed: ordered, printed, answered, checked, agreed to, accepted."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

from accounts import transitions as joining
from audit.record import Public
from handover.models import Activation, ActivationLetter, Registration
from tests.handover.life.changing import staff
from tests.handover.life.world import Rule, T, World
from tests.letterbox import link_in, mails
from tests.opening import MAIL, code_of

S = Activation.Status
PUBLIC = Public()
GOES_ON = 0.85


def _last(world: World) -> Activation | None:
    if "order_activation" not in world.begun:
        return None
    return Activation.objects.order_by("-pk").first()


def goes_on(world: World, random: Random, nothing: None) -> None:
    """What comes next is done, usually by the right person, and often what comes after it too."""
    steps: dict[str, Callable[[World, Random, Activation], object]] = {
        S.ORDERED: _prints,
        S.SENT: _answers,
        S.ENTERED: _proves_mailbox,
        S.ASKED: _checks,
        S.CHECKED: _agrees,
        S.DONE: _joins,
    }
    for _step in steps:
        activation = _last(world)
        act = steps.get(activation.status) if activation else None
        done = act(world, random, activation) if activation and act else _orders(world, random)
        if not done or random.random() > GOES_ON:
            break


def unopened(world: World) -> Sequence[None]:
    return () if world.unclaimed.pk in world.outside.values() else (None,)


def _orders(world: World, random: Random) -> object:
    who = staff(world, random, world.cast.operator, world.cast.colleague)
    made = world.do(T.order_activation, who, organisation_pk=world.unclaimed.pk)
    if made:
        world.secrets[made.number] = code_of(made)
    return made


def _prints(world: World, random: Random, activation: Activation) -> object:
    other = world.cast.operator if activation.ordered_by_id == world.cast.colleague.pk else world.cast.colleague
    keys = list(activation.letters.values_list("pk", flat=True))
    return world.do(T.print_activations, staff(world, random, other), letter_pks=keys)


def _answers(world: World, random: Random, activation: Activation) -> object:
    if random.random() < 0.35:
        return world.do(T.return_activation, staff(world, random, world.cast.operator), number=activation.number)
    typed = world.secrets[activation.number] if random.random() < 0.9 else "22222-22222"
    stated = {"name": "筑波 明", "department": "総務課", "mail": MAIL, "language": "ja"}
    made = world.do(T.enter_activation, PUBLIC, number=activation.number, typed=typed, **stated)
    if made:
        world.secrets[f"link of {activation.number}"] = _token_of("activation_mailbox")
    return made


def _token_of(template: str) -> str:
    return link_in(mails(template)[-1]["body"]).rstrip("/").rpartition("/")[2]


def _proves_mailbox(world: World, random: Random, activation: Activation) -> object:
    token = world.secrets[f"link of {activation.number}"]
    return world.do(T.confirm_activation, PUBLIC, token=token if random.random() < 0.95 else "other")


def _checks(world: World, random: Random, activation: Activation) -> object:
    cast = world.cast
    if random.random() < 0.4:
        looks_at(world, random, None)
    other = cast.operator if activation.ordered_by_id == cast.colleague.pk else cast.colleague
    who = staff(world, random, other, other, other, cast.operator)
    if random.random() < 0.9:
        world.do(T.announce_activation_call, who, number=activation.number)
    return world.do(T.check_activation, who, number=activation.number, kind="callback", note="総務課長")


def _agrees(world: World, random: Random, activation: Activation) -> object:
    who = staff(world, random, world.cast.approver, world.cast.senior)
    made = world.do(T.approve_activation, who, number=activation.number)
    if made:
        world.secrets["invitation"] = _token_of("invitation")
    return made


def _joins(world: World, random: Random, activation: Activation) -> object:
    """The first administrator accepts, and takes into care what nobody looked after."""
    if world.unclaimed.pk in world.outside.values() or random.random() < 0.3:
        return None
    stated = {"display_name": "筑波 明", "kana": "ツクバ アキラ", "department": "総務課", "language": "ja"}
    joined = world.do(
        joining.accept_invitation,
        PUBLIC,
        token=world.secrets["invitation"],
        password="correct horse battery",
        **stated,
    )
    if joined:
        for held in Registration.objects.filter(organisation=world.unclaimed).order_by("pk"):
            world.do(T.take_into_care, joined.pk, registration_pk=held.pk)
    return None


def refusable(world: World) -> Sequence[Activation]:
    last = _last(world)
    return (last,) if last and last.status in (S.ENTERED, S.ASKED, S.CHECKED) else ()


def refuses(world: World, random: Random, activation: Activation) -> None:
    who = staff(world, random, world.cast.approver, world.cast.operator)
    world.do(T.refuse_activation, who, number=activation.number)


def ordered(world: World) -> Sequence[None]:
    return (None,) if "order_activation" in world.begun else ()


def looks_at(world: World, random: Random, nothing: None) -> None:
    last = _last(world)
    if last:
        world.do(T.view_activation, staff(world, random, world.cast.operator), number=last.number)


def written(world: World) -> Sequence[ActivationLetter]:
    """Letters on whose code nothing waits: notices, and those that were answered or replaced."""

    def read() -> list[ActivationLetter]:
        rows = ActivationLetter.objects.filter(returned_at=None, void_at=None).order_by("pk")
        waited_for = rows.filter(kind="code", activation__status__in=[S.ORDERED, S.SENT])
        return list(rows.exclude(pk__in=waited_for.values("pk")))

    return world.once("activation letters", read) if "order_activation" in world.begun else ()


def comes_back(world: World, random: Random, letter: ActivationLetter) -> None:
    who = staff(world, random, world.cast.operator, world.cast.colleague)
    if letter.printed_at is None and random.random() < 0.9:
        world.do(T.print_activations, who, letter_pks=[letter.pk])
    world.do(T.return_activation_letter, who, letter_pk=letter.pk)


def waits_too_long(world: World, random: Random, nothing: None) -> None:
    """The link in the mail gets too old: only a new letter goes on."""
    world.at += timedelta(days=random.choice([1, 8]))
    _orders(world, random)


RULES = [
    Rule("orders_letter", 0.6, unopened, goes_on),
    Rule("goes_on_with_letter", 6, lambda world: ordered(world) and unopened(world), goes_on),
    Rule("refuses_letter", 8, refusable, refuses),
    Rule("looks_at_letter", 0.8, ordered, looks_at),
    Rule("letter_comes_back", 8, written, comes_back),
    Rule("letter_waits", 0.3, ordered, waits_too_long),
]
BEGINNINGS = ["orders_letter"]
