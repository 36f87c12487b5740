"""The procedure itself changes: one draft, checked and replayed, published by two natural persons."""

import copy
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role, User
from audit.models import Event
from audit.record import System
from recovery import replaying, transitions
from recovery.models import Claim, ProcedureReplay, ProcedureVersion, ReplayedClaim
from recovery.procedure import load
from recovery.queries import procedures
from tests import claims, drafts, seen
from tests.cast import Cast, actor, somebody
from tests.claims import later
from tests.drafts import easier, kind, tier
from tests.stock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_paper")]


def proposes(draft: ProcedureVersion, who: User, **more: Any) -> ProcedureVersion:
    wanted = {"seen_hash": draft.data_hash, "reason": "なぜなら", **more}
    return transitions.propose_publication(draft.pk, **wanted, actor=actor(who), at=NOW)


def publishes(draft: ProcedureVersion, who: User, **more: Any) -> ProcedureVersion:
    wanted = {"signed_hash": draft.data_hash, "reason": "よい", **more}
    return transitions.publish(draft.pk, **wanted, actor=actor(who), at=later(days=1))


# Draft


def test_editor_begins_a_draft_as_a_copy_of_what_is_in_force(cast: Cast) -> None:
    live, before = drafts.live(), seen.mark()
    draft = drafts.begun(cast)
    assert (draft.status, draft.version, draft.based_on) == ("draft", live.version + 1, live)
    assert draft.data == {**live.data, "version": draft.version}
    assert (draft.findings, draft.begun_by, draft.begun_at) == ([], cast.editor, NOW)
    assert seen.verbs(before) == ["procedure.draft_begun"]
    written = Event.objects.get(verb="procedure.draft_begun")
    assert (written.subject, written.facts) == (draft.label, {"version": draft.version, "based_on": live.version})
    assert seen.notices(before) == []
    with pytest.raises(WrongState):
        drafts.begun(cast)


def test_second_draft_and_second_version_in_force_cannot_exist(cast: Cast) -> None:
    draft = drafts.begun(cast)
    for status in ("draft", "live"):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProcedureVersion.objects.create(
                version=99, status=status, data=draft.data, data_hash="x", begun_by=cast.editor, begun_at=NOW
            )


def test_editor_changes_the_draft_and_nothing_in_force_changes(cast: Cast) -> None:
    live = drafts.live()
    draft, before = drafts.begun(cast), seen.mark()
    was = draft.data_hash
    draft = drafts.changed(cast, easier, draft)
    assert draft.procedure.tier(3).points == 80
    assert drafts.live() == live and procedures.live().procedure.tier(3).points == 90
    assert draft.data_hash != was
    assert seen.verbs(before) == ["procedure.draft_changed"]
    facts = {"hash": draft.data_hash, "sections": ["tiers"], "findings": 0, "proposal_void": False}
    assert Event.objects.get(verb="procedure.draft_changed").facts == {"version": draft.version, **facts}
    with pytest.raises(Refused):  # the same once more
        drafts.changed(cast, easier, draft)


def test_editor_writes_what_contradicts_itself_and_reads_where(cast: Cast) -> None:
    draft, before = drafts.begun(cast), seen.mark()
    with pytest.raises(Refused) as refused:
        drafts.changed(cast, lambda data: kind(data, "O2").update(points=-1), draft)
    assert "kinds O2: points" in str(refused.value)
    assert seen.verbs(before) == []


def test_draft_keeps_its_own_number(cast: Cast) -> None:
    draft = drafts.begun(cast)
    changed = drafts.changed(cast, lambda data: (data.update(version=1), easier(data)), draft)
    assert changed.data["version"] == draft.version


def test_editor_whose_page_is_old_overwrites_nothing(cast: Cast) -> None:
    old = drafts.begun(cast)
    drafts.changed(cast, easier, old)
    with pytest.raises(WrongState):
        drafts.changed(cast, lambda data: data.update(tenure_days=40), old)


def test_change_makes_a_proposal_void(cast: Cast) -> None:
    draft = drafts.proposed(cast)
    draft = drafts.changed(cast, lambda data: data.update(tenure_days=40), draft)
    assert (draft.proposed_by, draft.proposed_at, draft.proposal_reason) == (None, None, "")
    assert Event.objects.filter(verb="procedure.draft_changed").order_by("-sequence")[0].facts["proposal_void"] is True
    with pytest.raises(WrongState):
        publishes(draft, cast.senior)


def test_editor_discards_the_draft_and_its_number_is_not_used_again(cast: Cast) -> None:
    draft, before = drafts.begun(cast), seen.mark()
    transitions.discard_draft(draft.pk, actor=actor(cast.editor), at=NOW)
    draft.refresh_from_db()
    assert draft.status == "dropped"
    assert seen.verbs(before) == ["procedure.draft_discarded"]
    assert Event.objects.get(verb="procedure.draft_discarded").facts == {
        "version": draft.version,
        "hash": draft.data_hash,
    }
    with pytest.raises(WrongState):
        transitions.discard_draft(draft.pk, actor=actor(cast.editor), at=NOW)
    assert drafts.begun(cast).version == draft.version + 1


# Check


def hole(data: dict[str, Any]) -> None:
    """Bills and an identity document do at tier 3."""
    tier(data, 3).update(points=25, categories=[["O", "L"], ["P"]], channels=0)


def test_draft_with_a_hole_is_kept_with_its_finding_and_cannot_be_proposed(cast: Cast) -> None:
    draft = drafts.changed(cast, hole)
    found = next(one for one in draft.findings if one["rule"] == "papers")
    assert found["tier"] == 3 and found["count"] > 3
    assert [
        set(codes) <= {"O1", "O2", "O3", "O4", "O5", "L1", "L2", "L3", "L4", "P1", "P2"}
        for codes in found["combinations"]
    ]
    drafts.replayed(cast, draft)
    with pytest.raises(Refused):
        proposes(draft, cast.editor)


def test_stored_result_of_the_check_is_not_trusted(cast: Cast) -> None:
    draft = drafts.changed(cast, hole)
    drafts.replayed(cast, draft)
    ProcedureVersion.objects.filter(pk=draft.pk).update(findings=[])
    with pytest.raises(Refused):
        proposes(draft, cast.editor)
    ProcedureVersion.objects.filter(pk=draft.pk).update(proposed_by=cast.editor, proposed_at=NOW)
    with pytest.raises(Refused):
        publishes(draft, cast.senior)


# Publishing


def test_editor_proposes_and_those_who_may_publish_are_told(cast: Cast) -> None:
    other = somebody(cast.provider, "雲居 改", "", "other@provider.example", Role.EDITOR)
    draft = drafts.changed(cast, easier)
    drafts.replayed(cast, draft)
    before = seen.mark()
    draft = proposes(draft, cast.editor)
    assert (draft.proposed_by, draft.proposal_reason) == (cast.editor, "なぜなら")
    assert seen.verbs(before) == ["procedure.proposed"]
    assert Event.objects.get(verb="procedure.proposed").facts == {"version": draft.version, "hash": draft.data_hash}
    told = [("procedure_proposed", cast.senior.label), ("procedure_proposed", other.label)]
    assert seen.notices(before) == sorted(told)
    with pytest.raises(WrongState):
        proposes(draft, cast.editor)


def test_draft_is_replayed_as_it_is_before_it_is_proposed(cast: Cast) -> None:
    draft = drafts.changed(cast, easier)
    with pytest.raises(WrongState):
        proposes(draft, cast.editor)
    drafts.replayed(cast, draft)
    draft = drafts.changed(cast, lambda data: data.update(tenure_days=40), draft)
    with pytest.raises(WrongState):
        proposes(draft, cast.editor)


def test_draft_that_differs_in_nothing_is_not_proposed(cast: Cast) -> None:
    draft = drafts.begun(cast)
    drafts.replayed(cast, draft)
    with pytest.raises(Refused):
        proposes(draft, cast.editor)


def test_senior_publishes_and_claims_keep_the_version_they_began_with(cast: Cast) -> None:
    claim, was = claims.received(), drafts.live()
    draft = drafts.proposed(cast)
    before = seen.mark()
    new = publishes(draft, cast.senior)
    was.refresh_from_db()
    assert (new.status, new.live_since, new.published_by, new.publication_reason) == (
        "live",
        later(days=1),
        cast.senior,
        "よい",
    )
    assert (was.status, was.retired_at) == ("retired", later(days=1))
    assert seen.verbs(before) == ["procedure.published"]
    assert Event.objects.get(verb="procedure.published").facts == {
        "version": new.version,
        "hash": new.data_hash,
        "retired": was.version,
        "proposed_by": cast.editor.label,
    }
    people = (cast.editor, cast.operator, cast.colleague, cast.approver, cast.senior, cast.auditor)
    assert seen.notices(before) == sorted(("procedure_published", one.label) for one in people)
    claim.refresh_from_db()
    assert claim.procedure == was
    assert claims.received(at=later(days=2)).procedure == new
    with pytest.raises(WrongState):
        publishes(new, cast.senior)


def test_other_account_of_the_same_human_does_not_publish(cast: Cast) -> None:
    draft = drafts.proposed(cast)
    for who in (cast.editor, claims.same_human(cast, cast.editor, Role.SENIOR, Role.EDITOR)):
        with pytest.raises(NotAllowed):
            publishes(draft, who)
    Membership.objects.create(user=cast.approver, organisation=cast.provider, role=Role.EDITOR, since=NOW)
    assert publishes(draft, cast.approver).status == "live"


def test_what_was_not_on_the_page_is_not_published(cast: Cast) -> None:
    draft = drafts.proposed(cast)
    with pytest.raises(WrongState):
        publishes(draft, cast.senior, signed_hash="0" * 64)
    # Nor what was changed past the transitions.
    data = copy.deepcopy(draft.data)
    tier(data, 3)["points"] = 85
    ProcedureVersion.objects.filter(pk=draft.pk).update(data=data)
    with pytest.raises(WrongState):
        publishes(draft, cast.senior)
    assert drafts.live().version != draft.version


def test_draft_of_what_is_no_longer_in_force_is_not_published(cast: Cast) -> None:
    draft = drafts.proposed(cast)
    live = drafts.live()
    ProcedureVersion.objects.filter(pk=live.pk).update(status="retired", retired_at=NOW)
    ProcedureVersion.objects.create(version=99, status="live", data=load(1), data_hash="y", live_since=NOW)
    with pytest.raises(WrongState):
        publishes(draft, cast.senior)


def test_nobody_publishes_what_nobody_proposed(cast: Cast) -> None:
    draft = drafts.changed(cast, easier)
    drafts.replayed(cast, draft)
    with pytest.raises(WrongState):
        publishes(draft, cast.senior)


@pytest.mark.parametrize("who", ["operator", "approver", "auditor", "agent", "hanako", "worker"])
def test_others_neither_write_nor_publish(cast: Cast, who: str) -> None:
    other = getattr(cast, who)
    with pytest.raises(NotAllowed):
        transitions.begin_draft(actor=actor(other), at=NOW)
    draft = drafts.proposed(cast)
    before = seen.mark()
    with pytest.raises(NotAllowed):
        publishes(draft, other)
    with pytest.raises(NotAllowed):
        proposes(draft, other)
    for act in (transitions.discard_draft, transitions.begin_replay):
        with pytest.raises(NotAllowed):
            act(draft.pk, actor=actor(other), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.change_draft(draft.pk, data={}, seen_hash="", actor=actor(other), at=NOW)
    assert seen.verbs(before) == []


# Replay


def test_replay_is_begun_once_and_ends_with_its_counts(cast: Cast) -> None:
    draft = drafts.changed(cast, easier)
    before = seen.mark()
    replay = transitions.begin_replay(draft.pk, actor=actor(cast.editor), at=NOW)
    with pytest.raises(WrongState):
        transitions.begin_replay(draft.pk, actor=actor(cast.editor), at=NOW)
    drafts.work(replay.pk)
    assert seen.verbs(before) == ["procedure.replay_begun", "procedure.replayed"]
    written = Event.objects.get(verb="procedure.replayed")
    assert written.actor == "system:replay"
    assert written.facts["outcomes"] == {"same": 0, "gained": 0, "lost": 0, "tier": 0}
    with pytest.raises(WrongState):
        transitions.begin_replay(draft.pk, actor=actor(cast.editor), at=NOW)
    with pytest.raises(WrongState):
        transitions.finish_replay(replay.pk, actor=System("replay"), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.finish_replay(replay.pk, actor=actor(cast.editor), at=NOW)  # type: ignore[arg-type]


def test_replay_of_a_draft_that_changed_is_left_alone(cast: Cast) -> None:
    draft = drafts.changed(cast, easier)
    replay = transitions.begin_replay(draft.pk, actor=actor(cast.editor), at=NOW)
    drafts.changed(cast, lambda data: data.update(tenure_days=40), draft)
    assert replaying.work(replay.pk, clock=lambda: NOW) is False
    replay.refresh_from_db()
    assert replay.finished_at is None
    assert replaying.due(later(days=1)) == []


def test_two_workers_never_have_one_replay(cast: Cast) -> None:
    replay = transitions.begin_replay(drafts.begun(cast).pk, actor=actor(cast.editor), at=NOW)
    ProcedureReplay.objects.filter(pk=replay.pk).update(claimed_until=later(minutes=1))
    assert replaying.work(replay.pk, clock=lambda: NOW) is False
    replay.refresh_from_db()
    assert replay.finished_at is None
    # Killed: the next one takes it up.
    assert replaying.due(later(minutes=10)) == [replay.pk]
    replaying.work(replay.pk, clock=lambda: later(minutes=10))
    replay.refresh_from_db()
    assert replay.finished_at == later(minutes=10)
    assert (Claim.objects.count(), ReplayedClaim.objects.count()) == (0, 0)
