"""Contact points, names in use, product cards, looks: each act with its event and notices, and who may not."""

from datetime import date

import pytest

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import User
from audit.models import Event
from handover import transitions
from handover.folding import search_words
from handover.models import Blob, Certificate, ContactPoint, Product, Registration, UnitAlias
from handover.queries import register
from handover.transitions.products import TEXTS
from tests.cast import Cast, actor
from tests.letterbox import mails
from tests.seen import mark, notices, verbs
from tests.stock import NOW, START, accepted, registration

pytestmark = pytest.mark.django_db
CARD = dict.fromkeys(TEXTS, "回線")


def add_point(held: Registration, by: User, *, kind: str = "mail", value: str = "soumu@aoba.example") -> ContactPoint:
    return transitions.add_contact_point(
        registration_pk=held.pk,
        kind=kind,
        value=value,
        postal_code="",
        purposes=["procedure", "fault"],
        hours="平日",
        receiver_pays=True,
        actor=actor(by),
        at=NOW,
    )


def add_alias(held: Registration, by: User, alias: str = "本館") -> UnitAlias:
    return transitions.add_alias(registration_pk=held.pk, alias=alias, actor=actor(by), at=NOW)


# Contact points ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["taro", "hanako"])
def test_custodian_or_administrator_adds_a_contact_point(cast: Cast, held: Registration, who: str) -> None:
    since, by = mark(), getattr(cast, who)
    made = add_point(held, by)
    assert (made.since, made.until, made.health) == (date(2026, 11, 20), None, "unverified")
    assert (made.purposes, made.hours, made.receiver_pays) == (["fault", "procedure"], "平日", True)
    written = Event.objects.get(sequence__gt=since)
    assert (written.verb, written.actor, written.subject) == ("contact_point.added", by.label, held.label)
    assert set(written.about) == {held.label, cast.aoba.label}
    assert written.facts == {"contact_point": made.pk, "kind": "mail"}
    old = ContactPoint.objects.exclude(pk=made.pk).get()
    # The new address is not told: it may be mistyped, and the mail names the registration.
    assert notices(since) == [
        ("contact_point_added", f"contact_point:{old.pk}"),
        ("contact_point_added", cast.taro.label),
    ]
    assert all("soumu@aoba.example" not in mail["body"] for mail in mails("contact_point_added"))


@pytest.mark.parametrize("who", ["jiro", "wakako", "worker", "agent", "operator", "senior"])
def test_others_cannot_change_contact_points(cast: Cast, held: Registration, who: str) -> None:
    since, point = mark(), ContactPoint.objects.get()
    with pytest.raises(NotAllowed):
        add_point(held, getattr(cast, who))
    with pytest.raises(NotAllowed):
        transitions.end_contact_point(contact_point_pk=point.pk, actor=actor(getattr(cast, who)), at=NOW)
    with pytest.raises(NotAllowed):
        add_alias(held, getattr(cast, who))
    assert verbs(since) == [] and ContactPoint.objects.get().until is None


def test_former_custodian_cannot_change_contact_points(cast: Cast, held: Registration) -> None:
    accepted(cast, held, days=0)
    with pytest.raises(NotAllowed):
        add_point(held, cast.taro)
    assert add_point(held, cast.jiro)


def test_closed_registration_takes_no_change(cast: Cast, held: Registration) -> None:
    Registration.objects.update(status="closed")
    with pytest.raises(WrongState):
        add_point(held, cast.taro)
    with pytest.raises(WrongState):
        add_alias(held, cast.taro)


def test_second_press_adds_no_second_contact_point(cast: Cast, held: Registration) -> None:
    add_point(held, cast.taro)
    since = mark()
    with pytest.raises(Refused):
        add_point(held, cast.taro)
    assert verbs(since) == [] and ContactPoint.objects.count() == 2


def test_custodian_ends_a_contact_point_and_the_old_address_is_told(cast: Cast, held: Registration) -> None:
    old = ContactPoint.objects.get()
    new = add_point(held, cast.taro)
    since = mark()
    transitions.end_contact_point(contact_point_pk=old.pk, actor=actor(cast.taro), at=NOW)
    old.refresh_from_db()
    assert old.until == date(2026, 11, 20)
    written = Event.objects.get(sequence__gt=since)
    assert (written.verb, written.facts) == ("contact_point.ended", {"contact_point": old.pk, "kind": "mail"})
    told = {mail["to"]: mail["recipient"] for mail in mails("contact_point_ended")}
    assert told == {
        cast.taro.email: cast.taro.label,
        new.value: f"contact_point:{new.pk}",
        old.value: f"contact_point:{old.pk}",
    }


def test_last_contact_point_cannot_be_ended(cast: Cast, held: Registration) -> None:
    since = mark()
    with pytest.raises(Refused):
        transitions.end_contact_point(contact_point_pk=ContactPoint.objects.get().pk, actor=actor(cast.taro), at=NOW)
    assert ContactPoint.objects.get().until is None and verbs(since) == []


def test_second_press_ends_no_contact_point_twice(cast: Cast, held: Registration) -> None:
    old = ContactPoint.objects.get()
    add_point(held, cast.taro)
    transitions.end_contact_point(contact_point_pk=old.pk, actor=actor(cast.taro), at=NOW)
    since = mark()
    with pytest.raises(WrongState):
        transitions.end_contact_point(contact_point_pk=old.pk, actor=actor(cast.taro), at=NOW)
    assert verbs(since) == [] and notices(since) == []


def test_changed_contact_points_leave_certificates_valid(cast: Cast, held: Registration) -> None:
    """A certificate states no contact point, so its facts did not change."""
    blob = Blob.objects.create(name="b", sha256="0" * 64, size=1, content_type="application/pdf", stored_at=START)
    issued = Certificate.objects.create(
        serial="C-1",
        check_code="A",
        registration=held,
        language="ja",
        facts={},
        log_sequence=1,
        blob=blob,
        issued_at=START,
    )
    old = ContactPoint.objects.get()
    add_point(held, cast.taro)
    transitions.end_contact_point(contact_point_pk=old.pk, actor=actor(cast.taro), at=NOW)
    issued.refresh_from_db()
    assert issued.status == Certificate.Status.VALID


# Names in use --------------------------------------------------------------------------------------------------------


def test_a_name_in_use_finds_the_registration_until_it_ends(cast: Cast, held: Registration) -> None:
    since, by = mark(), actor(cast.taro)
    made = add_alias(held, cast.taro, "髙層ビル")
    assert [found.number for found in register.found(by, NOW, words=search_words("高層"))] == ["R-1"]
    written = Event.objects.get(sequence__gt=since)
    assert (written.verb, written.subject, written.facts) == ("alias.added", held.label, {"alias": made.pk})
    transitions.end_alias(alias_pk=made.pk, actor=by, at=NOW)
    assert not register.found(by, NOW, words=search_words("高層"))
    assert [found.number for found in register.found(by, NOW, words=search_words("青葉 本社"))] == ["R-1"]
    assert verbs(since) == ["alias.added", "alias.ended"]


def test_second_press_neither_adds_nor_ends_a_name_twice(cast: Cast, held: Registration) -> None:
    made = add_alias(held, cast.taro)
    with pytest.raises(Refused):
        add_alias(held, cast.hanako)
    transitions.end_alias(alias_pk=made.pk, actor=actor(cast.taro), at=NOW)
    since = mark()
    with pytest.raises(WrongState):
        transitions.end_alias(alias_pk=made.pk, actor=actor(cast.taro), at=NOW)
    assert verbs(since) == []
    # An ended name can be taken up again.
    assert add_alias(held, cast.taro).pk != made.pk


# Product cards -------------------------------------------------------------------------------------------------------


def test_operator_makes_and_changes_a_product_card(cast: Cast) -> None:
    since, by = mark(), actor(cast.operator)
    made = transitions.add_product(code="line", texts=CARD, actor=by, at=NOW)
    transitions.change_product(product_pk=made.pk, texts={**CARD, "stops_ja": "電話"}, actor=by, at=NOW)
    made.refresh_from_db()
    assert (made.name_ja, made.stops_ja) == ("回線", "電話")
    first, second = Event.objects.filter(sequence__gt=since).order_by("sequence")
    assert (first.verb, first.subject, first.facts) == ("product.added", "product:line", {})
    assert (second.verb, second.facts) == ("product.changed", {"changed": ["stops_ja"]})


@pytest.mark.parametrize("who", ["hanako", "taro", "agent", "supervisor", "approver", "editor", "auditor", "worker"])
def test_only_an_operator_keeps_product_cards(cast: Cast, who: str) -> None:
    made, since = Product.objects.create(code="line"), mark()
    with pytest.raises(NotAllowed):
        transitions.add_product(code="other", texts=CARD, actor=actor(getattr(cast, who)), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.change_product(product_pk=made.pk, texts=CARD, actor=actor(getattr(cast, who)), at=NOW)
    assert verbs(since) == []


def test_second_press_makes_no_second_card_and_no_empty_change(cast: Cast) -> None:
    by = actor(cast.operator)
    made = transitions.add_product(code="line", texts=CARD, actor=by, at=NOW)
    since = mark()
    with pytest.raises(Refused):
        transitions.add_product(code="line", texts=CARD, actor=by, at=NOW)
    with pytest.raises(Refused):
        transitions.change_product(product_pk=made.pk, texts=CARD, actor=by, at=NOW)
    assert verbs(since) == [] and Product.objects.count() == 1


# Looks ---------------------------------------------------------------------------------------------------------------


def test_a_look_is_an_event_about_the_registration_alone(cast: Cast, held: Registration) -> None:
    since = mark()
    transitions.look(registration=held, capacity="administrator", actor=actor(cast.hanako), at=NOW)
    written = Event.objects.get(sequence__gt=since)
    assert (written.verb, written.actor, written.about) == ("registration.viewed", cast.hanako.label, [held.label])
    assert written.facts == {"page": "registration", "as": "administrator"}


def test_a_stranger_cannot_even_look(cast: Cast, held: Registration) -> None:
    since = mark()
    for stranger in (cast.wakako, cast.agent, cast.operator):
        with pytest.raises(NotAllowed):
            transitions.look(registration=held, capacity="former", actor=actor(stranger), at=NOW)
    assert verbs(since) == []


def test_registrations_of_another_customer_are_not_found(cast: Cast, held: Registration) -> None:
    other = registration(cast.wakaba, "R-9", custodian=cast.minoru, at=START)
    assert register.find_visible(actor(cast.taro), other.number, NOW) is None
    assert register.find_visible(actor(cast.minoru), other.number, NOW) == other
