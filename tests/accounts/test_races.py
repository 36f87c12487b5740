"""Two at once: one wins, the others get a clean answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection

from accounts import transitions
from accounts.errors import DomainError
from accounts.models import Membership, Organisation, OrganisationKind, Role, User
from audit import verify
from audit.models import Event
from audit.record import Public
from tests.cast import Cast, actor
from tests.letterbox import link_in, mails

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
RACERS = 8


def race(act: Callable[[int], object]) -> list[str]:
    """Let `RACERS` start `act` at the same moment; return what each got: "won" or the name of the domain's answer."""
    start = Barrier(RACERS)

    def run(number: int) -> str:
        try:
            start.wait(20)
            act(number)
            return "won"
        except DomainError as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(run, range(RACERS)))


def test_one_of_many_joins_by_one_link(cast: Cast) -> None:
    transitions.invite(
        cast.aoba, email="new@example.jp", display_name="", roles=[Role.MEMBER], actor=actor(cast.hanako), at=AT
    )
    token = link_in(mails("invitation")[0]["body"]).split("/")[2]
    given = {"kana": "", "department": "", "language": "ja", "password": "a long phrase"}
    answers = race(
        lambda number: transitions.accept_invitation(token, display_name=f"{number}", **given, actor=Public(), at=AT)
    )
    assert sorted(answers) == ["WrongState"] * (RACERS - 1) + ["won"]
    assert User.objects.filter(email="new@example.jp").count() == 1
    assert Membership.objects.filter(user__email="new@example.jp").count() == 1
    assert verify.run().first_bad is None


def test_one_of_many_joins_by_links_of_two_organisations(cast: Cast) -> None:
    for home, inviter in ((cast.aoba, cast.hanako), (cast.wakaba, cast.wakako)):
        transitions.invite(
            home, email="new@example.jp", display_name="", roles=[Role.MEMBER], actor=actor(inviter), at=AT
        )
    tokens = [link_in(mail["body"]).split("/")[2] for mail in mails("invitation")]
    given = {"display_name": "新", "kana": "", "department": "", "language": "ja", "password": "a long phrase"}
    answers = race(lambda number: transitions.accept_invitation(tokens[number % 2], **given, actor=Public(), at=AT))
    assert answers.count("won") == 1
    assert set(answers) <= {"won", "WrongState", "Refused"}
    assert User.objects.filter(email="new@example.jp").count() == 1


def test_one_of_many_becomes_the_first_person(cast: Cast) -> None:
    home = Organisation.objects.create(kind=OrganisationKind.CUSTOMER, legal_name="新設")
    for number in range(RACERS):
        made = transitions.invite(
            home,
            email=f"n{number}@example.jp",
            display_name="",
            roles=[Role.ADMINISTRATOR],
            actor=actor(cast.operator),
            at=AT,
        )
        transitions.second_invitation(made, actor=actor(cast.approver), at=AT)
    tokens = [link_in(mail["body"]).split("/")[2] for mail in mails("invitation")]
    given = {"display_name": "新", "kana": "", "department": "", "language": "ja", "password": "a long phrase"}
    answers = race(lambda number: transitions.accept_invitation(tokens[number], **given, actor=Public(), at=AT))
    assert sorted(answers) == ["WrongState"] * (RACERS - 1) + ["won"]


def test_one_of_many_invitations_of_one_address_is_made(cast: Cast) -> None:
    by = actor(cast.hanako)
    answers = race(
        lambda _: transitions.invite(
            cast.aoba, email="new@example.jp", display_name="", roles=[Role.MEMBER], actor=by, at=AT
        )
    )
    assert sorted(answers) == ["Refused"] * (RACERS - 1) + ["won"]
    assert len(mails()) == Event.objects.count() == 1


def test_accepting_against_withdrawing_has_one_winner(cast: Cast) -> None:
    by = actor(cast.hanako)
    made = transitions.invite(cast.aoba, email="new@example.jp", display_name="", roles=[Role.MEMBER], actor=by, at=AT)
    token = link_in(mails("invitation")[0]["body"]).split("/")[2]
    given = {"display_name": "新", "kana": "", "department": "", "language": "ja", "password": "a long phrase"}

    def act(number: int) -> object:
        if number % 2:
            return transitions.withdraw_invitation(made, actor=by, at=AT)
        return transitions.accept_invitation(token, **given, actor=Public(), at=AT)

    assert sorted(race(act)) == ["WrongState"] * (RACERS - 1) + ["won"]
    made.refresh_from_db()
    assert (made.status == "accepted") == User.objects.filter(email="new@example.jp").exists()
