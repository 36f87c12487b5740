"""Erasing by two persons: who may, what goes, what stays, and what speaks against it."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Person
from audit import verify
from audit.models import Event
from handover import documents, transitions
from handover.models import Blob, Document, DocumentVersion, Erasure, Registration, Restriction
from handover.vault import store
from tests import seen
from tests.cast import Cast, actor
from tests.handover.erased import agreed, held_fast, proposed, second_administrator
from tests.handover.paper_files import MORE, TEXT, incoming, kept, stored
from tests.stock import NOW, offered

pytestmark = pytest.mark.usefixtures("vault")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def document(cast: Cast, held: Registration) -> Document:
    """A paper of 太郎 with two versions."""
    made = kept(held, cast.taro, title="山田 花の健康診断", name="山田花.txt")
    transitions.add_version(
        document_pk=made.pk,
        expires_on=None,
        paper=incoming("改定.txt", MORE),
        token=uuid.uuid4(),
        actor=actor(cast.taro),
        at=NOW,
    )
    return made


def test_custodian_proposes_and_nothing_is_gone(cast: Cast, document: Document, vault: Path) -> None:
    before = seen.mark()
    made = proposed(document, cast.taro)
    assert (made.status, made.number, made.reason, made.proposed_by) == ("proposed", None, "too_much", cast.taro)
    assert len(stored(vault)) == 2
    assert seen.verbs(before) == ["erasure.proposed"]
    assert seen.notices(before) == sorted(
        [("erasure_proposed", cast.hanako.label), ("erasure_proposed", cast.taro.label)]
    )
    written = Event.objects.get(verb="erasure.proposed")
    assert (written.subject, written.actor) == (made.label, cast.taro.label)
    assert set(written.about) == {
        made.label,
        document.label,
        document.registration.label,
        cast.aoba.label,
    }
    versions = document.versions.order_by("number")
    assert written.facts == {
        "document": document.label,
        "whole": True,
        "versions": [{"version": one.number, "sha256": one.blob.sha256} for one in versions],
        "reason": "too_much",
    }


def test_second_person_agrees_and_bytes_key_and_words_are_gone(cast: Cast, document: Document, vault: Path) -> None:
    names = stored(vault)
    hashes = sorted(Blob.objects.filter(versions__document=document).values_list("sha256", flat=True))
    made, before = proposed(document, cast.taro), seen.mark()
    done = agreed(made, cast.hanako, at=LATER)
    assert (done.status, done.decided_by, done.decided_at, done.checked) == ("erased", cast.hanako, LATER, "")
    assert len(names) == 2 and stored(vault) == []
    document.refresh_from_db()
    assert (document.kind, document.title, document.original_at) == ("contract", "消去済みの書類", "") or (
        document.title == "Erased paper" and document.original_at == ""
    )
    assert (document.expires_on, document.erased_at, document.added_by) == (None, LATER, cast.taro)
    rows = Blob.objects.filter(versions__document=document)
    assert sorted(rows.values_list("sha256", flat=True)) == hashes
    assert {(row.status, row.erased_at) for row in rows} == {("erased", LATER)}
    assert {(row.file_name, row.erasure) for row in document.versions.all()} == {("", done)}
    assert seen.verbs(before) == ["erasure.agreed"]
    assert seen.notices(before) == sorted([("erasure_done", cast.taro.label), ("erasure_done", cast.hanako.label)])
    result = verify.run()
    assert (result.first_bad, result.count) == (None, Event.objects.count())
    call_command("verify_audit")
    for blob in rows:
        with pytest.raises(documents.Erased):
            documents.open_blob(blob)


def test_one_version_goes_and_the_others_stay(cast: Cast, document: Document, vault: Path) -> None:
    agreed(proposed(document, cast.taro, number=1), cast.hanako)
    document.refresh_from_db()
    first, second = document.versions.order_by("number").select_related("blob")
    assert (document.title, document.erased_at) == ("山田 花の健康診断", None)
    assert (first.blob.status, first.file_name) == ("erased", "")
    assert documents.read_bytes(second.blob) == MORE
    assert stored(vault) == [second.blob.name]
    with pytest.raises(WrongState):
        proposed(document, cast.taro, number=1)


def test_paper_that_was_only_listed_loses_its_words(cast: Cast, held: Registration) -> None:
    listed = held.documents.get()
    agreed(proposed(listed, cast.taro), cast.hanako)
    listed.refresh_from_db()
    assert listed.erased_at == NOW and listed.title != "利用契約書" and listed.original_at == ""


# Two natural persons ------------------------------------------------------------------------------------------------


def test_who_proposed_does_not_agree(cast: Cast, document: Document) -> None:
    made = proposed(document, cast.hanako)
    with pytest.raises(NotAllowed):
        agreed(made, cast.hanako)
    assert agreed(made, second_administrator(cast)).status == "erased"


def test_second_account_of_the_same_human_does_not_agree(cast: Cast, document: Document, vault: Path) -> None:
    rei = second_administrator(cast)
    human = Person.objects.create(organisation=cast.provider, staff_number="twice")
    for user in (cast.hanako, rei):
        user.person = human
        user.save()
    made = proposed(document, cast.hanako)
    with pytest.raises(NotAllowed):
        agreed(made, rei)
    assert len(stored(vault)) == 2


@pytest.mark.parametrize("who", ["jiro", "wakako", "operator", "senior", "agent", "worker", "auditor"])
def test_others_neither_agree_nor_decline_nor_withdraw(cast: Cast, document: Document, who: str) -> None:
    made = proposed(document, cast.taro)
    before = seen.mark()
    for act in (transitions.decline_erasure, transitions.withdraw_erasure):
        with pytest.raises(NotAllowed):
            act(erasure_pk=made.pk, actor=actor(getattr(cast, who)), at=NOW)
    with pytest.raises(NotAllowed):
        agreed(made, getattr(cast, who), checked="call")
    assert seen.verbs(before) == []


@pytest.mark.parametrize("who", ["jiro", "saburo", "wakako", "minoru", "senior", "agent", "worker"])
def test_others_propose_nothing(cast: Cast, document: Document, who: str) -> None:
    with pytest.raises(NotAllowed):
        proposed(document, getattr(cast, who))


@pytest.mark.parametrize("who", ["approver", "senior"])
def test_where_the_customer_has_nobody_else_the_provider_is_the_second_person(
    cast: Cast, document: Document, vault: Path, who: str
) -> None:
    before = seen.mark()
    made = proposed(document, cast.hanako)
    told = {recipient for template, recipient in seen.notices(before) if template == "erasure_proposed"}
    assert told == {cast.approver.label, cast.senior.label, cast.taro.label}
    by = getattr(cast, who)
    with pytest.raises(Refused) as refused:
        agreed(made, by)
    assert "checked" in refused.value.fields
    for wrong in (cast.operator, cast.agent, cast.auditor, cast.taro):
        with pytest.raises(NotAllowed):
            agreed(made, wrong, checked="call")
    assert agreed(made, by, checked="call").checked == "call"
    assert stored(vault) == []
    assert Event.objects.get(verb="erasure.agreed").facts["checked"] == "call"


def test_administrator_says_nothing_of_a_check(cast: Cast, document: Document) -> None:
    with pytest.raises(Refused):
        agreed(proposed(document, cast.taro), cast.hanako, checked="call")


# States -------------------------------------------------------------------------------------------------------------


def test_second_press_of_the_proposal_gives_back_the_first(cast: Cast, document: Document) -> None:
    token = uuid.uuid4()
    made, before = proposed(document, cast.taro, token=token), seen.mark()
    assert proposed(document, cast.taro, token=token) == made
    assert seen.verbs(before) == []
    with pytest.raises(WrongState):
        proposed(document, cast.hanako, token=token)
    with pytest.raises(WrongState):
        proposed(document, cast.taro)
    assert Erasure.objects.count() == 1


def test_second_press_of_the_agreement_is_told_that_it_is_done(cast: Cast, document: Document) -> None:
    made = agreed(proposed(document, cast.taro), cast.hanako)
    before = seen.mark()
    with pytest.raises(WrongState):
        agreed(made, cast.hanako)
    for act in (transitions.decline_erasure, transitions.withdraw_erasure):
        with pytest.raises(WrongState):
            act(erasure_pk=made.pk, actor=actor(cast.hanako), at=NOW)
    assert seen.verbs(before) == []


@pytest.mark.parametrize(
    ("act", "who", "verb", "status"),
    [
        ("decline_erasure", "hanako", "erasure.declined", "declined"),
        ("withdraw_erasure", "taro", "erasure.withdrawn", "withdrawn"),
        ("withdraw_erasure", "hanako", "erasure.withdrawn", "withdrawn"),
    ],
)
def test_proposal_that_ends_leaves_the_paper(
    cast: Cast, document: Document, vault: Path, act: str, who: str, verb: str, status: str
) -> None:
    made, before = proposed(document, cast.taro), seen.mark()
    done = getattr(transitions, act)(erasure_pk=made.pk, actor=actor(getattr(cast, who)), at=LATER)
    assert (done.status, done.decided_at) == (status, LATER)
    assert seen.verbs(before) == [verb]
    assert {template for template, _ in seen.notices(before)} == {"erasure_ended"}
    assert len(stored(vault)) == 2
    with pytest.raises(WrongState):
        agreed(made, cast.hanako)
    assert proposed(document, cast.taro).is_open


def test_silence_agrees_to_nothing(cast: Cast, document: Document, vault: Path) -> None:
    from handover import clock

    made = proposed(document, cast.taro)
    clock.run(at=NOW + timedelta(days=3650))
    made.refresh_from_db()
    assert made.is_open
    assert len(stored(vault)) == 2


def test_version_kept_after_the_proposal_is_not_erased_unseen(cast: Cast, document: Document, vault: Path) -> None:
    made = proposed(document, cast.taro)
    transitions.add_version(
        document_pk=document.pk,
        expires_on=None,
        paper=incoming("neu.txt", TEXT + b"3"),
        token=uuid.uuid4(),
        actor=actor(cast.taro),
        at=LATER,
    )
    with pytest.raises(WrongState):
        agreed(made, cast.hanako, at=LATER)
    assert len(stored(vault)) == 3


def test_stub_takes_no_version_and_no_other_words(cast: Cast, document: Document, vault: Path) -> None:
    agreed(proposed(document, cast.taro), cast.hanako)
    with pytest.raises(WrongState):
        transitions.add_version(
            document_pk=document.pk,
            expires_on=None,
            paper=incoming("neu.txt", TEXT),
            token=uuid.uuid4(),
            actor=actor(cast.taro),
            at=LATER,
        )
    with pytest.raises(WrongState):
        transitions.change_document(
            document_pk=document.pk, title="x", expires_on=None, original_at="", actor=actor(cast.taro), at=LATER
        )
    with pytest.raises(WrongState):
        proposed(document, cast.taro)
    assert stored(vault) == []


# What speaks against it ---------------------------------------------------------------------------------------------


def test_nothing_is_erased_under_a_hold(cast: Cast, document: Document, vault: Path) -> None:
    made = proposed(document, cast.taro)
    hold, before = held_fast(document.registration, cast.hanako), seen.mark()
    with pytest.raises(WrongState):
        agreed(made, cast.hanako)
    transitions.withdraw_erasure(erasure_pk=made.pk, actor=actor(cast.taro), at=NOW)
    with pytest.raises(WrongState):
        proposed(document, cast.taro)
    assert seen.verbs(before) == ["erasure.withdrawn"]
    assert len(stored(vault)) == 2
    transitions.lift_hold(hold_pk=hold.pk, actor=actor(cast.hanako), at=NOW)
    assert agreed(proposed(document, cast.taro), cast.hanako).status == "erased"


def test_paper_on_the_list_of_an_open_handover_stays(cast: Cast, document: Document, held: Registration) -> None:
    made = proposed(document, cast.taro)
    handover = offered(cast, held)
    with pytest.raises(WrongState, match=handover.number):
        agreed(made, cast.hanako)
    transitions.withdraw(handover_pk=handover.pk, reason="取りやめ", actor=actor(cast.taro), at=NOW)
    assert agreed(made, cast.hanako).status == "erased"
    items = offered(cast, held).items.filter(kind="document")
    assert document.pk not in set(items.values_list("document", flat=True))


@pytest.mark.parametrize("kind", ["contested", "cooling_off", "authority"])
def test_contested_and_protected_registrations_lose_nothing(cast: Cast, document: Document, kind: str) -> None:
    made = proposed(document, cast.taro)
    Restriction.objects.create(registration=document.registration, kind=kind, case="C-1", since=NOW)
    with pytest.raises(WrongState):
        agreed(made, cast.hanako)


def test_open_claim_does_not_hinder_the_custodian(cast: Cast, document: Document) -> None:
    Restriction.objects.create(registration=document.registration, kind="claim_open", case="C-1", since=NOW)
    assert agreed(proposed(document, cast.taro), cast.hanako).status == "erased"


def test_new_holder_does_not_inherit_a_proposal(cast: Cast, document: Document) -> None:
    made = proposed(document, cast.taro)
    Registration.objects.filter(pk=document.registration_id).update(organisation=cast.wakaba)
    with pytest.raises(WrongState):
        agreed(made, cast.hanako)


# On the disk --------------------------------------------------------------------------------------------------------


def test_process_that_dies_after_the_commit_leaves_what_the_sweep_takes(
    cast: Cast, document: Document, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = proposed(document, cast.taro)

    def dies(names: object) -> None:
        raise SystemExit

    monkeypatch.setattr("handover.erasing.remove_files", dies)
    with pytest.raises(SystemExit):
        agreed(made, cast.hanako)
    assert len(stored(vault)) == 2
    blob = Blob.objects.filter(erased_at__isnull=False).first()
    assert blob
    with pytest.raises(documents.Erased):
        documents.open_blob(blob)
    from django.utils import timezone

    assert documents.sweep(at=timezone.now() + timedelta(days=2))["blobs"] == 2
    assert stored(vault) == []


def test_file_that_somebody_linked_elsewhere_has_no_key_any_more(
    cast: Cast, document: Document, vault: Path, tmp_path: Path
) -> None:
    """What a snapshot of the disk shares with the file is of no use: the key in the header is overwritten."""
    blob = Blob.objects.filter(versions__document=document).first()
    assert blob
    other = tmp_path / "link"
    other.hardlink_to(vault / blob.name)
    agreed(proposed(document, cast.taro), cast.hanako)
    assert other.read_bytes()[:128] == bytes(128)
    store.destroy(blob.name)  # again does nothing


def test_log_holds_no_word_of_what_was_erased(cast: Cast, document: Document) -> None:
    agreed(proposed(document, cast.taro), cast.hanako)
    told = " ".join(f"{one.facts} {one.about} {one.subject}" for one in Event.objects.all())
    assert "山田" not in told and "契約番号" not in told
    assert not DocumentVersion.objects.filter(file_name__contains="山田").exists()
