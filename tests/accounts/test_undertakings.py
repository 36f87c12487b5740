"""New words of the undertaking, and who signed which when."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import queries, transitions, undertakings
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.models import Membership, Role, Undertaking, UndertakingDraft, UndertakingVersion, User
from audit.models import Event
from tests.cast import READ, Cast, actor, sign_in, somebody
from tests.letterbox import mails
from tests.seen import mark, notices, verbs

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
NEW = {
    "words_ja": "守秘義務誓約書\n\n1. 在宅での業務では、画面を他人に見せません。\n",
    "words_en": "Confidentiality undertaking\n\n1. At home I let nobody see the screen.\n",
    "reason": "在宅での業務が始まるため",
}


def proposed(by: User, **changes: str) -> UndertakingDraft:
    return transitions.propose_undertaking(**{**NEW, **changes}, actor=actor(by), at=AT)


def publish(draft: UndertakingDraft, by: User, *, read: str = "") -> UndertakingVersion:
    read = read or undertakings.fingerprint(draft)
    return transitions.publish_undertaking(draft_pk=draft.pk, read=read, actor=actor(by), at=AT)


def published(cast: Cast, **changes: str) -> UndertakingVersion:
    return publish(proposed(cast.editor, **changes), cast.senior)


def test_what_one_writes_a_senior_who_is_another_publishes(cast: Cast) -> None:
    before = mark()
    draft = proposed(cast.editor)
    hashes = {"ja": hashlib.sha256(NEW["words_ja"].encode()).hexdigest()}
    hashes["en"] = hashlib.sha256(NEW["words_en"].encode()).hexdigest()
    assert verbs(before) == ["undertaking.proposed"] and undertakings.current() == 1
    assert Event.objects.get(sequence__gt=before).facts == {"hashes": hashes}
    assert notices(before) == [("undertaking_proposed", cast.senior.label)]
    assert "/undertakings/publish/" in mails("undertaking_proposed")[0]["body"]
    before = mark()
    made = publish(draft, cast.senior)
    assert (made.number, made.written_by, made.published_by, undertakings.current()) == (2, cast.editor, cast.senior, 2)
    assert verbs(before) == ["undertaking.published"]
    event = Event.objects.get(sequence__gt=before)
    assert event.subject == "undertaking:2"
    assert event.facts == {"version": 2, "hashes": hashes, "written_by": cast.editor.label}
    with pytest.raises(WrongState):
        publish(draft, cast.senior)
    with pytest.raises(Refused):
        published(cast)
    assert published(cast, words_en="Undertaking\n\n1. Nothing.\n").number == 3


def test_nobody_publishes_what_the_same_human_wrote(cast: Cast) -> None:
    draft = proposed(cast.senior)
    twin = somebody(cast.provider, "星野 長", "ホシノ ツカサ", "twin@provider.example", Role.SENIOR)
    User.objects.filter(pk=twin.pk).update(person=cast.senior.person)
    twin.refresh_from_db()
    for who in (cast.senior, twin):
        with pytest.raises(NotAllowed):
            publish(draft, who)
    with pytest.raises(IntegrityError), transaction.atomic():
        undertakings.publish(draft, by=cast.senior, at=AT)
    second = somebody(cast.provider, "月野 次", "ツキノ ツギ", "second@provider.example", Role.SENIOR)
    assert [one.pk for one in queries.may_publish_undertaking(draft)] == [second.pk]
    assert publish(draft, second).number == 2


def test_only_what_was_read_is_published_and_one_waits_at_a_time(cast: Cast) -> None:
    draft = proposed(cast.editor)
    with pytest.raises(WrongState):
        proposed(cast.senior, reason="ほかの理由")
    with pytest.raises(WrongState):
        publish(draft, cast.senior, read=undertakings.hash_of("x"))
    before = mark()
    transitions.drop_undertaking(draft_pk=draft.pk, actor=actor(cast.editor), at=AT)
    assert verbs(before) == ["undertaking.dropped"] and undertakings.waiting() is None
    for act in (
        lambda: publish(draft, cast.senior),
        lambda: transitions.drop_undertaking(draft_pk=draft.pk, actor=actor(cast.senior), at=AT),
    ):
        with pytest.raises(WrongState):
            act()
    assert undertakings.current() == 1 and published(cast).number == 2


@pytest.mark.parametrize("name", ["operator", "approver", "auditor", "supervisor", "agent", "hanako"])
def test_others_propose_publish_and_drop_nothing(cast: Cast, name: str) -> None:
    who = getattr(cast, name)
    with pytest.raises(NotAllowed):
        proposed(who)
    draft = proposed(cast.editor)
    for act in (lambda: publish(draft, who), lambda: publish(draft, cast.editor)):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotAllowed):
        transitions.drop_undertaking(draft_pk=draft.pk, actor=actor(who), at=AT)
    assert undertakings.current() == 1


@pytest.mark.parametrize("name", ["agent", "supervisor", "operator", "senior"])
def test_everybody_signs_anew_before_anything_else_at_the_next_request(client: Client, cast: Cast, name: str) -> None:
    user = getattr(cast, name)
    sign_in(client, user)
    for path in ("/desk/", "/people/"):
        assert client.get(path).status_code == 200
    published(cast)
    for path in ("/desk/", "/people/", "/undertakings/", "/accounts/profile/"):
        assert client.get(path).headers["Location"] == "/accounts/undertaking/", path
    page = client.get("/accounts/undertaking/").content.decode()
    assert NEW["reason"] in page and "画面を他人に見せません" in page
    signing = {"typed_name": user.display_name, "agreed": "on", "read": undertakings.text_hash(2, "ja")}
    assert client.post("/accounts/undertaking/", signing).headers["Location"] == "/"
    assert client.get("/desk/").status_code == 200
    assert sorted(user.undertakings.values_list("version", flat=True)) == [1, 2]


def test_customers_are_not_asked(client: Client, cast: Cast) -> None:
    published(cast)
    assert sign_in(client, cast.hanako).get("/people/").status_code == 200


def test_words_are_signed_as_they_were_read(client: Client, cast: Cast) -> None:
    """Somebody reads the first version while the second is published: the press signs neither."""
    cast.agent.undertakings.all().delete()
    sign_in(client, cast.agent)
    assert READ in client.get("/accounts/undertaking/").content.decode()
    published(cast)
    signing = {"typed_name": cast.agent.display_name, "agreed": "on", "read": READ}
    assert client.post("/accounts/undertaking/", signing).status_code == 409
    with pytest.raises(WrongState):
        transitions.sign_undertaking(
            typed_name=cast.agent.display_name, read=undertakings.hash_of("x"), actor=actor(cast.agent), at=AT
        )
    assert not cast.agent.undertakings.exists()
    english = undertakings.text_hash(2, "en")
    signed = transitions.sign_undertaking(
        typed_name=cast.agent.display_name, read=english, actor=actor(cast.agent), at=AT
    )
    assert (signed.version, signed.text_hash, undertakings.language_of(signed)) == (2, english, "en")


# Who signed ---------------------------------------------------------------------------------------------------------


def page(user: User, path: str = "/undertakings/") -> Any:
    return sign_in(Client(), user).get(path)


def test_supervisor_reads_the_own_agency_and_senior_and_auditor_everybody(cast: Cast) -> None:
    own = page(cast.supervisor).content.decode()
    assert "ムカイ" in own and "ソラチ" not in own
    for user in (cast.senior, cast.auditor):
        everybody = page(user).content.decode()
        assert "ムカイ" in everybody and "ソラチ" in everybody
        assert "ヨシダ" not in everybody
    for name in ("agent", "operator", "approver", "editor", "hanako", "worker"):
        assert page(getattr(cast, name)).status_code == 403, name


def test_who_left_stays_on_record_and_is_out_at_once(cast: Cast) -> None:
    browser = sign_in(Client(), cast.agent)
    assert browser.get("/desk/").status_code == 200
    left = sign_in(Client(), cast.supervisor)
    ended = left.post(f"/people/{cast.agent.pk}/leave/")
    assert ended.status_code == 302
    assert browser.get("/desk/").status_code == 403
    left.get("/")  # shows the message
    assert "ムカイ" in left.get("/undertakings/").content.decode()
    signed = Undertaking.objects.get(user=cast.agent)
    shown = left.get(f"/undertakings/{signed.pk}/").content.decode()
    assert signed.text_hash in shown and cast.agent.display_name in shown
    assert Membership.objects.current().filter(user=cast.agent).count() == 0


def test_words_as_signed_have_the_hash_on_record(cast: Cast) -> None:
    signed = Undertaking.objects.get(user=cast.agent)
    published(cast)
    Undertaking.objects.create(
        user=cast.senior, organisation=cast.provider, version=2, text_hash=undertakings.text_hash(2, "ja"), signed_at=AT
    )
    answer = page(cast.senior, f"/undertakings/{signed.pk}/words/")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert hashlib.sha256(answer.content).hexdigest() == signed.text_hash


def test_words_that_changed_under_a_signature_are_told(cast: Cast) -> None:
    signed = Undertaking.objects.get(user=cast.agent)
    Undertaking.objects.filter(pk=signed.pk).update(text_hash="0" * 64)
    assert 'data-tone="bad"' in page(cast.senior, f"/undertakings/{signed.pk}/").content.decode()
    assert page(cast.senior, f"/undertakings/{signed.pk}/words/").status_code == 404


def test_signature_of_somebody_elses_is_not_there(cast: Cast) -> None:
    own, others = Undertaking.objects.get(user=cast.agent), Undertaking.objects.get(user=cast.operator)
    assert page(cast.agent, f"/undertakings/{own.pk}/").status_code == 200
    for user in (cast.agent, cast.supervisor, cast.approver):
        hidden, unknown = page(user, f"/undertakings/{others.pk}/"), page(user, "/undertakings/999999/")
        assert (hidden.status_code, hidden.content) == (404, unknown.content)


def test_list_costs_the_same_for_one_and_for_three(cast: Cast, django_assert_num_queries: Any) -> None:
    for extra in range(2):
        client = sign_in(Client(), cast.supervisor)
        client.get("/undertakings/")
        with django_assert_num_queries(10):
            client.get("/undertakings/")
        for number in range(3):
            Membership.objects.create(
                user=User.objects.create(email=f"{extra}{number}@x.example", date_joined=AT, display_name="人"),
                organisation=cast.desk,
                role="agent",
                since=AT,
            )


def test_proposing_and_publishing_ask_for_the_fresh_check_and_a_title(cast: Cast) -> None:
    proposing, path = "/undertakings/propose/", "/undertakings/publish/"
    client = sign_in(Client(), cast.editor, fresh=False)
    assert client.post(proposing, NEW).status_code == 200
    client = sign_in(Client(), cast.editor)
    assert client.post(proposing, {**NEW, "words_ja": "題だけ"}).status_code == 200
    assert client.get(path).headers["Location"] == proposing and undertakings.waiting() is None
    assert client.post(proposing, NEW).headers["Location"] == path
    draft = undertakings.waiting()
    assert draft is not None
    text, read = client.get(path).content.decode(), {"read": undertakings.fingerprint(draft)}
    assert "画面を他人に見せません" in text and 'name="read"' not in text
    assert client.post(path, read).status_code == 403
    senior = sign_in(Client(), cast.senior, fresh=False)
    assert read["read"] in senior.get(path).content.decode()
    assert senior.post(path, read).status_code == 200 and undertakings.current() == 1
    senior = sign_in(Client(), cast.senior)
    assert senior.post(path, {"read": "0" * 64}).status_code == 409
    assert senior.post(path, read).headers["Location"] == "/accounts/undertaking/"
    assert undertakings.words(2, "ja") == NEW["words_ja"]


def test_dropping_by_page_leaves_the_words_in_force(cast: Cast) -> None:
    proposed(cast.editor)
    client = sign_in(Client(), cast.senior)
    for _press in range(2):
        assert client.post("/undertakings/drop/").headers["Location"] == "/undertakings/propose/"
    assert undertakings.waiting() is None and undertakings.current() == 1
