"""Scenes of recovery beside the normal way: a kit, a list, a setting while business stands still, an audit."""

import hashlib
import hmac
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings

from config.demo import holdings, story
from config.demo.claims import CLOCK, CODE, PUBLIC, Case, mailed
from config.demo.recoveries import asks
from config.demo.story import Story, actor
from desk.models import CallIntention
from handover import kits
from handover import transitions as register
from handover.models import RecoveryKit
from outbox.models import Notice
from recovery import lists, transitions
from recovery.models import Claim
from recovery.queries import urgent

LIST = (
    "登録番号,利用部署,新しい担当者,メールアドレス\n"
    f"{holdings.LISTED[0]},浜松営業所,杉浦 遥,haruka@new.example\n"
    f"{holdings.LISTED[1]},沼津営業所,,\n"
    "R-2009-00623,三島営業所,,\n"
)
"""The list as it came from the head office; the last number lacks a digit, for whoever examines it to notice."""


class Beside(Case):
    """A case that goes on by something else than proofs alone."""

    def is_shown_a_kit(self) -> "Beside":
        """The kit of the person in charge lay in the safe; its code and the one mailed to the record are typed in."""

        def show(at: datetime) -> None:
            number, code = readable_kit(self.told, self.number)
            transitions.redeem_kit(self.claim.pk, number=number, typed=code, actor=PUBLIC, at=at)

        def enter(at: datetime) -> None:
            mails = Notice.objects.filter(dispatch__claim=self.claim, dispatch__purpose="code")
            codes = CODE.findall(mailed(mails))
            if not codes:  # delivered since an interrupted run: have a new one sent
                to = self.claim.dispatches.filter(purpose="code").latest("pk").contact_point_id or 0
                again = at - timedelta(seconds=2)
                transitions.order_mail_code(self.claim.pk, contact_point_pk=to, actor=actor("operator"), at=again)
                codes = CODE.findall(mailed(mails))
            transitions.enter_code(self.claim.pk, purpose="mail", typed=codes[-1], actor=PUBLIC, at=at)

        self._plan(show)
        self._plan(enter)
        return self

    def gets_list(self, days_ago: int) -> "Beside":
        self._goes_to(days_ago, 11)
        given = lists.read_file(LIST.encode())
        self._act(transitions.take_list, "operator", lines=given.lines, sha256=given.sha256)
        return self

    def is_set(self, days_ago: int) -> "Beside":
        """The operator calls the number of record and makes one setting; a second person has to look at it."""
        self._goes_to(days_ago, 10)
        self._announces(CallIntention.Purpose.SETTING)

        def make(at: datetime) -> None:
            transitions.make_setting(
                self.claim.pk,
                code="second_line",
                before="光回線（通常）",
                after="予備の無線回線",
                reason="回線の障害で、受注の電話とメールがすべて止まっているため。",
                remind_on=self.told.today + timedelta(days=6),
                contact_point_pk=urgent.phones_of(self.claim, at)[0].pk,
                number="",
                note="登録されている電話番号にかけ、営業所の方に障害の様子と切替えの希望を確認しました。",
                actor=actor("operator"),
                at=at,
            )

        self._plan(make)
        return self

    def may_be_drawn(self, days_ago: int, number: str) -> None:
        """The clock considers the finished claim `number` for the auditor; of the first one every time."""
        self._goes_to(days_ago, 7)

        def consider(at: datetime) -> None:
            claim = Claim.objects.get(registration__number=number, status=Claim.Status.EXECUTED)
            transitions.consider_for_audit(claim.pk, actor=CLOCK, at=at)

        self._plan(consider)


def two_kits_are_printed(told: Story) -> None:
    """大野 進 printed kits before he was gone: one is used below, the other lies there for whoever tries the portal."""
    for number in (holdings.BY_KIT, holdings.TO_CLAIM):
        told.plan(_printed_at(told, number), partial(_print_kit, told, number))


def _printed_at(told: Story, number: str) -> datetime:
    return told.moment(38, 16) + timedelta(minutes=int(number[-2:]))


def _print_kit(told: Story, number: str) -> None:
    pk = story.registration(number).pk
    told.once_at(
        _printed_at(told, number),
        lambda at: register.make_recovery_kit(registration_pk=pk, actor=actor("susumu"), at=at),
    )


def readable_kit(told: Story, number: str) -> tuple[str, str]:
    """Return number and code of the demo's unused kit of a registration, as on its sheet; two "" once it is used.

    The act prints a code that nobody keeps. The demo's has to be known in the next run as well, so this writes over it
    the hash of one that is derived as the passwords are.
    """
    found = RecoveryKit.objects.filter(
        custody__registration__number=number, made_at=_printed_at(told, number), void_at=None
    ).first()
    if found is None:
        return "", ""
    drawn = hmac.digest(settings.SECRET_KEY.encode(), f"demo:kit:{number}".encode(), hashlib.sha256)
    code = "".join(kits.ALPHABET[byte % len(kits.ALPHABET)] for byte in drawn[: kits.LENGTH])
    if not kits.is_right(code, found.code_hash):
        RecoveryKit.objects.filter(pk=found.pk).update(code_hash=kits.hashed(code))
    return found.number, "-".join(code[start : start + 4] for start in range(0, kits.LENGTH, 4))


def one_shows_a_kit(told: Story) -> None:
    """沢村 梓 found the kit in the safe: with the code from the mail of record nothing more is asked for."""
    asked = asks("沢村 梓", "サワムラ アズサ", "azusa@new.example", unit="長野営業所", department="長野営業所")
    case = Beside(told, 15, holdings.BY_KIT)
    case.comes_in(3, asked).confirms_mailbox()
    case.is_shown_a_kit().is_proposed(2).is_called("by_recovery_kit")


def one_claims_many(told: Story) -> None:
    """平岩 巡 takes over the branches of one region: one line of the list is found by nobody yet."""
    asked = asks(
        "平岩 巡",
        "ヒライワ メグル",
        "meguru@new.example",
        unit="静岡営業所ほか",
        department="営業管理部",
        remarks="静岡・浜松・沼津・三島の営業所をまとめて引き受けます。一覧を本社からお送りします。",
    )
    case = Beside(told, 16, holdings.WITH_LIST)
    case.comes_in(5, asked).is_accepted()
    case.gets_list(4).is_called("with_a_list")


def business_stands_still(told: Story) -> None:
    """Nothing works at 鹿児島, and nobody there holds the registration: one setting helps, and changes no custody."""
    asked = asks(
        "永田 灯",
        "ナガタ アカリ",
        "akari@new.example",
        unit="鹿児島営業所",
        department="鹿児島営業所",
        own_phone="090-0000-6230",
        remarks="回線が止まり、営業ができません。前任者とは連絡が取れません。",
    )
    case = Beside(told, 17, holdings.STANDS_STILL)
    case.comes_in(1, asked).is_accepted().is_called("business_stands_still")
    case.is_set(1)


def the_auditor_gets_one(told: Story) -> None:
    Beside(told, 18).may_be_drawn(4, holdings.RECOVERED)


SCENES = (
    two_kits_are_printed,
    one_shows_a_kit,
    one_claims_many,
    business_stands_still,
    the_auditor_gets_one,
)
