"""Claims on lost registrations, at every stage. Letters that leave and mails that must have arrived are really sent."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts import transitions as accounts
from audit.record import Public, System
from config.demo import joining
from config.demo.announced import announce
from config.demo.people import EVERYBODY
from config.demo.story import STEP, Story, actor, registration, user
from desk import transitions as desk
from desk.models import CallIntention, Contact, Hold, Statement
from handover.models import ContactPoint
from outbox import cipher, delivery
from outbox.models import Notice
from recovery import transitions
from recovery.models import Claim, ContactAttempt, Dispatch

PUBLIC, CLOCK = Public(), System("clock")
CODE = re.compile(r"(?<![-\w])[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}(?![-\w])")
_LINK = re.compile(r"/invitation/([\w-]+)/")
_OBJECTION = re.compile(r"(?<![-\w])[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{5}){2}(?![-\w])")
PUBLISHED = "03-0000-0001"
"""The organisation's number as its web page has it: on nobody's record."""


def find(label: str) -> Claim:
    """Return the claim an event happened to."""
    return Claim.objects.select_related("registration", "inquiry").get(number=label.removeprefix("claim:"))


class Case:
    """One claim of the demo, brought on by the acts of its people. Days are counted back from the day of the demo."""

    def __init__(self, told: Story, place: int, number: str = "", *, hard: bool = False) -> None:
        """`place` keeps the instants of this case apart from those of all others; `number` is what it is about.

        `hard`: nobody on record answers any more, so that the letter goes to the head office.
        """
        self.told, self.place, self.number, self.hard = told, place, number, hard
        self.label, self.at = "", told.at

    def _goes_to(self, days_ago: int, hour: int = 9) -> None:
        self.at = self.told.moment(days_ago, hour) + timedelta(seconds=7 * self.place)

    @property
    def claim(self) -> Claim:
        return find(self.label)

    def _plan(self, act: Callable[[datetime], object]) -> None:
        """Let `act` happen at the next instant of this case."""
        self.at += STEP
        at = self.at

        def happen() -> None:
            label = self.told.once_at(at, act)
            self.label = self.label or label

        self.told.plan(at, happen)

    def _act(self, transition: Callable[..., Any], by: str, **facts: Any) -> None:
        """Let `by` (a key, or "" for the public) act on the claim."""
        self._plan(lambda at: transition(self.claim.pk, actor=actor(by) if by else PUBLIC, at=at, **facts))

    def _announces(self, purpose: str) -> None:
        """The operator announces the call that is the next act."""
        self._plan(lambda at: announce(self.claim.inquiry, "operator", purpose, at=at, until=at + 2 * STEP))

    def is_called(self, name: str) -> "Case":
        """Remember it for whoever wants to find it."""
        self.told.plan(self.at, lambda: self.told.note("claims", **{name: self.label}))
        return self

    def comes_in(self, days_ago: int, statement: Statement, *, capacity: str = "customer", by: str = "") -> "Case":
        """Somebody fills in the form, or calls `by` the agent."""
        self._goes_to(days_ago)
        self._plan(
            lambda at: transitions.open_claim(
                statement=statement,
                capacity=capacity,
                answer_by="phone" if by else "mail",
                language="ja",
                sender=f"demo-{days_ago}",
                actor=actor(by) if by else PUBLIC,
                at=at,
            )
        )
        return self

    def asks_exception(self, days_ago: int) -> "Case":
        """An operator asks that the contact point be waived after a flood; an approver and a senior have to decide."""
        self._goes_to(days_ago, 15)
        words = {
            "text": "大雨の被害で営業所が閉鎖され、登録住所の郵便も登録電話も使えない状態です。",
            "control": "本店の総務に、公表されている代表電話で2日に分けて2回確認しました。",
            "risk": "本店の総務が退職者を在籍者と取り違えている場合。通知と異議申立期間は残ります。",
            "compared": "同じ理由の前例はありません。今後の災害の件は、本店での2回の確認があるかを比べます。",
        }
        self._act(
            transitions.ask_exception,
            "operator",
            rule="category:C",
            reason_code="disaster",
            missing_proof="C1",
            words=words,
            expires_on=self.told.today + timedelta(days=30),
        )
        return self

    def confirms_mailbox(self) -> "Case":
        def enter(at: datetime) -> None:
            codes = CODE.findall(mailed(Notice.objects.filter(recipient=self.label)))
            if not codes:  # delivered since an interrupted run: have a new one sent
                again = at - timedelta(seconds=2)
                transitions.change_mailbox(self.claim.pk, mail=self.claim.mailbox, actor=PUBLIC, at=again)
                codes = CODE.findall(mailed(Notice.objects.filter(recipient=self.label)))
            transitions.enter_mailbox_code(self.claim.pk, typed=codes[-1], actor=PUBLIC, at=at)

        self._plan(enter)
        return self

    def is_linked(self) -> "Case":
        self._act(transitions.link, "operator", registration_number=self.number)
        return self

    def is_accepted(self) -> "Case":
        self.confirms_mailbox().is_linked()._act(transitions.accept, "operator")
        return self

    def is_proven(self, days_ago: int, *codes: str) -> "Case":
        """Evidence that the operator checks; the day's attempt to reach the predecessor by mail."""
        self._goes_to(days_ago)
        if self.hard:
            office = {"postal_code": "1009902", "address": "東京都千代田区若葉が関2丁目1番1号", "source": "published"}
            self._act(transitions.take_head_office, "operator", **office)
            self._act(transitions.second_head_office, "colleague")
        for code in codes:
            if code == "A2":
                self._announces(CallIntention.Purpose.CONFIRM)
            self._act(transitions.record_evidence, "operator", **_evidence(code, timezone.localdate(self.at)))
        return self

    def is_tried(self, days_ago: int, medium: str) -> "Case":
        self._goes_to(days_ago, 14)
        if medium == "phone":
            self._announces(CallIntention.Purpose.CONFIRM)

        def attempt(at: datetime) -> None:
            point = ContactPoint.objects.filter(registration__number=self.number, kind=medium).order_by("pk").first()
            transitions.record_attempt(
                self.claim.pk,
                medium=medium,
                contact_point_pk=point.pk if point else None,
                result=ContactAttempt.Result.NO_ANSWER,
                actor=actor("operator"),
                at=at,
            )

        self._plan(attempt)
        return self

    def gets_letter(self, days_ago: int, *, typed: bool = True) -> "Case":
        """A code letter is ordered; printed, and its code typed in, unless it is to wait for the print run."""
        self._goes_to(days_ago, 11)

        def order(at: datetime) -> Dispatch:
            to = "head_office" if self.hard else f"contact_point:{_post(self.number).pk}"
            return transitions.order_letter(self.claim.pk, to=to, actor=actor("operator"), at=at)[-1]

        if not typed:
            self._plan(order)
            return self

        def order_print_enter(at: datetime) -> None:
            sent = order(at - timedelta(seconds=5))
            plain = json.loads(cipher.decrypt(bytes(sent.notice.payload or b"")))["code"]
            _print([sent], at - timedelta(seconds=3))
            transitions.enter_code(self.claim.pk, purpose="letter", typed=plain, actor=PUBLIC, at=at)

        self._plan(order_print_enter)
        return self

    def is_proposed(self, days_ago: int) -> "Case":
        self._goes_to(days_ago)
        self._act(transitions.propose, "operator", reason="必要な確認がそろったため")
        return self

    def arrives(self, days_ago: int) -> "Case":
        """Every notice arrives, and the clock begins the time to object."""
        self._goes_to(days_ago, 15)

        def arrive(at: datetime) -> None:
            mails = Notice.objects.filter(dispatch__claim=self.claim, channel="mail", status="queued")
            for notice in mails:
                delivery.send(notice.pk, at=at - timedelta(seconds=5))
            letters = list(Dispatch.objects.to_print().filter(claim=self.claim))
            if letters:
                _print(letters, at - timedelta(seconds=4))
            for letter in Dispatch.objects.filter(claim=self.claim, channel="letter", delivered_at=None):
                done = at - timedelta(seconds=3)
                transitions.record_delivery(letter.pk, delivered_at=done, actor=actor("colleague"), at=done)
            transitions.begin_window(self.claim.pk, actor=CLOCK, at=at)

        self._plan(arrive)
        return self

    def is_approved(self, days_ago: int, *by: str) -> "Case":
        self._goes_to(days_ago)
        for who in by:
            self._plan(partial(self._approve, who))
        return self

    def _approve(self, who: str, at: datetime) -> None:
        claim, reason = self.claim, "手続きどおりに確認されているため"
        transitions.approve(claim.pk, signed_hash=claim.proposal_hash, reason=reason, actor=actor(who), at=at)

    def opens_account(self, key: str) -> "Case":
        """The claimant follows the link, sets up a second factor, and says: ready."""
        somebody = EVERYBODY[key]

        def accept(at: datetime) -> None:
            found = _LINK.findall(mailed(Notice.objects.filter(recipient=self.label, template="claim_approved")))
            if not found:
                again = at - timedelta(seconds=2)
                transitions.invite_claimant(self.claim.pk, actor=actor("approver"), at=again)
                found = _LINK.findall(mailed(Notice.objects.filter(recipient=self.label, template="claim_approved")))
            accounts.accept_invitation(
                found[-1],
                display_name=somebody.name,
                kana=somebody.kana,
                department=somebody.department,
                language=somebody.language,
                password=somebody.password,
                actor=PUBLIC,
                at=at,
            )

        self._plan(accept)
        self._plan(lambda at: joining.enrol(somebody, at))
        self._act(transitions.get_ready, key)
        return self

    def is_executed(self, by: str) -> "Case":

        def execute(at: datetime) -> None:
            claim = self.claim
            transitions.execute(claim.pk, signed_hash=claim.proposal_hash, actor=actor(by), at=at)

        self._plan(execute)
        return self

    def is_objected_to(self, days_ago: int) -> "Case":
        """Somebody at the address of record got the notice and knows of nothing."""
        self._goes_to(days_ago, 10)

        def write_again(at: datetime) -> None:
            before = at - timedelta(seconds=2)
            transitions.record_attempt(
                self.claim.pk,
                medium="mail",
                contact_point_pk=None,
                result="sent",
                actor=actor("operator"),
                at=before,
            )
            code = _OBJECTION.findall(mailed(Notice.objects.filter(dispatch__claim=self.claim)))[-1]
            words = "総務ではこの申し込みを把握していません。確認してください。"
            transitions.object_to(typed=code, words=words, actor=PUBLIC, at=at)

        self._plan(write_again)
        return self

    def is_held(self, days_ago: int, by: str, owner: str, reason: str, *, days: int, wish: str) -> "Case":
        """The desk promises to come back `days` after the day of the demo."""
        self._goes_to(days_ago, 16)
        begin = timezone.make_aware(datetime.combine(self.told.today + timedelta(days=days), datetime.min.time()))
        self._plan(
            lambda at: desk.hold(
                self.claim.inquiry_id,
                reason=reason,
                owner=user(owner),
                next_action=Hold.NextAction.CALL,
                promised_from=begin + timedelta(hours=10),
                promised_until=begin + timedelta(hours=12),
                wish=wish,
                actor=actor(by),
                at=at,
            )
        )
        return self

    def phones(self, days_ago: int, by: str, text: str) -> "Case":
        self._goes_to(days_ago, 13)
        self._plan(
            lambda at: desk.note_contact(
                self.claim.inquiry_id,
                direction=Contact.Direction.IN,
                channel=Contact.Channel.PHONE,
                party=Contact.Party.CLAIMANT,
                minutes=7,
                text=text,
                actor=actor(by),
                at=at,
            )
        )
        return self

    def ends(self, days_ago: int, how: str, missing: Iterable[str] = ()) -> "Case":
        """`missing` are the categories of proofs that a refusal names."""
        self._goes_to(days_ago, 17)
        if how == "refused":
            words = {"reason": Claim.EndReason.NOT_CONFIRMED, "words": "権限の確認が得られなかったため"}
            self._act(transitions.refuse, "approver", **words, missing=missing)
        elif how == "withdrawn":
            self._act(transitions.withdraw, "")
        else:
            self._announces(CallIntention.Purpose.CONFIRM)
            self._act(transitions.record_attempt, "operator", medium="phone", contact_point_pk=None, result="reached")
        return self

    def appeals(self, days_ago: int, words: str) -> "Case":
        self._goes_to(days_ago, 10)
        self._act(transitions.appeal, "", words=words)
        return self


def _evidence(code: str, on: date) -> dict[str, Any]:
    common: dict[str, Any] = {
        "code": code,
        "source": "",
        "endpoint": "",
        "issued_on": None,
        "departure_stated": False,
        "note": "",
    }
    if code in ("O2", "O3", "O5", "A1"):
        return common | {"source": "registry", "issued_on": on}
    if code == "A2":
        note = "総務課の係長が、前任者の異動と新しい担当を説明"
        return common | {"source": "published", "endpoint": PUBLISHED, "departure_stated": True, "note": note}
    return common


def _post(number: str) -> ContactPoint:
    return ContactPoint.objects.current().get(registration=registration(number), kind=ContactPoint.Kind.POST)


def mailed(notices: Any) -> str:
    """Return the text of the newest mail among `notices` that has not left, "" without one."""
    waiting = notices.filter(channel="mail", payload__isnull=False).order_by("-queued_at", "-event_id").first()
    return str(json.loads(cipher.decrypt(bytes(waiting.payload)))["body"]) if waiting else ""


def _print(letters: list[Dispatch], at: datetime) -> None:
    """Print, and leave a copy where a newcomer finds it."""
    printed = transitions.print_letters([one.pk for one in letters], actor=actor("colleague"), at=at)
    settings.LETTER_DIR.mkdir(parents=True, exist_ok=True)
    names = "-".join(str(one.letter_number) for one in letters[:3])
    (settings.LETTER_DIR / f"{timezone.localtime(at):%Y%m%d-%H%M%S}-{names}.pdf").write_bytes(printed)
