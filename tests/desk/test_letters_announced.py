"""Every letter that leaves carries a call code, whichever app writes it, and so does a call before an activation."""

import html
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Organisation, OrganisationKind
from desk import telling
from desk.announcing import LETTER_LIFE
from desk.models import CallIntention
from handover import activating, attesting, transitions
from handover.models import Registration
from handover.printing.activation import activation_html
from handover.printing.asking import asking_html
from handover.printing.inquiry_letters import inquiry_letters_html
from outbox import cipher
from outbox.models import Notice
from tests import opening
from tests.cast import Cast, actor, organisation
from tests.desk import promised
from tests.handover import attested
from tests.seen import mark, notices, verbs
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db(transaction=True)

MINUTES = timedelta(minutes=10)


def content_of(template: str) -> dict[str, Any]:
    """Return what the last letter of `template` says, as it lies encrypted until it is printed."""
    notice = Notice.objects.filter(channel=Notice.Channel.LETTER, template=template).latest("event")
    found: dict[str, Any] = json.loads(cipher.decrypt(bytes(notice.payload or b"")))
    return found


def said_of(code: str, at: Any) -> str:
    with time_machine.travel(at, tick=False):
        return html.unescape(Client().post("/caller/", {"code": code, "number": ""}).content.decode())


def is_ours(code: str, at: Any) -> bool:
    with time_machine.travel(at, tick=False):
        return bool(Client().post("/caller/", {"code": code, "number": ""}).context["answer"].is_ours)


@pytest.fixture
def home(cast: Cast) -> Organisation:
    return opening.unclaimed()


def test_letter_that_opens_access_carries_a_code_that_says_what_for_and_nothing_else(
    cast: Cast, home: Organisation
) -> None:
    made = opening.ordered(cast, home)
    content = content_of("activation_letter")
    code = content["call_code"]
    assert f"{code[:4]} {code[4:]}" in activation_html([activating.facts_of(content, NOW)])
    kept = CallIntention.objects.get()
    assert (kept.inquiry, kept.about, kept.channel, kept.by) == (None, made.label, "letter", cast.operator)
    assert (kept.purpose, kept.topic) == ("access", "access")
    text = said_of(code, NOW)
    assert str(kept.get_purpose_display()) in text and made.number not in text and home.legal_name not in text
    assert is_ours(code, NOW + LETTER_LIFE - MINUTES) and not is_ours(code, NOW + LETTER_LIFE)


def test_letter_of_the_first_administrator_is_announced_as_one_to_object_to(cast: Cast, home: Organisation) -> None:
    opening.approved(cast, home)
    content = content_of("activation_letter")
    assert content["kind"] == "told" and is_ours(content["call_code"], NOW)
    kept = CallIntention.objects.filter(channel="letter").latest("pk")
    assert (kept.purpose, kept.topic, kept.by) == ("notice", "access", cast.approver)
    assert kept.code in activation_html([activating.facts_of(content, NOW)])


def test_letter_of_the_yearly_question_follows_from_the_clock_and_is_ours(cast: Cast) -> None:
    held: Registration = registration(cast.aoba, "R-1", custodian=cast.hanako)
    attested.asked(cast, held)
    for day in (0, 14, 30):
        attested.run(attested.after(day))
    content = content_of("attestation_letter")
    kept = CallIntention.objects.get()
    assert (kept.purpose, kept.topic, kept.by, kept.staff_code) == ("in_charge", "in_charge", None, "")
    assert is_ours(content["call_code"], attested.after(31))
    assert kept.code in asking_html([attesting.facts_of(content, attested.after(30))])


def test_letter_to_an_inquirer_carries_one_and_a_reminder_says_that_something_is_missing(cast: Cast) -> None:
    inquiry, _code = promised.asked(cast.agent, address="東京都千代田区千代田1-1", answer_by="letter")
    content = content_of("inquiry_letter")
    kept = CallIntention.objects.get()
    assert (kept.inquiry, kept.purpose, kept.by) == (inquiry, "inform", cast.agent)
    assert is_ours(content["call_code"], NOW)
    assert kept.code in inquiry_letters_html([telling.facts_of(content, NOW)])


def test_letter_that_was_queued_before_letters_were_announced_is_printed_without(
    cast: Cast, home: Organisation
) -> None:
    opening.ordered(cast, home)
    content = content_of("activation_letter")
    del content["call_code"]
    assert "/caller/" not in activation_html([activating.facts_of(content, NOW)])


# The call before a second person agrees ------------------------------------------------------------------------------


def test_call_to_an_organisation_is_announced_and_is_one_call(cast: Cast, home: Organisation) -> None:
    made, before = opening.asked(cast, home), mark()
    who: dict[str, Any] = {"number": made.number, "actor": actor(cast.colleague)}
    _made, code = transitions.announce_activation_call(**who, at=NOW)
    assert verbs(before) == ["activation.call_announced"] and notices(before) == []
    text = said_of(code, NOW)
    kept = CallIntention.objects.get(channel="phone")
    assert str(kept.get_purpose_display()) in text and made.number not in text
    with pytest.raises(WrongState):  # the second press
        transitions.announce_activation_call(**who, at=NOW)
    transitions.check_activation(**who, kind="callback", note="総務課長", at=NOW + MINUTES)
    kept.refresh_from_db()
    assert kept.used_at == NOW + MINUTES


@pytest.mark.parametrize("kind", ["callback", "switchboard"])
def test_call_that_was_not_announced_is_no_check(cast: Cast, home: Organisation, kind: str) -> None:
    made = opening.asked(cast, home)
    with pytest.raises(Refused) as refused:
        transitions.check_activation(number=made.number, kind=kind, note="", actor=actor(cast.colleague), at=NOW)
    assert "kind" in refused.value.fields
    made.refresh_from_db()
    assert made.status == "asked"


def test_call_for_one_organisation_is_none_for_another(cast: Cast, home: Organisation) -> None:
    first = opening.asked(cast, home)
    second = opening.asked(cast, opening.unclaimed("日立書店", "T-2"), mail="b@hitachi.example")
    transitions.announce_activation_call(number=first.number, actor=actor(cast.colleague), at=NOW)
    with pytest.raises(Refused):
        transitions.check_activation(
            number=second.number, kind="callback", note="", actor=actor(cast.colleague), at=NOW
        )


@pytest.mark.parametrize("who", ["operator", "approver", "agent", "hanako"])
def test_only_who_checks_announces_that_call(cast: Cast, home: Organisation, who: str) -> None:
    made = opening.asked(cast, home)
    with pytest.raises(NotAllowed):
        transitions.announce_activation_call(number=made.number, actor=actor(getattr(cast, who)), at=NOW)


def test_nothing_is_announced_before_somebody_asks(cast: Cast) -> None:
    home = organisation(OrganisationKind.CUSTOMER, "日立書店", "ヒタチショテン")
    registration(home, "T-9", custodian=None)
    made = opening.ordered(cast, home)
    with pytest.raises(WrongState):
        transitions.announce_activation_call(number=made.number, actor=actor(cast.colleague), at=NOW)
