"""The page of the hand scanner: one scan finds the letter, whatever kind it is, and calls the right transition."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.errors import NotAllowed
from accounts.models import Organisation
from desk import transitions as at_desk
from desk.models import PostLetter, Word
from handover import transitions as handing
from handover.models import Activation, Attestation, ContactPoint, NoticeLetter, Registration
from recovery import transitions
from recovery.queries import returns
from recovery.queries.returns import Kind
from tests import claims, opening, seen
from tests.cast import Cast, actor, sign_in
from tests.desk.written import asked as asked_in_writing
from tests.desk.written import released
from tests.handover.test_attestation_asking import CLOCK
from tests.recovery.test_returns import sent_letter
from tests.stock import NOW, START

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("plain_paper")]
PAGE = "/desk/letters/came-back/"


@pytest.fixture
def home() -> Organisation:
    return opening.unclaimed()


def asking(cast: Cast, held: Registration, *, printed: bool = True) -> NoticeLetter:
    """A letter that asks who is in charge, to the postal address of record."""
    due_on = NOW.date() - timedelta(days=30)
    Attestation.objects.create(registration=held, user=cast.taro, due_on=due_on, asked_at=START, reminded=3)
    handing.post_attestation(organisation_pk=cast.aoba.pk, actor=CLOCK, at=NOW)
    letter = NoticeLetter.objects.get()
    if printed:
        handing.print_notices(letter_pks=[letter.pk], actor=actor(cast.operator), at=NOW)
    return letter


def scan(client: Client, typed: str) -> tuple[int, str, list[str]]:
    """Status, first error at the field, and what was written to the log."""
    before = seen.mark()
    answer = client.post(PAGE, {"number": typed})
    errors = answer.context["form"].errors.get("number", [""]) if answer.context else [""]
    return answer.status_code, str(errors[0]), seen.verbs(before)


def test_scan_of_an_activation_letter_voids_its_code(cast: Cast, home: Organisation, client: Client) -> None:
    made, _code = opening.printed(cast, home)
    sign_in(client, cast.operator)
    assert scan(client, made.number.lower()) == (302, "", ["activation.returned"])
    made.refresh_from_db()
    assert made.status == Activation.Status.RETURNED
    shown = client.get(PAGE).content.decode()
    assert f'href="/activations/{made.number}/"' in shown
    status, said, written = scan(client, made.number)
    assert (status, bool(said), written) == (200, True, [])


def test_scan_of_a_notice_about_an_activation_leaves_the_activation(
    cast: Cast, home: Organisation, client: Client
) -> None:
    ContactPoint.objects.filter(kind="mail").update(until=NOW.date())
    made = opening.approved(cast, home)
    letter = made.letters.get(kind="told")
    handing.print_activations(letter_pks=[letter.pk], actor=actor(cast.operator), at=NOW)
    sign_in(client, cast.operator)
    # Full-width signs and a long dash, as a keyboard in Japanese gives them.
    typed = letter.number.replace("-", "ー").translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789A"})
    assert scan(client, typed) == (302, "", ["activation.letter_returned"])
    made.refresh_from_db()
    assert made.status == Activation.Status.DONE
    assert "返送" in client.get(f"/activations/{made.number}/").content.decode()


def test_scan_of_a_letter_that_asks_marks_the_address(cast: Cast, client: Client) -> None:
    held = claims.held(cast)
    letter = asking(cast, held)
    sign_in(client, cast.operator)
    assert scan(client, f"\t{letter.number}\n") == (302, "", ["notice.returned"])
    assert claims.point(held, "post").health == ContactPoint.Health.RETURNED
    assert letter.number in client.get(PAGE).content.decode()


def test_each_number_finds_its_own_kind(cast: Cast, home: Organisation) -> None:
    held = claims.held(cast)
    sent = sent_letter(cast, claims.accepted(cast, held), held)
    made, _code = opening.printed(cast, home)
    letter = asking(cast, held)
    found = [returns.find(str(number)) for number in (sent.letter_number, made.number, letter.number)]
    assert [(one.kind, one.pk) for one in found if one] == [
        (Kind.CLAIM, sent.pk),
        (Kind.ACTIVATION, made.letters.get().pk),
        (Kind.ASKING, letter.pk),
    ]


def test_letter_that_is_not_printed_yet_cannot_have_come_back(cast: Cast, home: Organisation, client: Client) -> None:
    held = claims.held(cast)
    claim = claims.accepted(cast, held)
    ordered = transitions.order_letter(
        claim.pk, to=f"contact_point:{claims.point(held, 'post').pk}", actor=actor(cast.operator), at=NOW
    )[0]
    waiting = [ordered.letter_number, opening.ordered(cast, home).number, asking(cast, held, printed=False).number]
    sign_in(client, cast.operator)
    for number in waiting:
        status, said, written = scan(client, str(number))
        assert (status, str(number) in said, written) == (200, True, [])


@pytest.mark.parametrize(
    "typed", ["A-0000-0000", "https://touroku.example.jp/recover/status/?a=" + "b" * 60, "K-1", "％"]
)
def test_unknown_code_gets_an_answer_with_what_to_do_next(cast: Cast, client: Client, typed: str) -> None:
    sign_in(client, cast.operator)
    assert "lost" not in client.get(PAGE).content.decode().partition("<main")[2]
    status, said, written = scan(client, typed)
    assert (status, bool(said), written) == (200, True, [])
    page = client.post(PAGE, {"number": typed}).content.decode()
    for way in ('id="lost"', 'href="/desk/letters/"', 'href="/activations/"', 'href="/notices/letters/"'):
        assert way in page


def test_code_of_a_page_is_told_from_a_number_that_nobody_has(cast: Cast, client: Client) -> None:
    sign_in(client, cast.operator)
    page, number = scan(client, "https://touroku.example.jp/activate/")[1], scan(client, "L2611-0-0")[1]
    assert page and number and page != number


@pytest.mark.parametrize("who", ["approver", "senior", "agent", "hanako"])
def test_nobody_but_an_operator_scans(cast: Cast, home: Organisation, client: Client, who: str) -> None:
    made, _code = opening.printed(cast, home)
    sign_in(client, getattr(cast, who))
    assert client.post(PAGE, {"number": made.number}).status_code == 403
    made.refresh_from_db()
    assert made.status == Activation.Status.SENT


def test_whoever_proposed_is_told_at_the_field_that_another_one_scans_it(cast: Cast, client: Client) -> None:
    claim = claims.proposed(cast, claims.held(cast))
    sent = claim.dispatches.filter(purpose="proposed", letter_number__isnull=False)[0]
    claim.dispatches.filter(pk=sent.pk).update(printed_at=claims.READY)
    sign_in(client, cast.operator)
    status, said, written = scan(client, str(sent.letter_number))
    assert (status, bool(said), written) == (200, True, [])


def test_scan_of_a_letter_of_the_desk_stands_among_the_letters_of_its_inquiry(cast: Cast, client: Client) -> None:
    answer = released(cast, asked_in_writing(cast))
    waiting = str(answer.letter_number)
    sign_in(client, cast.operator)
    status, said, written = scan(client, waiting)
    assert (status, waiting in said, written) == (200, True, [])  # it has not left
    at_desk.print_answers([answer.pk], actor=actor(cast.operator), at=NOW)
    word = Word.objects.exclude(letter_number="").order_by("pk").first()
    assert word
    at_desk.print_words([word.pk], actor=actor(cast.operator), at=NOW)
    for number, inquiry in ((waiting, answer.inquiry), (word.letter_number, word.inquiry)):
        assert scan(client, number.lower()) == (302, "", ["post.came_back"])
        assert number in client.get(PAGE).content.decode()
        status, said, written = scan(client, number)
        assert (status, bool(said), written) == (200, True, [])
        assert PostLetter.objects.filter(inquiry=inquiry, direction="out", status="returned").exists()
    assert PostLetter.objects.filter(status="returned").count() == 2
    with pytest.raises(NotAllowed):
        at_desk.record_letter_return(waiting, actor=actor(cast.agent), at=NOW)
