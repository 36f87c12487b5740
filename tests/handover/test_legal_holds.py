"""Legal holds, retention by kind, and that in no order of acts a paper under hold loses its bytes."""

import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import DomainError, NotAllowed, Refused, WrongState
from accounts.models import User
from audit import verify
from audit.models import Event
from handover import restricting, transitions
from handover.models import Blob, Document, DocumentVersion, Erasure, LegalHold, Registration
from handover.queries import retention
from handover.rules.retention import YEARS, keepings, over_before
from tests import seen
from tests.cast import Cast, actor
from tests.handover.erased import agreed, held_fast, proposed, second_administrator
from tests.handover.paper_files import MORE, incoming, kept, stored
from tests.stock import NOW, TODAY, registration

pytestmark = pytest.mark.usefixtures("vault")
LATER = NOW + timedelta(hours=1)


def lifted(hold: LegalHold, by: User, *, at: datetime = LATER) -> LegalHold:
    return transitions.lift_hold(hold_pk=hold.pk, actor=actor(by), at=at)


def test_administrator_holds_papers_fast_and_lets_go(cast: Cast, held: Registration) -> None:
    before = seen.mark()
    made = held_fast(held, cast.hanako, reason="other", words="労働審判 山田さん")
    assert (made.status, made.reason, made.case, made.words) == ("standing", "other", "", "労働審判 山田さん")
    assert "山田".encode() not in bytes(made.sealed_words or b"")
    assert seen.verbs(before) == ["legal_hold.placed"]
    told = sorted([("hold_placed", cast.hanako.label), ("hold_placed", cast.taro.label)])
    assert seen.notices(before) == told
    written = Event.objects.get(verb="legal_hold.placed")
    assert (written.subject, set(written.about)) == (made.label, {made.label, held.label, cast.aoba.label})
    assert written.facts == {"reason": "other", "case": ""}
    with pytest.raises(WrongState):
        held_fast(held, cast.hanako)
    before = seen.mark()
    done = lifted(made, cast.hanako)
    assert (done.status, done.lifted_by, done.lifted_at) == ("lifted", cast.hanako, LATER)
    assert seen.verbs(before) == ["legal_hold.lifted"]
    assert {template for template, _ in seen.notices(before)} == {"hold_lifted"}
    with pytest.raises(WrongState):
        lifted(made, cast.hanako)
    assert held_fast(held, cast.hanako).pk != made.pk


@pytest.mark.parametrize("who", ["taro", "jiro", "wakako", "operator", "approver", "senior", "agent", "worker"])
def test_others_hold_nothing(cast: Cast, held: Registration, who: str) -> None:
    before = seen.mark()
    with pytest.raises(NotAllowed):
        held_fast(held, getattr(cast, who), reason="case" if who == "senior" else "dispute")
    assert seen.verbs(before) == []


def test_senior_holds_for_an_open_case_and_each_side_lifts_its_own(cast: Cast, held: Registration, vault: Path) -> None:
    document = kept(held, cast.taro)
    restricting.restrict(held, "claim_open", case="C-1", at=NOW)
    ours = held_fast(held, cast.senior, reason="case")
    assert ours.case == "C-1"
    theirs = held_fast(held, cast.hanako)
    for hold, wrong in ((ours, cast.hanako), (theirs, cast.senior)):
        with pytest.raises(NotAllowed):
            lifted(hold, wrong)
    lifted(theirs, cast.hanako)
    with pytest.raises(WrongState):
        proposed(document, cast.taro)
    restricting.lift("C-1", at=LATER, kinds=["claim_open"])
    lifted(ours, cast.senior)
    assert agreed(proposed(document, cast.taro), cast.hanako).status == "erased"


@pytest.mark.parametrize(
    ("reason", "words", "field"), [("case", "", "reason"), ("x", "", "reason"), ("other", " ", "words")]
)
def test_hold_without_a_fitting_reason_is_refused(
    cast: Cast, held: Registration, reason: str, words: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        held_fast(held, cast.hanako, reason=reason, words=words)
    assert field in refused.value.fields


# Retention ----------------------------------------------------------------------------------------------------------


def superseded(held: Registration, by: User, kind: str, years: int, *, days: int = 0) -> DocumentVersion:
    """A paper whose first version was superseded `years` and `days` before `TODAY`."""
    made = kept(held, by, kind=kind)
    then = datetime(TODAY.year - years, TODAY.month, TODAY.day, 3, tzinfo=UTC) - timedelta(days=days)
    transitions.add_version(
        document_pk=made.pk,
        expires_on=None,
        paper=incoming("neu.txt", MORE),
        token=uuid.uuid4(),
        actor=actor(by),
        at=then,
    )
    return made.versions.get(number=1)


def test_version_is_over_on_the_day_its_years_are_full(cast: Cast, held: Registration) -> None:
    over = superseded(held, cast.taro, "bill", 7)
    superseded(held, cast.taro, "bill", 7, days=-1)
    superseded(held, cast.taro, "contract", 7)
    assert list(retention.over(cast.aoba, TODAY)) == [over]
    assert list(retention.over(cast.aoba, TODAY - timedelta(days=1))) == []
    assert list(retention.over(cast.wakaba, TODAY)) == []


def test_closed_registration_ends_the_time_of_what_is_in_force(cast: Cast, held: Registration) -> None:
    made = kept(held, cast.taro, kind="contract")
    then = datetime(TODAY.year - 10, TODAY.month, TODAY.day, 3, tzinfo=UTC)
    assert list(retention.over(cast.aoba, TODAY)) == []
    Registration.objects.filter(pk=held.pk).update(status="closed")
    assert list(retention.over(cast.aoba, TODAY)) == []  # nobody knows since when
    Registration.objects.filter(pk=held.pk).update(closed_at=then)
    assert [one.document for one in retention.over(cast.aoba, TODAY)] == [made]


def test_provider_sets_other_years(cast: Cast, held: Registration, settings: Any) -> None:
    settings.RETENTION_YEARS = {"bill": 10}
    superseded(held, cast.taro, "bill", 7)
    assert list(retention.over(cast.aoba, TODAY)) == []
    by_kind = {one.kind: one for one in keepings()}
    assert (by_kind["bill"].years, by_kind["contract"].years) == (10, 10)
    assert by_kind["bill"].source != YEARS["bill"][1]


def test_every_kind_has_its_years_and_a_source() -> None:
    assert set(YEARS) == set(Document.Kind.values)
    assert all(years > 0 and str(source) for years, source in YEARS.values())
    assert over_before(date(2028, 2, 29), 7) == date(2021, 2, 28)


def test_page_of_what_is_over_takes_as_many_statements_for_three_as_for_one(cast: Cast, held: Registration) -> None:
    counts = []
    for _more in range(2):
        for _paper in range(1 if not counts else 2):
            superseded(held, cast.taro, "bill", 8)
        with CaptureQueriesContext(connection) as caught:
            rows = list(retention.over(cast.aoba, TODAY))
            assert [row.document.registration.number for row in rows]
        counts.append(len(caught))
    assert counts == [1, 1]


# Any order ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_in_any_order_no_paper_under_hold_loses_bytes_and_the_log_holds(
    cast: Cast, held: Registration, vault: Path, seed: int
) -> None:
    random, rei = Random(seed), second_administrator(cast)
    other = registration(cast.aoba, "R-2", custodian=cast.taro)
    papers = [kept(one, cast.taro, body=f"{one} {n}".encode()) for one in (held, other) for n in range(3)]
    people = [cast.taro, cast.hanako, rei, cast.jiro, cast.senior]
    erased = 0
    for step in range(120):
        at = NOW + timedelta(minutes=step)
        who, act = random.choice(people), random.choice(["hold", "lift", "propose", "agree", "agree", "end"])
        fast = set(LegalHold.objects.standing().values_list("registration", flat=True))
        before = _there(fast)
        try:
            _one_act(random, act, who, [held, other], papers, at)
        except DomainError:
            pass
        assert _there(fast) == before, (seed, step, act)
        for erasure in Erasure.objects.filter(status="erased"):
            assert erasure.proposed_by != erasure.decided_by
        now = Blob.objects.filter(erased_at__isnull=False).count()
        assert now >= erased
        erased = now
    assert erased, "nothing was erased: nothing was tried"
    names = Blob.objects.filter(erased_at=None).values_list("name", flat=True)
    assert stored(vault) == sorted(names)
    assert verify.run().first_bad is None


def _there(fast: set[int]) -> set[str]:
    rows = Blob.objects.filter(versions__document__registration__in=fast, erased_at=None)
    return set(rows.values_list("name", flat=True))


def _one_act(
    random: Random, act: str, who: User, registrations: list[Registration], papers: list[Document], at: datetime
) -> None:
    by = actor(who)
    held, paper = random.choice(registrations), random.choice(papers)
    erasure = Erasure.objects.filter(document=paper).order_by("-pk").first()
    hold = LegalHold.objects.filter(registration=held).order_by("-pk").first()
    if act == "hold" and random.random() < 0.5:
        transitions.place_hold(registration_pk=held.pk, reason="audit", words="", actor=by, at=at)
    elif act == "lift" and hold:
        transitions.lift_hold(hold_pk=hold.pk, actor=by, at=at)
    elif act == "propose":
        number = random.choice([None, 1])
        transitions.propose_erasure(
            document_pk=paper.pk, number=number, reason="twice", token=uuid.uuid4(), actor=by, at=at
        )
    elif act == "agree" and erasure:
        transitions.agree_erasure(erasure_pk=erasure.pk, checked="", actor=by, at=at)
    elif act == "end" and erasure and random.random() < 0.3:
        transitions.withdraw_erasure(erasure_pk=erasure.pk, actor=by, at=at)
