"""Scenes of recovery: who lost everything, at every stage. 大野 進 is on record for all of it and never comes."""

from config.demo import holdings
from config.demo.claims import Case
from config.demo.story import Story
from desk.models import Hold, Statement

T3 = ("O2", "P1", "A2")
OVER = (37, 31, 25, 18, 16)
"""Days ago of receipt, evidence and letter, last attempt, proposal, arrival: the time to object is over by today,
whatever holidays lie between."""


def asks(name: str, kana: str, mail: str, *, unit: str, organisation: str = "青葉商事", **more: str) -> Statement:
    """Return what somebody who lost everything says."""
    return Statement(organisation_name=organisation, unit=unit, name=name, kana=kana, mail=mail, **more)


def a_registration_came_back(told: Story) -> None:
    """The whole way: 渡邉 翔 remembered half of the name, and is the person in charge now, protected for 30 days."""
    asked = asks(
        "渡邉 翔",
        "ワタナベ ショウ",
        "sho@aoba.example",
        unit="広島",
        organisation="(株)青葉商亊",
        department="広島営業所",
        remarks="前任の大野さんが異動し、書類が見つかりません。",
    )
    case = _to_the_end_of_the_window(told, 1, holdings.RECOVERED, asked)
    case.is_approved(5, "approver").opens_account("sho").is_executed("approver")
    case.is_called("executed")


def one_waits_for_the_account(told: Story) -> None:
    asked = asks("葛󠄁城 望", "カツラギ ノゾミ", "nozomi@new.example", unit="福岡営業所", department="福岡営業所")
    case = _to_the_end_of_the_window(told, 2, holdings.APPROVED, asked)
    case.is_approved(1, "approver")
    case.is_called("approved")


def one_waits_for_the_decision(told: Story) -> None:
    asked = asks("髙木 円", "タカギ マドカ", "madoka@new.example", unit="名古屋", department="名古屋営業所")
    case = _to_the_end_of_the_window(told, 3, holdings.TO_DECIDE, asked)
    case.is_called("to_decide")


def one_is_frozen(told: Story) -> None:
    asked = asks("山﨑 豪", "ヤマサキ ゴウ", "go@new.example", unit="仙台営業所")
    case = _to_the_end_of_the_window(told, 4, holdings.FROZEN, asked).is_objected_to(3)
    case.is_called("frozen")


def _to_the_end_of_the_window(told: Story, place: int, number: str, asked: Statement) -> Case:
    received, proven, tried, proposed, arrived = OVER
    case = Case(told, place, number).comes_in(received, asked).is_accepted()
    case.is_tried(received - 1, "mail").is_proven(proven, *T3).gets_letter(proven).is_tried(proven, "phone")
    return case.is_tried(tried, "post").is_proposed(proposed).arrives(arrived)


def some_are_being_examined(told: Story) -> None:
    """One waits for its letter to be printed, one has no live channel, one has its time to object running."""
    asked = asks("岡本 静", "オカモト シズカ", "shizuka@new.example", unit="京都", phone="075-000-1111")
    case = Case(told, 5, holdings.COLLECTING).comes_in(6, asked).is_accepted()
    case.is_proven(5, "O2", "P1").is_tried(5, "mail").gets_letter(2, typed=False)
    case.is_held(1, "agent", "operator", Hold.Reason.WAITING_POST, days=1, wish="郵便がいつ届くか知りたい")
    case.asks_exception(1)
    case.is_called("collecting")
    asked = asks("桜井 幹", "サクライ ミキ", "miki@new.example", unit="日本橋の倉庫", organisation="青葉物産")
    case = Case(told, 6, holdings.NOBODYS, hard=True).comes_in(16, asked).is_accepted().is_proven(15, "O5", "O4", "P1")
    case.is_tried(15, "post").is_tried(8, "phone").gets_letter(3, typed=False)
    case.is_called("no_live_channel")
    asked = asks("本田 樹", "ホンダ イツキ", "itsuki@new.example", unit="高松")
    case = Case(told, 7, holdings.NOTIFIED).comes_in(36, asked).is_accepted()
    case.is_tried(35, "mail").is_proven(30, *T3).gets_letter(30).is_tried(30, "phone").is_tried(22, "post")
    case.is_proposed(4).arrives(2)
    case.is_called("notified")


def some_have_ended(told: Story) -> None:
    """Refused, withdrawn, and stopped because the person in charge answered the telephone."""
    asked = asks("緑川 工", "ミドリカワ タクミ", "takumi@works-new.example", unit="本社", bill_reference="AZ-4471-1047")
    contractor = Case(told, 8, holdings.TO_HAND_OVER).comes_in(12, asked, capacity="contractor")
    contractor.phones(11, "agent", "書類はすべて手元にある、早く切り替えてほしいとのこと。")
    contractor.ends(9, "refused")
    asked = asks("西野 香", "ニシノ カオリ", "kaori@new.example", unit="総務")
    withdrawn = Case(told, 9).comes_in(8, asked).confirms_mailbox()
    withdrawn.ends(7, "withdrawn")
    asked = asks("戸田 恵", "トダ メグミ", "megumi@new.example", unit="新潟営業所")
    stopped = Case(told, 10, holdings.STOPPED).comes_in(10, asked).is_accepted()
    stopped.ends(9, "stopped")
    for name, case in (("refused", contractor), ("withdrawn", withdrawn), ("stopped", stopped)):
        case.is_called(name)


def one_appeals(told: Story) -> None:
    """Refused with two types of proofs missing; 小寺 環 has more to show and asks other people to look."""
    asked = asks("小寺 環", "コデラ タマキ", "tamaki@new.example", unit="金沢", department="金沢営業所")
    case = Case(told, 14, holdings.APPEALED).comes_in(20, asked).is_accepted().is_proven(19, "O2", "P1")
    case.is_tried(19, "mail").is_tried(14, "phone")
    case.ends(8, "refused", missing=["A", "C"])
    case.appeals(3, "本社の総務に引継ぎの件を伝えました。もう一度お電話をお願いします。委任状も用意できます。")
    case.is_called("appealed")


def some_have_just_come_in(told: Story) -> None:
    """Found but not yet accepted; read by nobody yet; and one that an agent typed in during a call."""
    asked = asks("神谷 睦", "カミヤ ムツミ", "mutsumi@new.example", unit="代表電話", organisation="若葉省")
    matched = Case(told, 11, holdings.MINISTRY_NOBODYS).comes_in(2, asked).confirms_mailbox().is_linked()
    asked = asks("宇野 暁", "ウノ アキ", "aki@new.example", unit="物流", bill_reference="AZ-4471")
    received = Case(told, 12).comes_in(1, asked)
    asked = asks("東 要", "アズマ カナメ", "", unit="大阪", own_phone="090-0000-1234", hours="平日 午後")
    called = Case(told, 13).comes_in(1, asked, by="agent")
    called.is_held(1, "agent", "agent", Hold.Reason.CALL_BACK, days=1, wish="必要な書類の一覧がほしい")
    for name, case in (("matched", matched), ("received", received), ("by_phone", called)):
        case.is_called(name)


SCENES = (
    a_registration_came_back,
    one_waits_for_the_account,
    one_waits_for_the_decision,
    one_is_frozen,
    some_are_being_examined,
    some_have_ended,
    one_appeals,
    some_have_just_come_in,
)
"""Plans for the days between the other scenes: made first, carried out when their instants come."""
