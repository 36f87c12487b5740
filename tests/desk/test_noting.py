"""Notes about people: from a list, for a time, and forgotten after it."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from desk import clock, queries, transitions
from desk.models import Inquiry, PersonNote, Statement
from tests import claims
from tests.cast import Cast, actor, sign_in
from tests.seen import mark, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def asked(cast: Cast, **said: str) -> Inquiry:
    made, _tracking = transitions.open_inquiry(
        topic="question",
        # Everybody is asked for a direct number: another one each, unless the test says which.
        statement=Statement(**{"name": "相田 透", "own_phone": f"03-3333-{Inquiry.objects.count():04}", **said}),
        capacity="unknown",
        answer_by="phone",
        language="ja",
        actor=actor(cast.agent),
        at=NOW,
    )
    return made


def noted(cast: Cast, about: Inquiry, *, by: str = "agent", word: str = "slowly", days: int = 180) -> PersonNote:
    return transitions.note_person(about.pk, word=word, days=days, actor=actor(getattr(cast, by)), at=NOW)


def words(about: Inquiry, at: datetime = NOW) -> list[str]:
    return [one.word for one in queries.notes_about(about, at)]


def test_note_is_read_in_every_inquiry_of_the_person_and_in_nobody_elses(cast: Cast) -> None:
    first = asked(cast, own_phone="03-1111-2222", mail="Toru@Example.jp")
    before = mark()
    made = noted(cast, first)
    assert verbs(before) == ["person.noted"]
    (event,) = Event.objects.filter(sequence__gt=before)
    assert (event.subject, event.facts) == (first.label, {"word": "slowly", "days": 180})
    same_phone, same_mail = asked(cast, own_phone="０３１１１１２２２２"), asked(cast, mail="toru@example.jp")
    assert words(first) == words(same_phone) == words(same_mail) == ["slowly"]
    assert words(asked(cast, own_phone="03-9999-9999")) == words(asked(cast)) == []
    kept = PersonNote.objects.filter(pk=made.pk).values().get()
    assert "2222" not in str(kept) and "example" not in str(kept)


@pytest.mark.parametrize(("path", "offered"), [("desk/inquiries/{}/", 0), ("desk/inquiries/{}/notes/", 1)])
def test_pages_show_it_until_it_runs_out(cast: Cast, path: str, offered: int) -> None:
    found = asked(cast, own_phone="03-1111-2222")
    noted(cast, found, days=30)
    with translation.override("ja"):
        word = str(PersonNote.Word.SLOWLY.label)
    for days, times in ((0, 1), (30, 0)):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            page = sign_in(Client(), cast.agent).get("/" + path.format(found.receipt_number)).content.decode()
        assert page.count(word) == times + offered, days


def test_page_of_a_claim_shows_it(cast: Cast) -> None:
    claim = claims.received(at=NOW)
    noted(cast, claim.inquiry, by="operator")
    with translation.override("ja"):
        word = str(PersonNote.Word.SLOWLY.label)
    for who in (cast.agent, cast.operator):
        with time_machine.travel(NOW, tick=False):
            assert word in sign_in(Client(), who).get(f"/desk/claims/{claim.number}/").content.decode()


@pytest.mark.parametrize("who", ["approver", "auditor", "editor", "hanako", "worker"])
def test_others_note_nothing(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        noted(cast, asked(cast, own_phone="03-1111-2222"), by=who)


def test_only_the_list_only_for_a_year_only_about_somebody_known_again(cast: Cast) -> None:
    found = asked(cast, own_phone="03-1111-2222")
    for word, days in (("rude", 180), ("slowly", 366), ("slowly", 0)):
        with pytest.raises(Refused):
            noted(cast, found, word=word, days=days)
    with pytest.raises(Refused):
        noted(cast, asked(cast))
    noted(cast, found, days=365)
    with pytest.raises(WrongState):
        noted(cast, found)
    Inquiry.objects.filter(pk=found.pk).update(status="closed", turn="nobody", next_on=None, closed_at=NOW)
    with pytest.raises(WrongState):
        noted(cast, found, word="written")


def test_that_a_call_was_ended_is_noted_by_a_supervisor(cast: Cast) -> None:
    found = asked(cast, own_phone="03-1111-2222")
    for who in ("agent", "operator"):
        with pytest.raises(Refused):
            noted(cast, found, by=who, word="warned")
    assert noted(cast, found, by="supervisor", word="warned").word == "warned"


def test_supervisor_removes_a_note_and_it_is_of_nobody_any_more(cast: Cast) -> None:
    found = asked(cast, own_phone="03-1111-2222")
    made = noted(cast, found)
    for who in ("agent", "operator", "approver"):
        with pytest.raises(NotAllowed):
            transitions.remove_person_note(made.pk, actor=actor(getattr(cast, who)), at=NOW)
    before = mark()
    gone = transitions.remove_person_note(made.pk, actor=actor(cast.supervisor), at=NOW)
    assert verbs(before) == ["person.note_removed"]
    assert (gone.mail_print, gone.phone_print, words(found)) == ("", "", [])
    with pytest.raises(WrongState):
        transitions.remove_person_note(made.pk, actor=actor(cast.supervisor), at=NOW)


def test_clock_forgets_whom_an_old_note_was_about(cast: Cast) -> None:
    found = asked(cast, own_phone="03-1111-2222")
    made, end = noted(cast, found, days=30), NOW + timedelta(days=30)
    assert words(found, end - timedelta(seconds=1)) == ["slowly"]
    assert words(found, end) == []
    with pytest.raises(WrongState):
        transitions.expire_person_note(made.pk, actor=clock.CLOCK, at=end - timedelta(seconds=1))
    assert clock.run(at=end)["notes_expired"] == 1
    made.refresh_from_db()
    assert (made.phone_print, made.removed_by, made.removed_at) == ("", None, end)
    assert clock.run(at=end)["notes_expired"] == 0


def test_page_notes_once_and_removes_only_what_is_about_the_person(cast: Cast) -> None:
    found, other = asked(cast, own_phone="03-1111-2222"), asked(cast, own_phone="03-7777-8888")
    theirs = noted(cast, other)
    with time_machine.travel(NOW, tick=False):
        client = sign_in(Client(), cast.supervisor)
        address = f"/desk/inquiries/{found.receipt_number}/notes/"
        given = {"word": "hearing", "days": "90", "token": "00000000-0000-4000-8000-000000000001"}
        assert [client.post(address, given).status_code for _press in range(2)] == [302, 302]
        made = PersonNote.objects.get(word="hearing")
        assert client.post(f"{address}{theirs.pk}/remove/").status_code == 404
        assert client.post(f"{address}{made.pk}/remove/").status_code == 302
    assert words(found) == [] and words(other) == ["slowly"]
