"""Version 1 against the written procedure. Every number stands here a second time, so that none changes unseen."""

import pytest
from django.utils import translation

from recovery.procedure import Attempts, Inactivity, Window, load
from tests.recovery.proofs import CODES, VERSION_1

KINDS = {
    "O1": ("OA", 50),
    "O2": ("O", 20),
    "O3": ("O", 30),
    "O4": ("O", 10),
    "O5": ("OA", 40),
    "L1": ("L", 10),
    "L2": ("L", 10),
    "L3": ("L", 10),
    "L4": ("L", 20),
    "P1": ("P", 30),
    "P2": ("P", 15),
    "P3": ("", 0),
    "A1": ("A", 30),
    "A2": ("A", 40),
    "A3": ("A", 40),
    "C1": ("C", 40),
    "C1b": ("C", 40),
    "C2": ("C", 20),
    "C3": ("C", 15),
    "C4": ("C", 20),
    "C5": ("C", 30),
}


def test_catalogue_has_the_categories_and_points_of_the_procedure() -> None:
    assert {kind.code: ("".join(kind.categories), kind.points) for kind in VERSION_1.kinds} == KINDS


def test_catalogue_has_the_validity_of_the_procedure() -> None:
    ages = {
        kind.code: [(rule.source, rule.days, rule.months) for rule in kind.validity]
        for kind in VERSION_1.kinds
        if kind.validity
    }
    assert ages == {"O2": [("registry", 100, None), ("", None, 3)], "O3": [("", None, 3)], "A1": [("", None, 3)]}


def test_catalogue_marks_the_kinds_that_have_a_rule_of_their_own() -> None:
    kinds = VERSION_1.kinds
    assert {kind.code: set(kind.sources) for kind in kinds if kind.has_endpoint} == {
        "A2": {"published", "registry"},
        "A3": {"record", ""},
        "C1": {"record"},
        "C1b": {"registry", "published"},
        "C2": {"record"},
        "C3": {"record"},
        "C4": {"record"},
    }
    assert {kind.code for kind in kinds if kind.needs_tenure} == {"C1", "C2", "C3", "C4"}
    assert {kind.code for kind in kinds if kind.needs_second_check} == {"O3"}
    assert {kind.code for kind in kinds if not kind.allows_contractor} == {"A2", "A3"}
    assert {kind.code for kind in kinds if not kind.stands_alone} == {"C4"}
    assert {kind.code: (kind.from_tier, kind.unless) for kind in kinds if kind.from_tier} == {
        "C1b": (4, "no_live_channel")
    }
    assert [(set(cap.codes), cap.points) for cap in VERSION_1.caps] == [({"L1", "L2", "L3"}, 20)]
    assert VERSION_1.tenure_days == 30


def test_tiers_three_and_four_have_the_numbers_of_the_procedure() -> None:
    three, four = VERSION_1.tier(3), VERSION_1.tier(4)
    assert (three.points, four.points) == (90, 140)
    assert three.categories == four.categories == (("O",), ("P",), ("A",), ("C",))
    assert three.mandatory == ()
    assert four.mandatory == (("O1", "O3", "O5"), ("P1", "P2"), ("A2",), ("C1b",))
    assert (dict(three.at_least), dict(four.at_least)) == ({}, {"A": 2})
    assert (three.channels, four.channels) == (2, 2)
    assert (three.needs_independence, four.needs_independence) == (False, True)
    assert (three.wanted, four.wanted) == ((), ("A3", "C4"))
    assert three.attempts == Attempts(count=3, media=2, business_days=5)
    assert four.attempts == Attempts(count=3, media=3, business_days=10)
    assert three.inactivity == Inactivity(days=30, or_by="A2")
    assert four.inactivity == Inactivity(days=90, or_by="A2")
    assert three.window == Window(7, 5, Window(0, 3), frozenset({"C1", "A2"}))
    assert four.window == Window(14, 10)
    assert three.approvals == ("operator", "approver")
    assert four.approvals == ("operator", "approver", "senior")
    assert (three.cooling_off_days, four.cooling_off_days) == (30, 30)
    everybody = ("every_channel", "deputies", "administrators", "holder_by_post")
    assert three.notices == everybody
    assert four.notices == (*everybody, "registry_head_office", "replaced_in_12_months")
    assert (three.target, four.target) == ((10, 15), (20, 30))


def test_lower_tiers_and_the_one_outside_have_the_rules_of_the_procedure() -> None:
    one, two, five = VERSION_1.tier(1), VERSION_1.tier(2), VERSION_1.tier(5)
    assert (one.points, one.categories, one.mandatory) == (10, (("L",),), (("L2",),))
    assert (two.points, two.categories, two.mandatory) == (30, (("O", "L"),), ())
    assert (one.approvals, two.approvals) == (("agent",), ("operator",))
    assert (one.notices, two.notices) == (("channel_of_record",), ("channel_of_record",))
    assert (one.window, two.window, one.attempts, two.attempts) == (None, None, None, None)
    assert (one.cooling_off_days, two.cooling_off_days) == (0, 0)
    assert (one.target, two.target) == (None, (2, 2))
    assert [tier.number for tier in VERSION_1.tiers if tier.is_outside] == [5]
    assert five.approvals == ("senior",)


def test_circumstances_have_their_tier_and_measure() -> None:
    found = {one.code: (one.tier, one.registrations, one.days, one.months) for one in VERSION_1.circumstances}
    assert found == {
        "no_live_channel": (4, None, None, None),
        "returned_mail": (4, None, None, None),
        "more_than_ten": (4, 10, None, None),
        "critical": (4, None, None, None),
        "recent_change": (4, None, 30, None),
        "earlier_objection": (4, None, None, 12),
    }
    assert VERSION_1.default_tier == 3


def test_letters_codes_and_objection_have_the_numbers_of_the_procedure() -> None:
    letters, codes, objection = VERSION_1.letters, VERSION_1.codes, VERSION_1.objection
    assert (letters.valid_days, letters.tries, letters.reissues, letters.length) == (21, 5, 2, 10)
    assert (codes.mail_hours, codes.voice_minutes) == (24, 10)
    assert (objection.reviewers, objection.review_business_days, objection.identify_days) == (2, 3, 14)
    assert VERSION_1.notice_moments == ("accepted", "proposed", "executed", "cooling_off_over")
    assert VERSION_1.kit_window == Window(0, 3)


def test_limits_and_promises_have_the_numbers_of_the_procedure() -> None:
    assert VERSION_1.limits == {
        "open_per_registration": 1,
        "per_registration_in_12_months": 3,
        "open_per_claimant": 3,
        "open_per_organisation": 10,
        "per_sender_a_day": 5,
        "name_searches_an_hour": 5,
        "tries_per_code": 5,
        "failures_per_registration_a_day": 10,
        "phone_off_hours": 24,
        "agent_customers_an_hour_soft": 30,
        "agent_customers_an_hour_hard": 60,
    }
    assert VERSION_1.holding == {
        "holding_answer_business_days": 15,
        "decision_business_days": 35,
        "silence_business_days": 5,
        "reminders": 2,
        "reminder_media": 2,
        "close_days": 30,
        "reopen_days": 180,
    }
    assert VERSION_1.appeal == {"within_days": 30, "answer_business_days": 10}
    assert VERSION_1.exceptions == {"precedents": 3, "review_count": 3, "review_months": 6}
    assert VERSION_1.never_excepted == ("P", "A", "notice", "dual_control", "cooling_off")
    assert VERSION_1.sampling == {
        "executed_percent": 3,
        "by_agency_percent": 6,
        "all_of_tier": 4,
        "all_for_months": 6,
    }


def test_lists_are_whole() -> None:
    assert [rung.rung for rung in VERSION_1.ladder] == ["0", "1", "1b", "2", "3", "4", "5", "6"]
    assert [(route.code, route.tier) for route in VERSION_1.routes] == [
        ("representative", 4),
        ("sole_trader", 4),
        ("association", None),
        ("superior_body", None),
        ("standstill", None),
    ]
    assert [one.code for one in VERSION_1.exits] == ["sign_in", "reassignment", "kit", "colleague", "recovery"]
    assert len(VERSION_1.blocked) == 8
    assert len(VERSION_1.allowed) == 4
    assert len(CODES) == 21


def test_desk_says_the_sentences_of_the_procedure_word_for_word() -> None:
    with translation.override("ja"):
        said = {one.code: one.text for one in VERSION_1.sentences}
    blanks = {"receipt_number": "○○", "tracking_code": "○○", "promised_until": "○月○日○時"}
    assert [text.format(**blanks) for text in said.values()] == [
        "受付番号は○○、進捗確認コードは○○です。次のご連絡は○月○日○時までに当社から差し上げます。"
        "お客さまからのお電話は不要です。",
        "ご登録の有無を含め、確認が済むまではお答えいたしかねます。どのお客さまにも同じご案内をしております。"
        "お手続きは、いまこのお電話で受付できます。",
        "書類をお持ちであることだけでは、お手続きの権限の確認にはなりません。"
        "ご登録のお客さまから委任の承認をいただく方法をご案内します。",
        "ただいまの内容では確認ができませんでした。（どの項目かは申し上げられません）別の確認方法がございます。",
        "当社からの電話かどうかは、こちらの発信確認番号を公式ページでお確かめください。"
        "当社からのお電話で、暗証番号や封書のコードをお聞きすることはありません。",
    ]


@pytest.mark.parametrize(("language", "name"), [("ja", "社員証、名刺"), ("en", "Employee card or business card")])
def test_reader_sees_names_in_the_own_language(language: str, name: str) -> None:
    with translation.override(language):
        assert VERSION_1.kind("P3").name == name


def test_every_english_text_is_english_and_every_japanese_one_japanese() -> None:
    def texts(value: object, key: str = "") -> list[tuple[str, str]]:
        if isinstance(value, dict):
            return [found for name, one in value.items() for found in texts(one, name)]
        if isinstance(value, list):
            return [found for one in value for found in texts(one)]
        return [(key, value)] if isinstance(value, str) and value else []

    found = texts(load(1))
    assert sum(key.endswith("_ja") for key, _text in found) == sum(key.endswith("_en") for key, _text in found) > 100
    for key, text in found:
        japanese = any("\u3040" <= letter <= "\u9fff" for letter in text)
        assert japanese == key.endswith("_ja"), text
