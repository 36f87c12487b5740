"""The home page says what waits for each, with a way there; and the navigation stays one line."""

from datetime import timedelta

import pytest
from django.test import Client

from config.context import MOST_IN_LINE
from handover import transitions
from handover.models import Attestation, Mandate, Registration
from handover.queries import awaiting
from tests import changes, opening
from tests.cast import Cast, actor, sign_in
from tests.handover import mandated, reassigning
from tests.stock import NOW, offered, registration

pytestmark = pytest.mark.django_db


def waits(user: object, at: object = NOW) -> dict[str, str]:
    return {line.key: line.path for line in awaiting.lines_for(actor(user), at)}  # type: ignore[arg-type]


def test_mandate_asked_for_waits_for_who_decides_on_it(cast: Cast, held: Registration) -> None:
    made = mandated.asked(cast, held.number)
    path = f"/mandates/{made.number}/"
    assert waits(cast.hanako) == waits(cast.taro) == {"mandate": path}
    assert waits(cast.jiro) == waits(cast.wakako) == {}
    mandated.approved(made, cast.taro)
    assert waits(cast.taro) == {}


def test_mandate_that_ends_soon_waits_for_both_sides_until_it_is_renewed(cast: Cast, held: Registration) -> None:
    made = mandated.granted(cast, held.number)
    near = NOW + (made.ends_on - NOW.date()) - timedelta(days=40)
    assert waits(cast.hanako, near) == waits(cast.worker, near) == {"ending": "/mandates/"}
    assert waits(cast.hanako, near - timedelta(days=2)) == {}
    Mandate.objects.filter(pk=made.pk).update(status=Mandate.Status.ENDED, ended_at=NOW)
    assert waits(cast.worker, near) == {}


def test_yearly_question_waits_also_where_a_handover_leads_the_page(
    cast: Cast, held: Registration, client: Client
) -> None:
    other = registration(cast.aoba, "R-2", custodian=cast.jiro)
    Attestation.objects.create(registration=other, user=cast.jiro, due_on=NOW.date(), asked_at=NOW)
    assert waits(cast.jiro) == {"asked": "/attestation/"}
    assert not sign_in(client, cast.jiro).get("/").context["awaiting"], "it leads the page and is not said twice"
    offered(cast, held)
    page = client.get("/")
    assert [line.key for line in page.context["awaiting"]] == ["asked"]
    assert 'id="awaiting"' in page.content.decode()


def test_consent_to_a_change_waits_for_the_other_person_until_it_is_given(cast: Cast, held: Registration) -> None:
    wish = changes.asked(cast, "cancellation", held, by=cast.taro)
    assert waits(cast.hanako) == {"change": f"/changes/{wish.number}/"}
    assert waits(cast.taro) == {}
    transitions.consent(change_pk=wish.pk, actor=actor(cast.hanako), at=NOW)
    assert waits(cast.hanako) == {}


def test_question_of_a_successor_waits_for_the_predecessor(cast: Cast, held: Registration) -> None:
    made = offered(cast, held)
    transitions.ask(handover_pk=made.pk, text="鍵はどこですか", actor=actor(cast.jiro), at=NOW)
    assert waits(cast.taro) == {"question": f"/handovers/{made.number}/"}
    assert waits(cast.jiro) == {}


def test_activation_waits_for_another_operator_and_then_for_who_agrees(cast: Cast) -> None:
    made = opening.asked(cast, opening.unclaimed())
    path = f"/activations/{made.number}/"
    assert waits(cast.colleague) == {"check": path}
    assert waits(cast.operator) == {}
    transitions.announce_activation_call(number=made.number, actor=actor(cast.colleague), at=NOW)
    transitions.check_activation(number=made.number, kind="callback", note="x", actor=actor(cast.colleague), at=NOW)
    assert waits(cast.approver) == waits(cast.senior) == {"agree": path}
    assert waits(cast.colleague) == waits(cast.auditor) == {}


def test_letter_waits_for_who_did_not_order_it(cast: Cast) -> None:
    opening.ordered(cast, opening.unclaimed())
    assert waits(cast.colleague) == {"print": "/activations/letters/"}
    assert waits(cast.operator) == {}


def test_reassignment_waits_for_each_missing_yes_and_then_for_the_predecessor(cast: Cast) -> None:
    held = registration(cast.aoba, "R-7", custodian=cast.hanako)
    case = reassigning.proposed(cast, held)
    assert set(waits(cast.approver)) == set(waits(cast.senior)) == {"authority"}
    assert waits(cast.hanako) == {}
    reassigning.approved(case, cast.approver)
    assert (set(waits(cast.approver)), set(waits(cast.senior))) == (set(), {"authority"})
    reassigning.approved(case, cast.senior)
    assert waits(cast.hanako) == {"authority": f"/authority/{case.number}/object/"}
    reassigning.objected(case, cast.hanako)
    assert (set(waits(cast.hanako)), set(waits(cast.senior))) == (set(), {"authority"})


def test_nobody_has_more_entries_than_fit_one_line_and_the_rest_is_in_a_menu(cast: Cast, client: Client) -> None:
    page = sign_in(client, cast.operator).get("/people/")
    nav = page.context["nav"]
    assert len(nav.shown) == MOST_IN_LINE - 1
    assert [entry.url for entry in nav.more if entry.current] == ["/people/"]
    assert nav.current_in_more and '<summary class="here">' in page.content.decode()
    own = sign_in(Client(), cast.hanako).get("/").context["nav"]
    assert (len(own.shown), own.more) == (4, ())
    for path, home in (("/jobs/", "/registrations/"), ("/packages/", "/handovers/")):
        shown = sign_in(Client(), cast.hanako).get(path).context["nav"].shown
        assert [entry.url for entry in shown if entry.current] == [home]


def test_alarms_are_in_the_navigation_of_who_looks_into_them(cast: Cast) -> None:
    for user, there in ((cast.supervisor, True), (cast.senior, True), (cast.agent, False), (cast.operator, False)):
        nav = sign_in(Client(), user).get("/desk/").context["nav"]
        assert ("/desk/alarms/" in {entry.url for entry in nav.shown + nav.more}) == there, user
    nav = sign_in(Client(), cast.supervisor).get("/desk/alarms/").context["nav"]
    assert [entry.url for entry in nav.shown + nav.more if entry.current] == ["/desk/alarms/"]
    assert nav.current_in_more
