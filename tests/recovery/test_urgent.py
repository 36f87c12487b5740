"""Business stands still: one named setting after a call, a second person, and taking it back at any time."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Role, User
from audit.models import Event, EventAbout
from audit.record import Public
from desk.models import Contact
from handover.models import ContactPoint
from outbox.models import Notice
from recovery import clock, named_settings, transitions
from recovery.models import Claim, Dispatch, Duty, UrgentSetting
from recovery.rules.people import is_untouched
from tests import claims
from tests.announced import announced
from tests.cast import Cast, actor
from tests.seen import mark, notices, verbs
from tests.stock import NOW, holder, line

pytestmark = pytest.mark.django_db
LATER = claims.later(hours=1)
TODAY = timezone.localdate(NOW)


def made(cast: Cast, claim: Claim, *, by: User | None = None, at: Any = LATER, **changes: Any) -> UrgentSetting:
    phone = ContactPoint.objects.filter(registration=claim.registration, kind="phone", until=None).first()
    wanted: dict[str, Any] = {
        "code": "forwarding",
        "before": "転送なし",
        "after": "本社へ転送",
        "reason": "支社の電話がつながらない",
        "remind_on": TODAY + timedelta(days=7),
        "contact_point_pk": phone.pk if phone else None,
        "number": "",
        "note": "総務の方と話した",
        **changes,
    }
    # Not everybody may announce one, and it is the setting itself that has to say no.
    who = by if by and by not in (cast.agent, cast.supervisor) else cast.operator
    announced(claim.inquiry, who, at=at, purpose="setting")
    return transitions.make_setting(claim.pk, **wanted, actor=actor(by or cast.operator), at=at)


@pytest.fixture
def claim(cast: Cast) -> Claim:
    """A claim that is linked and not accepted yet: what stands still does not wait for papers."""
    return claims.linked(cast, claims.held(cast))


def test_operator_makes_a_setting_after_calling_the_number_of_record(cast: Cast, claim: Claim) -> None:
    since = mark()
    setting = made(cast, claim)
    assert verbs(since) == ["intention.announced", "setting.made"]
    written = Event.objects.get(sequence__gt=since, verb="setting.made")
    assert written.facts == {
        "case": claim.number,
        "setting": setting.pk,
        "name": "forwarding",
        "basis": "record",
        "remind_on": (TODAY + timedelta(days=7)).isoformat(),
    }
    about = set(EventAbout.objects.filter(event=written).values_list("label", flat=True))
    assert {claim.inquiry.label, "registration:R-1", cast.aoba.label} <= about
    assert notices(since) == sorted(
        [
            ("claim_letter", _label(claim, "post")),
            ("claim_setting", cast.hanako.label),
            ("claim_setting", _label(claim, "mail")),
            ("claim_setting", cast.taro.label),
        ]
    )
    call = setting.contact
    assert (call.party, call.channel, call.direction) == ("record", "phone", "out")
    assert setting.words == {"before": "転送なし", "after": "本社へ転送", "reason": "支社の電話がつながらない"}
    assert b"\xe8\xbb\xa2\xe9\x80\x81" not in bytes(setting.sealed)
    claim.refresh_from_db()
    assert (claim.status, holder(claim.registration)) == ("matched", cast.taro)  # type: ignore[arg-type]


def _label(claim: Claim, kind: str) -> str:
    assert claim.registration
    return f"contact_point:{claims.point(claim.registration, kind).pk}"


def test_claimant_is_told_nothing_of_a_setting(cast: Cast, claim: Claim) -> None:
    since = mark()
    setting = made(cast, claim)
    transitions.reverse_setting(setting.pk, reason="直った", actor=actor(cast.operator), at=claims.later(hours=2))
    assert claim.label not in {to for _template, to in notices(since)}


def test_mail_about_a_setting_names_it_in_the_readers_language_and_how_to_object(cast: Cast, claim: Claim) -> None:
    User.objects.filter(pk=cast.hanako.pk).update(language="en")
    since = mark()
    made(cast, claim)
    bodies = {
        row.recipient: str(claims._content(row)["body"])
        for row in Notice.objects.filter(event__sequence__gt=since, template="claim_setting")
    }
    assert "Where calls are forwarded to" in bodies[cast.hanako.label]
    assert "着信転送先の変更" in bodies[cast.taro.label]
    assert all(claims.OBJECTION.search(body) for body in bodies.values())
    assert all("R-1" not in body for body in bodies.values())


@pytest.mark.parametrize("who", ["agent", "approver", "senior", "hanako", "taro", "editor", "auditor", "worker"])
def test_nobody_but_an_operator_makes_a_setting(cast: Cast, claim: Claim, who: str) -> None:
    with pytest.raises(NotAllowed):
        made(cast, claim, by=getattr(cast, who))
    with pytest.raises(NotAllowed):
        transitions.make_setting(
            claim.pk,
            code="forwarding",
            before="a",
            after="b",
            reason="c",
            remind_on=TODAY,
            contact_point_pk=None,
            number="",
            note="d",
            actor=Public(),
            at=LATER,  # type: ignore[arg-type]
        )
    assert not UrgentSetting.objects.exists()


def test_setting_needs_a_linked_claim_that_nothing_holds_up(cast: Cast, claim: Claim) -> None:
    fresh = claims.received()
    with pytest.raises(WrongState):
        made(cast, fresh)
    claims.linked(cast, claim.registration)  # type: ignore[arg-type]
    with pytest.raises(WrongState):
        made(cast, claim)


def test_setting_is_refused_when_the_person_in_charge_is_here(cast: Cast, claim: Claim) -> None:
    claims.came(cast.taro, claims.later(minutes=5))
    with pytest.raises(WrongState):
        made(cast, claim)


def test_young_or_dead_number_of_record_carries_no_setting(cast: Cast, claim: Claim) -> None:
    phone = ContactPoint.objects.get(registration=claim.registration, kind="phone")
    ContactPoint.objects.filter(pk=phone.pk).update(since=TODAY - timedelta(days=29))
    with pytest.raises(Refused) as said_no:
        made(cast, claim, contact_point_pk=phone.pk)
    assert set(said_no.value.fields) == {"number"}
    ContactPoint.objects.filter(pk=phone.pk).update(since=TODAY - timedelta(days=30))
    assert made(cast, claim, contact_point_pk=phone.pk).basis == "record"


def test_published_number_stands_in_only_where_no_number_of_record_can_be_used(cast: Cast, claim: Claim) -> None:
    with pytest.raises(Refused) as said_no:
        made(cast, claim, contact_point_pk=None, number="03-9999-0000")
    assert set(said_no.value.fields) == {"contact_point"}
    ContactPoint.objects.filter(registration=claim.registration, kind="phone").update(health="returned")
    setting = made(cast, claim, contact_point_pk=None, number="03-9999-0000")
    assert (setting.basis, setting.contact_point, setting.contact.party) == ("published", None, "organisation")


def test_number_that_the_claimant_gave_carries_no_setting(cast: Cast) -> None:
    held = claims.held(cast)
    ContactPoint.objects.filter(registration=held, kind="phone").delete()
    said = claims.received(statement={"own_phone": "090-1111-2222"})
    claim = claims.linked(cast, held, claim=said)
    with pytest.raises(Refused) as said_no:
        made(cast, claim, number="０９０－１１１１－２２２２")
    assert set(said_no.value.fields) == {"number"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "root_password"),
        ("before", " "),
        ("after", ""),
        ("reason", ""),
        ("note", ""),
        ("remind_on", TODAY),
        ("remind_on", TODAY + timedelta(days=31)),
    ],
)
def test_incomplete_setting_is_refused_by_its_field(cast: Cast, claim: Claim, field: str, value: Any) -> None:
    with pytest.raises(Refused) as said_no:
        made(cast, claim, **{field: value})
    assert set(said_no.value.fields) == {field}
    assert not Contact.objects.filter(inquiry=claim.inquiry, party="record").exists()


def test_second_press_makes_no_second_setting(cast: Cast, claim: Claim) -> None:
    made(cast, claim)
    since = mark()
    with pytest.raises(WrongState):
        made(cast, claim, code="bandwidth", at=claims.later(hours=2))
    assert (UrgentSetting.objects.count(), verbs(since)) == (1, ["intention.announced"])


def test_list_of_settings_follows_the_product_and_a_later_list_rewrites_nothing(
    cast: Cast, claim: Claim, settings: Any
) -> None:
    assert claim.registration
    line(claim.registration)
    own = {"ja": "専用", "en": "Own", "products": ["LAN-1"]}
    settings.URGENT_SETTINGS = {"own": own, "other": {"ja": "他", "en": "Other", "products": ["X"]}}
    assert [one.code for one in named_settings.settings_for(claim.registration)] == ["own"]
    setting = made(cast, claim, code="own")
    settings.URGENT_SETTINGS = {}
    setting.refresh_from_db()
    with translation.override("en"):
        assert setting.name == "Own"


def test_second_person_confirms_and_the_maker_does_not(cast: Cast, claim: Claim) -> None:
    setting = made(cast, claim)
    at = claims.later(hours=2)
    for who in (cast.operator, claims.same_human(cast, cast.operator, Role.APPROVER), cast.agent, cast.hanako):
        with pytest.raises(NotAllowed):
            transitions.confirm_setting(setting.pk, actor=actor(who), at=at)
    since = mark()
    confirmed = transitions.confirm_setting(setting.pk, actor=actor(cast.colleague), at=at)
    assert (confirmed.status, confirmed.confirmed_by, confirmed.confirmed_at) == ("confirmed", cast.colleague, at)
    written = Event.objects.get(sequence__gt=since)
    assert (written.verb, written.facts) == ("setting.confirmed", {"case": claim.number, "setting": setting.pk})
    assert notices(since) == []
    with pytest.raises(WrongState):
        transitions.confirm_setting(setting.pk, actor=actor(cast.senior), at=at)


@pytest.mark.parametrize("who", ["operator", "colleague", "approver", "senior"])
@pytest.mark.parametrize("is_confirmed", [True, False])
def test_setting_is_taken_back_at_any_time_with_a_reason(
    cast: Cast, claim: Claim, who: str, is_confirmed: bool
) -> None:
    setting, at = made(cast, claim), claims.later(hours=3)
    if is_confirmed:
        transitions.confirm_setting(setting.pk, actor=actor(cast.colleague), at=claims.later(hours=2))
    with pytest.raises(Refused):
        transitions.reverse_setting(setting.pk, reason=" ", actor=actor(getattr(cast, who)), at=at)
    since = mark()
    back = transitions.reverse_setting(setting.pk, reason="復旧した", actor=actor(getattr(cast, who)), at=at)
    assert (back.status, back.end_words, verbs(since)) == ("reversed", "復旧した", ["setting.reversed"])
    assert Event.objects.get(sequence__gt=since).facts["was"] == ("confirmed" if is_confirmed else "made")
    told = notices(since)
    assert ("claim_letter", _label(claim, "post")) in told and ("claim_unset", cast.taro.label) in told
    with pytest.raises(WrongState):
        transitions.reverse_setting(setting.pk, reason="また", actor=actor(cast.senior), at=at)
    made(cast, claim, at=claims.later(hours=4))


@pytest.mark.parametrize("who", ["agent", "supervisor", "hanako", "editor", "auditor", "worker"])
def test_nobody_else_takes_a_setting_back(cast: Cast, claim: Claim, who: str) -> None:
    setting = made(cast, claim)
    with pytest.raises(NotAllowed):
        transitions.reverse_setting(setting.pk, reason="x", actor=actor(getattr(cast, who)), at=LATER)


def test_setting_is_taken_back_after_its_claim_has_ended_and_that_notice_asks_for_no_code(
    cast: Cast, claim: Claim
) -> None:
    setting = made(cast, claim)
    transitions.withdraw(claim.pk, actor=claims.PUBLIC, at=claims.later(hours=2))
    since = mark()
    transitions.reverse_setting(setting.pk, reason="復旧", actor=actor(cast.senior), at=claims.later(days=3))
    sent = Notice.objects.filter(event__sequence__gt=since)
    assert sent.count() == 4
    for row in sent:
        content = claims._content(row)
        assert not content.get("object_code") and not claims.OBJECTION.search(str(content.get("body", "")))


def test_letters_about_a_setting_are_printed(cast: Cast, claim: Claim) -> None:
    setting = made(cast, claim)
    transitions.reverse_setting(setting.pk, reason="復旧", actor=actor(cast.operator), at=claims.later(hours=2))
    waiting = list(Dispatch.objects.to_print().filter(claim=claim).values_list("pk", flat=True))
    assert len(waiting) == 2
    printed = transitions.print_letters(waiting, actor=actor(cast.colleague), at=claims.later(hours=3))
    assert printed


def test_clock_reminds_of_a_setting_that_nobody_confirmed_and_takes_nothing_back(cast: Cast, claim: Claim) -> None:
    setting = made(cast, claim)
    assert clock.run(at=LATER)["settings_reminded"] == 0
    late = claims.later(days=4)
    since = mark()
    assert clock.run(at=late)["settings_reminded"] == 1
    assert "setting.reminded" in verbs(since)
    assert clock.run(at=late)["settings_reminded"] == 0
    duty = Duty.objects.open().get(claim=claim, kind="setting")
    setting.refresh_from_db()
    assert setting.status == "made"
    with pytest.raises(WrongState):
        transitions.finish_duty(duty.pk, words="済み", actor=actor(cast.operator), at=late)
    transitions.confirm_setting(setting.pk, actor=actor(cast.senior), at=late)
    assert not Duty.objects.open().filter(kind="setting").exists()
    assert clock.run(at=claims.later(days=6))["settings_reminded"] == 0


def test_clock_reminds_on_the_day_until_it_is_taken_back_whatever_became_of_the_claim(cast: Cast, claim: Claim) -> None:
    setting = made(cast, claim)
    transitions.confirm_setting(setting.pk, actor=actor(cast.colleague), at=claims.later(hours=2))
    transitions.withdraw(claim.pk, actor=claims.PUBLIC, at=claims.later(hours=3))
    assert clock.run(at=claims.later(days=6))["settings_reminded"] == 0
    assert clock.run(at=claims.later(days=7))["settings_reminded"] == 1
    transitions.reverse_setting(setting.pk, reason="復旧", actor=actor(cast.colleague), at=claims.later(days=8))
    assert not Duty.objects.open().exists()
    assert clock.run(at=claims.later(days=9))["settings_reminded"] == 0


def test_who_made_a_setting_decides_nothing_in_the_case(cast: Cast) -> None:
    claim = claims.linked(cast, claims.held(cast))
    both = claims.same_human(cast, cast.operator, Role.APPROVER)
    made(cast, claim)
    assert not is_untouched(actor(both), claim)
    assert is_untouched(actor(cast.approver), claim)
