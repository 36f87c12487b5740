"""What happened over the past weeks, one scene after the other. Each act goes through its real transition."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from accounts import transitions as accounts
from accounts.models import OrganisationKind, Role
from config.demo import (
    announced,
    attest,
    besides,
    calling,
    calls,
    changes,
    desk_people,
    erasing,
    holdings,
    intake,
    joining,
    letters,
    mandates,
    outgoing,
    papers,
    plain,
    recoveries,
    rules,
    standing,
    story,
    voice,
)
from config.demo.people import COLLEAGUES, FIRST, FOUNDERS, HOMES, NEWCOMER, PROVIDER
from config.demo.story import Story, actor, user
from handover import importing, transitions
from handover.importing.checking import Problem
from handover.importing.differing import Difference
from handover.models import ContactPoint, Deputy, Handover, HandoverItem, Registration
from handover.queries.handovers import items_of
from handover.transitions.receiving import STATEMENTS

RECEIVED, MISSING = HandoverItem.Mark.RECEIVED.value, HandoverItem.Mark.MISSING.value
Marks = Mapping[int, tuple[str, str]]
Play = Callable[[Story], None]
LENGTH = timedelta(days=42)
"""From the first act to the day on which the demo is played for the first time."""


def everybody_comes_in(told: Story) -> None:
    """The provider's people, the organisations, their first people, their colleagues."""
    told.goes_to(LENGTH.days, 8)
    for somebody in FOUNDERS:
        joining.found(told, somebody)
    for somebody in PROVIDER:
        joining.join(told, somebody)
    told.goes_to(41, 9)
    for home in HOMES.values():
        if home.kind != OrganisationKind.PROVIDER:
            told.once(
                partial(
                    _act,
                    accounts.create_organisation,
                    "operator",
                    kind=home.kind,
                    legal_name=home.name,
                    kana=home.kana,
                    corporate_number=home.corporate_number,
                    postal_code=home.postal_code,
                    address=home.address,
                )
            )
    for somebody in FIRST:
        joining.join(told, somebody)
    told.goes_to(40, 8)
    for somebody in COLLEAGUES:
        joining.join(told, somebody)
    told.goes_to(39)
    for somebody in FOUNDERS:
        told.once(partial(_leaves, somebody.key, somebody.key))


def _act(transition: Callable[..., Any], who: str, at: datetime, **facts: Any) -> Any:
    return transition(actor=actor(who), at=at, **facts)


def _leaves(key: str, by: str, at: datetime) -> None:
    transitions.leave(user_pk=user(key).pk, actor=actor(by), at=at)


def the_register_comes_in(told: Story) -> None:
    """Product cards, then the register as a file, as `import_registrations` reads it."""
    told.goes_to(39, 13)
    for code, texts in holdings.PRODUCTS.items():
        told.once(partial(_act, transitions.add_product, "operator", code=code, texts=texts))
    told.goes_to(38)
    told.once(_import)


class _Silent:
    def problem(self, problem: Problem) -> None:
        raise RuntimeError(f"the demo's register has a row that cannot be taken: {problem}")

    def warning(self, problem: Problem) -> None:
        """Nobody needs to look at invented rows."""

    def difference(self, difference: Difference) -> None:
        """There is none in an empty register."""

    def progress(self, done: int, total: int) -> None:
        """It takes no time."""


def _import(at: datetime) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "register.csv"
        holdings.write_csv(file)
        since = at.date() - timedelta(days=700)
        importing.run(file, dry_run=False, on_record_since=since, clock=lambda: at, reporter=_Silent())


def the_record_is_filled_in(told: Story) -> None:
    """Contact points, other names of units, papers."""
    told.goes_to(37)

    def first(at: datetime) -> None:
        _facts_without_acts(at)
        _contact(holdings.OFFERED, "hanako", "phone", "03-0000-1299", "平日 9時から17時", at)

    told.once(first)
    told.once(partial(_contact, holdings.MINISTRY, "wakako", "mail", "kaikei@wakaba.example", ""))
    for number, by, alias in (
        (holdings.BRANCH, "shiori", "北支局"),
        (holdings.BRANCH, "shiori", "札幌の若葉"),
        (holdings.MINISTRY, "minoru", "官房会計"),
        (holdings.TO_HAND_OVER, "taro", "情シス"),
    ):
        told.once(partial(_alias, number, by, alias))
    told.goes_to(36)
    for paper in holdings.PAPERS:
        _keep(told, paper)


def _facts_without_acts(at: datetime) -> None:
    """What the register knows and no act sets yet: deputies, critical marks, whether a contact point answers."""
    for number, key in ((holdings.OFFERED, "saburo"), (holdings.MINISTRY, "shiori")):
        held = story.registration(number)
        Deputy.objects.get_or_create(registration=held, user=user(key), defaults={"since": at})
    Registration.objects.filter(number__in=[holdings.OFFERED, holdings.MINISTRY]).update(is_critical=True)
    points = ContactPoint.objects.current()
    points.exclude(registration__number=holdings.NOBODYS).update(health=ContactPoint.Health.GOOD)
    points.filter(registration__number=holdings.NOBODYS, kind=ContactPoint.Kind.POST).update(
        health=ContactPoint.Health.RETURNED
    )


def _contact(number: str, by: str, kind: str, value: str, hours: str, at: datetime) -> None:
    transitions.add_contact_point(
        registration_pk=story.registration(number).pk,
        kind=kind,
        value=value,
        postal_code="",
        purposes=[ContactPoint.Purpose.PROCEDURE, ContactPoint.Purpose.FAULT],
        hours=hours,
        receiver_pays=False,
        actor=actor(by),
        at=at,
    )


def _alias(number: str, by: str, alias: str, at: datetime) -> None:
    transitions.add_alias(registration_pk=story.registration(number).pk, alias=alias, actor=actor(by), at=at)


def _keep(told: Story, paper: holdings.Paper) -> None:
    held = story.registration(paper.number)
    expires_on = None if paper.expires_in is None else told.today + timedelta(days=paper.expires_in)

    def common(number: int, at: datetime) -> dict[str, Any]:
        name = f"{paper.number}/{paper.title}/{number}"
        return {
            "expires_on": expires_on,
            "paper": papers.made(paper, held, number, at),
            "token": uuid.uuid5(uuid.NAMESPACE_URL, name),
            "actor": actor(paper.by),
            "at": at,
        }

    def first(at: datetime) -> None:
        transitions.add_document(
            registration_pk=held.pk,
            kind=paper.kind,
            title=paper.title,
            original_at=paper.original_at,
            **common(1, at),
        )

    def next_version(number: int, at: datetime) -> None:
        transitions.add_version(document_pk=story.document(label).pk, **common(number, at))

    label = told.once(first)
    for number in range(2, paper.versions + 1):
        told.once(partial(next_version, number))


def certificates_are_issued(told: Story) -> None:
    """One will be superseded, two stay valid, one is withdrawn; and a recovery kit is made."""
    told.goes_to(30)
    superseded = _certify(told, holdings.HANDED_OVER, "taro")
    _certify(told, holdings.OFFERED, "taro")
    english = _certify(told, holdings.OFFERED, "taro", "en")
    withdrawn = _certify(told, holdings.BILLED, "saburo")
    lost = story.certificate(withdrawn).pk
    told.once(partial(_act, transitions.withdraw_certificate, "saburo", certificate_pk=lost))
    told.note("certificates", superseded=superseded, withdrawn=withdrawn, valid_english=english)
    kit = story.registration(holdings.TO_HAND_OVER).pk
    told.once(partial(_act, transitions.make_recovery_kit, "taro", registration_pk=kit))


def _certify(told: Story, number: str, by: str, language: str = "ja") -> str:
    held = story.registration(number)
    return told.once(partial(_act, transitions.issue_certificate, by, registration_pk=held.pk, language=language))


def two_people_leave(told: Story) -> None:
    """What they held passes to an administrator as caretaker, with a gap alert."""
    told.goes_to(21)
    told.once(partial(_leaves, "mamoru", "hanako"))
    told.goes_to(20)
    told.once(partial(_leaves, "naoto", "wakako"))


def a_handover_is_finished(told: Story) -> None:
    """太郎 hands the cloud telephone to 次郎; the certificate of before is superseded by the switch."""
    told.goes_to(12)
    label = _offer(told, holdings.HANDED_OVER, "taro", "jiro", days=2, things=[("管理者用の端末", "情シス 書棚2段目")])
    told.once(partial(_ask, label, "jiro", "IDを追加するのは、だれに頼めばよいですか。"))
    told.goes_to(11)
    told.once(partial(_answer, label, "taro", "自社の設定画面でできます。手順は書棚の青いファイルにあります。"))
    told.goes_to(10)
    told.once(partial(_accept, label, "jiro", {"管理者用の端末": (MISSING, "書棚に見当たらず")}))
    told.goes_to(9)
    told.note("certificates", valid=_certify(told, holdings.HANDED_OVER, "jiro"))
    told.note("handovers", finished=label)


def handovers_of_the_ministry(told: Story) -> None:
    """One is declined, one is accepted and waits for an administrator, because a caretaker gives it."""
    told.goes_to(9, 13)
    label = _offer(told, holdings.MINISTRY_PR, "minoru", "shiori", days=7, things=[])
    told.goes_to(8)
    told.once(partial(_decline, label, "shiori", "広報室の番号のため、広報室の方にお願いします。"))
    told.note("handovers", declined=label)
    told.goes_to(6)
    label = _offer(told, holdings.WAITING, "wakako", "minoru", days=20, things=[("支局の鍵", "会計課 金庫")])
    told.goes_to(5)
    told.once(partial(_accept, label, "minoru", {}))
    told.note("handovers", waiting_for_confirmation=label)


def a_handover_is_half_done(told: Story) -> None:
    """太郎 offered the main number; 次郎 has marked some items and asked something."""
    told.goes_to(2, 10)
    things = [("契約書バインダー", "本社 契約書庫 B-12"), ("停電時用の電話機", "総務部 受付の下")]
    label = _offer(told, holdings.OFFERED, "taro", "jiro", days=9, things=things)
    told.goes_to(1, 10)
    told.once(partial(_mark, label, "jiro", 3))
    told.once(partial(_ask, label, "jiro", "停電時用の電話機は、どの差し込み口につなぎますか。"))
    told.note("handovers", half_done=label)


def the_last_day(told: Story) -> None:
    """An administrator looks, and invites somebody who has not answered yet."""
    told.goes_to(1, 14)
    held = story.registration(holdings.IN_CARE)
    told.once(partial(_act, transitions.look, "hanako", registration=held, capacity="administrator"))
    told.once(
        lambda at: accounts.invite(
            joining.organisation("aoba"),
            email=NEWCOMER,
            display_name="葛󠄁城 新",
            roles=[Role.MEMBER],
            actor=actor("hanako"),
            at=at,
        )
    )


def _offer(told: Story, number: str, by: str, to: str, *, days: int, things: list[tuple[str, str]]) -> str:
    """Prepare and offer; `days` until it takes effect. Returns the label of the handover."""

    def draft(at: datetime) -> None:
        transitions.draft_handover(
            registration_pk=story.registration(number).pk,
            successor=user(to),
            effective_on=at.date() + timedelta(days=days),
            reason="人事異動",
            note="わからないことは、このページから質問してください。",
            things=things,
            actor=actor(by),
            at=at,
        )

    label = told.once(draft)
    told.once(lambda at: transitions.offer(handover_pk=story.handover(label).pk, actor=actor(by), at=at))
    return label


def _marks(handover: Handover, special: Mapping[str, tuple[str, str]]) -> Marks:
    return {item.pk: special.get(item.name, (RECEIVED, "")) for item in items_of(handover)}


def _accept(label: str, by: str, special: Mapping[str, tuple[str, str]], at: datetime) -> None:
    handover = story.handover(label)
    answers = dict.fromkeys(STATEMENTS, "yes") | {"kit": "not_yet"}
    transitions.accept(
        handover_pk=handover.pk, marks=_marks(handover, special), answers=answers, actor=actor(by), at=at
    )


def _mark(label: str, by: str, count: int, at: datetime) -> None:
    handover = story.handover(label)
    marks = dict(list(_marks(handover, {}).items())[:count])
    transitions.mark_items(
        handover_pk=handover.pk, marks=marks, answers={"purpose": "yes", "stops": "yes"}, actor=actor(by), at=at
    )


def _decline(label: str, by: str, reason: str, at: datetime) -> None:
    transitions.decline(handover_pk=story.handover(label).pk, reason=reason, actor=actor(by), at=at)


def _ask(label: str, by: str, text: str, at: datetime) -> None:
    transitions.ask(handover_pk=story.handover(label).pk, text=text, actor=actor(by), at=at)


def _answer(label: str, by: str, text: str, at: datetime) -> None:
    question = story.handover(label).questions.get(answered_at=None)
    transitions.answer(question_pk=question.pk, text=text, actor=actor(by), at=at)


SCENES: tuple[Play, ...] = (
    *recoveries.SCENES,
    *besides.SCENES,
    *calls.SCENES,
    everybody_comes_in,
    the_register_comes_in,
    the_record_is_filled_in,
    certificates_are_issued,
    two_people_leave,
    announced.places_are_registered,
    intake.organisations_are_written_to,
    a_handover_is_finished,
    handovers_of_the_ministry,
    *standing.SCENES,
    rules.an_editor_drafts_the_next_version,
    voice.people_say_what_they_think,
    erasing.a_paper_is_to_be_erased,
    a_handover_is_half_done,
    mandates.a_contractor_asks,
    changes.changes_are_asked_for,
    desk_people.somebody_asks_to_be_spoken_to_slowly,
    outgoing.somebody_is_called,
    the_last_day,
    plain.somebody_asks_what_it_is,
    attest.somebody_cannot_be_reached,
    plain.an_administrator_looks_after_many,
    letters.an_answer_waits_for_release,
    announced.a_call_is_coming,
    calling.somebody_holds_a_bill,
    calling.a_contractor_owns_up,
)
