"""Scenes of whoever calls: somebody who pays a bill, a contractor who owns up, the list of desks."""

from datetime import date, datetime

from audit.record import Public, System
from config.demo import holdings, story
from config.demo.story import Story, actor, user
from desk import transitions
from desk.models import BillRelay, Consent, Statement
from handover import billing
from handover import transitions as register
from handover.models import BilledAmount
from handover.transitions.billing import Billed

PUBLIC, IMPORT = Public(), System("import_bills")
AMOUNT = 38_280


def somebody_holds_a_bill(told: Story) -> None:
    """Whoever pays for the branch asked what the bill is for and read the answer; a second question waits for 三郎."""
    told.goes_to(1, 20)
    told.once(lambda at: register.record_bills([_billed(told)], actor=IMPORT, at=at))
    told.once(lambda at: transitions.read_bill((_looked_up(told), _looked_up(told)), actor=PUBLIC, at=at))
    label = told.once(lambda at: _asks(told, "毎月引き落とされています。何の料金でしょうか。", at))
    told.once(lambda at: _answers(label, at))
    told.once(lambda at: _asks(told, "来月から支払いの部署を変えたいのですが、どこに伝えればよいですか。", at))


def find_bill(told: Story) -> Billed | None:
    """Return the bill that can be asked about at /bill/, or None where there is none of last month."""
    return _billed(told) if BilledAmount.objects.filter(print=_looked_up(told)).exists() else None


def a_contractor_owns_up(told: Story) -> None:
    """A fitter says on the phone for whom he works; 三郎 and 花子 are asked to consent to the one case."""
    told.goes_to(1, 21)
    home = user("agent").memberships.get().organisation
    told.once(
        lambda at: transitions.record_affiliate(
            organisation_pk=home.pk, phone="0120-000-000", hours="平日 9:00-18:00", actor=actor("operator"), at=at
        )
    )
    label = told.once(_calls)
    told.once(lambda at: _owns_up(label, at))
    told.once(lambda at: _linked(label, at))


def _month(told: Story) -> date:
    """Return the first day of the month before the demo's."""
    return date(told.today.year - (told.today.month == 1), (told.today.month - 2) % 12 + 1, 1)


def _reference() -> str:
    return str(story.registration(holdings.BILLED).bill_references.get(until=None).reference)


def _billed(told: Story) -> Billed:
    return Billed(_reference(), _month(told), AMOUNT, "office")


def _looked_up(told: Story) -> str:
    return billing.print_of(_reference(), _month(told), AMOUNT)


def _asks(told: Story, text: str, at: datetime) -> None:
    billed = BilledAmount.objects.get(print=_looked_up(told))
    transitions.ask_by_bill(
        billed.pk,
        reference=_reference(),
        mail="keiri@payer.example",
        text=text,
        language="ja",
        actor=PUBLIC,
        at=at,
    )


def _answers(label: str, at: datetime) -> None:
    relay = BillRelay.objects.get(inquiry__receipt_number=_number(label))
    words = "お客さま相談の電話番号の料金です。"
    transitions.answer_bill_message(relay.pk, answer="ours", words=words, actor=actor("saburo"), at=at)


def _number(label: str) -> str:
    return label.removeprefix("inquiry:")


def _calls(at: datetime) -> None:
    transitions.open_inquiry(
        topic="use",
        statement=Statement(
            name="緑川 工",
            organisation_name="みどり通信工事",
            own_phone="03-5555-0133",
            remarks="転送先の設定を見てほしい",
        ),
        capacity="customer",
        answer_by="phone",
        language="ja",
        actor=actor("agent"),
        at=at,
    )


def _owns_up(label: str, at: datetime) -> None:
    inquiry = story.inquiry(_number(label))
    transitions.ask_consent(
        inquiry.pk,
        contractor="みどり通信工事 緑川 工",
        customer="青葉商事",
        wish="転送先の番号を一度だけ、当社の立会いで変えること。",
        actor=actor("agent"),
        at=at,
    )


def _linked(label: str, at: datetime) -> None:
    consent = Consent.objects.get(inquiry__receipt_number=_number(label))
    transitions.link_consent(consent.pk, registration_number=holdings.BILLED, actor=actor("operator"), at=at)
