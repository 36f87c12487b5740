"""How a claim comes in. Who may, and from which state, is asked for every action in test_table."""

import json
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password

from accounts import codes
from accounts.errors import DomainError, Refused, WrongState
from audit.models import Event
from desk.models import Contact, Inquiry, Statement
from handover import documents
from handover.models import Blob
from recovery import transitions
from recovery.models import Claim, Submission
from recovery.transitions.intake import MOST_PAPERS
from tests import claims, seen
from tests.cast import Cast, actor
from tests.claims import PUBLIC, STATEMENT, later
from tests.handover.paper_files import SVG, TEXT, incoming
from tests.letterbox import mails
from tests.stock import NOW

pytestmark = pytest.mark.django_db


def test_somebody_sends_the_form_and_gets_number_and_codes(cast: Cast) -> None:
    before = seen.mark()
    claim, tracking = transitions.open_claim(
        statement=STATEMENT,
        capacity="customer",
        answer_by="mail",
        language="ja",
        sender="192.0.2.1",
        actor=PUBLIC,
        at=NOW,
    )
    assert (claim.status, claim.number, claim.mailbox) == ("received", claim.inquiry.receipt_number, "sho@new.example")
    assert (claim.registration, claim.tier, claim.mailbox_verified_at) == (None, None, None)
    assert (claim.inquiry.stage, claim.inquiry.turn, claim.inquiry.came_by) == ("received", "provider", "web")
    assert claim.inquiry.statement == STATEMENT
    assert check_password(codes.plain(tracking), claim.inquiry.tracking_hash)
    assert seen.verbs(before) == ["claim.received"]
    assert seen.notices(before) == [("claim_received", claim.label)]
    assert claims.tracking_in_mail(claim) == tracking
    written = Event.objects.get(verb="claim.received")
    assert (written.actor, written.facts) == ("public", {"way": "web", "capacity": "customer"})


def test_mail_that_confirms_echoes_no_word_of_the_sender(cast: Cast) -> None:
    planted = {field: f"planted-{field}" for field in Statement.__dataclass_fields__ if field != "mail"}
    claims.received(statement=planted)
    [mail] = mails("claim_received")
    assert mail["to"] == "sho@new.example"
    assert "planted" not in json.dumps(mail)


def test_desk_takes_a_call_and_has_spoken_with_the_claimant(cast: Cast) -> None:
    claim, _tracking = transitions.open_claim(
        statement=STATEMENT,
        capacity="unknown",
        answer_by="phone",
        language="ja",
        sender=cast.agent.label,
        actor=actor(cast.agent),
        at=NOW,
    )
    spoke = Contact.objects.get(inquiry=claim.inquiry)
    assert (spoke.by, spoke.direction, spoke.channel, spoke.party) == (cast.agent, "in", "phone", "claimant")
    assert claim.inquiry.came_by == "phone"


def test_customers_and_strangers_leave_rows_of_the_same_size(cast: Cast) -> None:
    claims.held(cast)
    known = claims.received(statement={"organisation_name": "青葉商事株式会社", "remarks": "長い" * 200})
    unknown = claims.received(statement={"organisation_name": "だれも知らない会社"}, at=later(minutes=2))
    sizes = {len(bytes(Inquiry.objects.get(pk=one.inquiry_id).sealed)) for one in (known, unknown)}
    assert len(sizes) == 1


def test_sixth_claim_of_a_day_from_one_connection_is_refused(cast: Cast) -> None:
    for number in range(5):
        claims.received(statement={"mail": f"a{number}@new.example"}, at=later(minutes=number))
    with pytest.raises(Refused):
        claims.received(statement={"mail": "a6@new.example"}, at=later(minutes=6))
    assert Claim.objects.count() == 5
    claims.received(statement={"mail": "a6@new.example"}, sender="192.0.2.2", at=later(minutes=7))
    claims.received(statement={"mail": "a7@new.example"}, at=later(days=1))


def test_desk_is_not_held_up_by_the_limit_of_a_connection(cast: Cast) -> None:
    for number in range(7):
        transitions.open_claim(
            statement=Statement(name="向こうの人", mail=f"b{number}@new.example"),
            capacity="unknown",
            answer_by="phone",
            language="ja",
            sender=cast.agent.label,
            actor=actor(cast.agent),
            at=later(minutes=number),
        )
    assert Claim.objects.count() == 7


def test_one_address_gets_five_mails_a_day_however_they_are_asked_for(cast: Cast) -> None:
    named = {"mail": "sho@new.example"}
    made = [
        claims.received(statement=named, sender=f"192.0.2.{number}", at=later(minutes=number)) for number in range(5)
    ]
    assert len(mails("claim_received")) == len(made) == Claim.objects.count() == 5
    with pytest.raises(Refused) as refused:
        transitions.change_mailbox(made[0].pk, mail="SHO@new.example", actor=PUBLIC, at=later(minutes=9))
    assert list(refused.value.fields) == ["mail"]


def test_mails_of_a_day_are_not_used_up_on_a_claim_that_ended(cast: Cast) -> None:
    claim = claims.received()
    transitions.withdraw(claim.pk, actor=PUBLIC, at=later(minutes=1))
    for number in range(6):
        with pytest.raises(WrongState):
            transitions.change_mailbox(claim.pk, mail="victim@new.example", actor=PUBLIC, at=later(minutes=2 + number))
    claims.received(statement={"mail": "victim@new.example"}, at=later(minutes=9))
    assert mails("claim_received")[-1]["to"] == "victim@new.example"


def test_inquirer_confirms_the_mailbox_once(cast: Cast) -> None:
    claim = claims.received()
    code, before = claims.code_in_mail(claim), seen.mark()
    transitions.enter_mailbox_code(claim.pk, typed=code.lower(), actor=PUBLIC, at=later(minutes=1))
    claim.refresh_from_db()
    assert claim.mailbox_verified_at == later(minutes=1)
    assert seen.verbs(before) == ["claim.mailbox_verified"]
    assert seen.notices(before) == []
    with pytest.raises(Refused):
        transitions.enter_mailbox_code(claim.pk, typed=code, actor=PUBLIC, at=later(minutes=2))


@pytest.mark.parametrize("hours", [23, 25])
def test_mailbox_code_works_for_a_day(cast: Cast, hours: int) -> None:
    claim = claims.received()
    if hours < 24:
        transitions.enter_mailbox_code(claim.pk, typed=claims.code_in_mail(claim), actor=PUBLIC, at=later(hours=hours))
    else:
        with pytest.raises(Refused):
            transitions.enter_mailbox_code(
                claim.pk, typed=claims.code_in_mail(claim), actor=PUBLIC, at=later(hours=hours)
            )


def test_mailbox_code_is_dead_after_five_wrong_ones(cast: Cast) -> None:
    claim = claims.received()
    for _try in range(5):
        with pytest.raises(Refused):
            transitions.enter_mailbox_code(claim.pk, typed="22222-22222", actor=PUBLIC, at=later(minutes=1))
    with pytest.raises(Refused):
        transitions.enter_mailbox_code(claim.pk, typed=claims.code_in_mail(claim), actor=PUBLIC, at=later(minutes=1))


def test_inquirer_changes_the_mailbox_and_the_old_code_is_void(cast: Cast) -> None:
    claim = claims.received()
    old, before = claims.code_in_mail(claim), seen.mark()
    transitions.change_mailbox(claim.pk, mail="Other@New.example", actor=PUBLIC, at=later(minutes=2))
    assert seen.verbs(before) == ["claim.mailbox_changed"]
    assert seen.notices(before) == [("claim_mailbox", claim.label)]
    claim.refresh_from_db()
    assert claim.mailbox == "other@new.example"
    with pytest.raises(Refused):
        transitions.enter_mailbox_code(claim.pk, typed=old, actor=PUBLIC, at=later(minutes=3))
    transitions.enter_mailbox_code(claim.pk, typed=claims.code_in_mail(claim), actor=PUBLIC, at=later(minutes=3))
    with pytest.raises(WrongState):  # a verified mailbox is where the invitation goes: it changes no more
        transitions.change_mailbox(claim.pk, mail="thief@new.example", actor=PUBLIC, at=later(minutes=5))
    claim.refresh_from_db()
    assert claim.mailbox == "other@new.example"


def test_second_press_within_a_minute_sends_no_second_mail(cast: Cast) -> None:
    claim = claims.received()
    with pytest.raises(Refused):
        transitions.change_mailbox(claim.pk, mail="other@new.example", actor=PUBLIC, at=later(seconds=30))
    claim.refresh_from_db()
    assert claim.mailbox == "sho@new.example"
    assert len(mails()) == 1


def test_inquirer_asks_for_a_code_that_never_came_and_nothing_is_sent(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    before = seen.mark()
    transitions.ask_for_code(claim.pk, wish="letter", actor=PUBLIC, at=later(days=5))
    assert seen.verbs(before) == ["claim.code_wanted"]
    assert seen.notices(before) == []
    assert Inquiry.objects.get(pk=claim.inquiry_id).turn == "provider"
    with pytest.raises(Refused):
        transitions.ask_for_code(claim.pk, wish="read it to me", actor=PUBLIC, at=later(days=5))


def test_inquirer_withdraws_and_everything_open_ends(cast: Cast) -> None:
    claim = claims.accepted(cast, claims.held(cast))
    letter = transitions.order_letter(
        claim.pk,
        to=f"contact_point:{claims.point(claim.registration, 'post').pk}",  # type: ignore[arg-type]
        actor=actor(cast.operator),
        at=NOW,
    )[0]
    transitions.open_record(claim.pk, actor=actor(cast.operator), at=NOW)
    code, before = claims.code_sent(letter), seen.mark()
    transitions.withdraw(claim.pk, actor=PUBLIC, at=later(days=1))
    claim.refresh_from_db()
    letter.refresh_from_db()
    assert (claim.status, claim.end_reason, claim.ended_at) == ("withdrawn", "by_claimant", later(days=1))
    assert (claim.inquiry.stage, claim.inquiry.status, letter.void_at) == ("withdrawn", "closed", later(days=1))
    assert seen.verbs(before) == ["claim.withdrawn"]
    assert seen.notices(before) == []
    registration = claim.registration
    assert registration is not None
    assert not registration.restrictions.filter(ended_at=None).exists()
    assert not registration.case_accesses.filter(ended_at=None).exists()
    with pytest.raises(WrongState):
        transitions.withdraw(claim.pk, actor=PUBLIC, at=later(days=1))
    with pytest.raises(DomainError):
        transitions.enter_code(claim.pk, purpose="letter", typed=code, actor=PUBLIC, at=later(days=1))
    with pytest.raises(WrongState):
        transitions.print_letters([letter.pk], actor=actor(cast.colleague), at=later(days=1))


def test_claimant_submits_a_paper_and_a_second_press_keeps_one(cast: Cast, data_folder: Path) -> None:
    claim, token, before = claims.received(), uuid.uuid4(), seen.mark()
    first, second = (
        transitions.submit_paper(claim.pk, code="O2", paper=incoming(), token=token, actor=PUBLIC, at=NOW)
        for _press in range(2)
    )
    assert first == second == Submission.objects.get()
    assert (first.came_by, first.taken_by, first.file_name) == ("upload", None, "契約書.txt")
    assert documents.read_bytes(first.blob) == TEXT
    assert seen.verbs(before) == ["claim.paper_submitted"]
    assert seen.notices(before) == []


def test_desk_takes_a_paper_in_and_is_named(cast: Cast) -> None:
    claim = claims.received()
    made = transitions.submit_paper(
        claim.pk, code="A1", paper=incoming(), token=uuid.uuid4(), actor=actor(cast.agent), at=NOW
    )
    assert (made.came_by, made.taken_by) == ("desk", cast.agent)


def test_forbidden_file_is_refused_and_nothing_is_kept(cast: Cast) -> None:
    claim = claims.received()
    with pytest.raises(Refused) as refused:
        transitions.submit_paper(
            claim.pk, code="O2", paper=incoming("a.svg", SVG), token=uuid.uuid4(), actor=PUBLIC, at=NOW
        )
    assert list(refused.value.fields) == ["paper"]
    assert (Submission.objects.count(), Blob.objects.count()) == (0, 0)


def test_claimant_does_not_fill_the_disk(cast: Cast) -> None:
    claim = claims.received()
    made = transitions.submit_paper(claim.pk, code="O2", paper=incoming(), token=uuid.uuid4(), actor=PUBLIC, at=NOW)
    for _number in range(MOST_PAPERS - 1):
        blob = Blob.objects.get(pk=made.blob_id)
        Submission.objects.create(claim=claim, code="O2", blob=blob, came_by="upload", at=NOW, token=uuid.uuid4())
    with pytest.raises(Refused):
        transitions.submit_paper(claim.pk, code="O2", paper=incoming(), token=uuid.uuid4(), actor=PUBLIC, at=NOW)


def test_operator_opens_a_submitted_paper_and_it_is_written_down_each_time(cast: Cast) -> None:
    claim = claims.received()
    made = transitions.submit_paper(claim.pk, code="O2", paper=incoming(), token=uuid.uuid4(), actor=PUBLIC, at=NOW)
    before = seen.mark()
    for _look in range(2):
        transitions.view_submission(made.pk, actor=actor(cast.operator), at=NOW + timedelta(hours=1))
    assert seen.verbs(before) == ["submission.viewed"] * 2
    assert Event.objects.filter(verb="submission.viewed").first().facts == {"submission": made.pk}  # type: ignore[union-attr]
