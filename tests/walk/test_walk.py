"""X7: every path as every role, and every identifier of somebody else's in every place that takes one."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from accounts import prepared
from accounts import queries as people
from accounts.models import Organisation
from handover.models import Registration
from handover.models.documents import DocumentQuerySet
from handover.models.handovers import HandoverQuerySet
from handover.models.register import RegistrationQuerySet
from tests.house.paths import every_path
from tests.walk.table import ROWS, expected
from tests.walk.walking import Walk
from tests.walk.world import body

pytestmark = pytest.mark.django_db

MARKS = {"": "", "looked": "~", "changed": "!"}
INSIDERS = ("administrator", "custodian", "successor", "former", "bystander")
UNKNOWN = "9999"
PARTS = ("handover", "recovery", "desk", "others")


def part_of(name: str) -> str:
    """Return in which of `PARTS` the path called `name` is walked: in one of them, whatever its name."""
    space = name.partition(":")[0]
    return space if space in PARTS else "others"


def differences(walk: Walk, method: str, names: list[str], roles: list[str]) -> list[str]:
    """Return a line for each answer that is not the table's."""
    found = []
    for name in names:
        address = walk.world.address(name)
        wanted = expected(name, method, roles)
        for role in roles:
            answer = walk.post(role, name, address) if method == "post" else walk.ask(role, method, address)
            got = answer.told + MARKS[answer.did]
            if got != wanted.get(role):
                found.append(f"{method} {name} as {role}: {got} instead of {wanted.get(role)}")
    return found


def test_every_path_has_a_row_and_every_row_a_path() -> None:
    assert sorted(ROWS) == sorted(name for name, _address in every_path())


# Who may press what is decided in Python; what the pages ask of the database is not, so they are read on both.
@pytest.mark.parametrize("method", ["get", pytest.param("post", marks=pytest.mark.either_database)])
# In parts, which two processes share.
@pytest.mark.parametrize("part", PARTS)
def test_every_role_gets_what_the_table_says(walk: Walk, method: str, part: str) -> None:
    names = [name for name in ROWS if part_of(name) == part]
    assert names
    assert differences(walk, method, names, list(walk.world.roles)) == []


@pytest.mark.parametrize("method", ["put", "delete"])
def test_other_methods_change_nothing(walk: Walk, method: str) -> None:
    for name in ROWS:
        answer = walk.ask("administrator", method, walk.world.address(name))
        # Publicly open by any method are only pages that take no notice of it, and the gates' redirects.
        assert answer.did == "", name
        assert answer.told in ("404", "405") or not name.startswith("handover:"), (name, answer.told)


@pytest.mark.parametrize("method", ["get", "post"])
def test_things_of_another_customer_answer_like_unknown_ones(walk: Walk, method: str) -> None:
    """Same status and the same bytes, for each path that takes an identifier; mixed ones as well."""
    world = walk.world
    for given in (world.foreign, world.mixed):
        for name, arguments in given.items():
            unknown = [*arguments[:-1], UNKNOWN] if given is world.mixed else [UNKNOWN for _ in arguments]
            for role in INSIDERS:
                answers = []
                for these in (arguments, unknown):
                    address = world.reverse(name, these)
                    answers.append(walk.ask(role, method, address, body(world, name, role) if method == "post" else {}))
                told = {(answer.told, answer.did, answer.body) for answer in answers}
                assert len(told) == 1, (name, role, [answer.told for answer in answers])
                assert answers[0].told in ("404", "405"), (name, role, answers[0].told)


def test_foreign_successor_in_a_form_is_refused_like_an_unknown_one(walk: Walk) -> None:
    world = walk.world
    address = world.address("handover:draft")
    data = world.posts["handover:draft"]
    for pk in (world.cast.minoru.pk, world.cast.wakako.pk, world.cast.operator.pk, world.cast.taro.pk, 999_999, "x"):
        answer = walk.ask("custodian", "post", address, {**data, "successor": pk})
        assert (answer.told, answer.did) == ("200", ""), pk


def test_foreign_item_in_a_form_is_taken_no_notice_of(walk: Walk) -> None:
    world = walk.world
    foreign = world.theirs.items.values_list("pk", flat=True)
    data = {f"mark-{pk}": "missing" for pk in foreign} | {f"note-{pk}": "x" for pk in foreign}
    before = list(world.theirs.items.order_by("pk").values_list("mark", "note"))
    assert walk.ask("successor", "post", world.address("handover:items"), data).told == ">handover:items"
    assert list(world.theirs.items.order_by("pk").values_list("mark", "note")) == before


def test_roles_of_another_kind_cannot_be_invited(walk: Walk) -> None:
    address = walk.world.address("accounts:invite")
    data = {"email": "other@new.example", "language": "ja", "staff_number": "S-9"}
    for role, wish in (("administrator", "operator"), ("supervisor", "operator"), ("operator", "administrator")):
        answer = walk.ask(role, "post", address, {**data, "roles": [wish]})
        assert (answer.told, answer.did) == ("200", ""), (role, wish)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_sent_elsewhere_after_confirming(walk: Walk, target: str) -> None:
    assert walk.ask("custodian", "get", "/accounts/confirm/", {"next": target}).told == ">home"
    answer = walk.ask("custodian", "post", "/language/", {"language": "en", "next": target})
    assert answer.told == ">home"


def test_form_of_somebody_else_is_not_answered_with_their_paper(walk: Walk) -> None:
    """The token of a form finds an earlier press of the same person, never what another stored."""
    world = walk.world
    token = str(world.theirs_paper.versions.get().token)
    address = world.address("handover:add_document")
    data = {**body(world, "handover:add_document", "custodian"), "token": token}
    assert (walk.ask("custodian", "post", address, data).told, token) == ("409", token)
    assert uuid4().hex != token


@pytest.fixture
def anew() -> Iterator[None]:
    """Queries are written with what is planted, and once more after that: none outlives its test."""
    prepared.forget()
    yield
    prepared.forget()


def _everything(self: Any, *args: Any) -> Any:
    return self.all()


@pytest.mark.parametrize(
    ("owner", "name", "leak"),
    [
        (RegistrationQuerySet, "visible_to", _everything),
        (DocumentQuerySet, "visible_to", _everything),
        (HandoverQuerySet, "visible_to", _everything),
        (people, "organisations_visible_to", lambda actor: Organisation.objects.all()),
    ],
    ids=["registrations", "papers", "handovers", "organisations"],
)
def test_walk_finds_a_planted_leak(
    walk: Walk, anew: None, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, leak: Any
) -> None:
    monkeypatch.setattr(owner, name, leak)
    names = [name for name in ROWS if re.match("handover:(registration|history|paper|handover|receipt)$", name)]
    found = differences(walk, "get", [*names, "accounts:organisation"], ["stranger", "agent", "bystander"])
    # A page, or a refusal that tells that there is something.
    assert [line for line in found if line.endswith("instead of 404")], "the walk did not notice"


def test_walk_notices_a_planted_change_behind_a_refusal(
    walk: Walk, anew: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(self: Any, *args: Any) -> Any:
        Registration.objects.filter(number="R-1").update(unit="別の部署")
        return self.none()

    monkeypatch.setattr(RegistrationQuerySet, "visible_to", careless)
    assert walk.ask("stranger", "get", walk.world.address("handover:registration")).did == "changed"
