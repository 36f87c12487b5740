"""Today's post: letters of every kind leave together, once, each by its own rule, behind one manifest."""

from io import BytesIO
from typing import Any

import pikepdf
import pytest
import segno
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotAllowed, WrongState
from audit.models import Event
from desk.models import FormalAnswer, PostLetter, Word
from handover.models import ActivationLetter, NoticeLetter
from outbox.models import Notice
from recovery import leaving, transitions
from recovery.models import Dispatch
from recovery.queries import print_run
from tests import claims, opening
from tests.cast import Cast, actor, sign_in
from tests.desk.promised import asked
from tests.desk.written import asked as asked_in_writing
from tests.desk.written import released
from tests.handover.measured import code_in_window, opened
from tests.handover.printed import pages
from tests.recovery.test_returns_all import asking
from tests.seen import mark, verbs
from tests.stock import NOW

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, CAME_BACK = "/desk/letters/today/", "/desk/letters/came-back/"
ADDRESS = "東京都千代田区千代田1-1"


@pytest.fixture
def every_kind(cast: Cast) -> dict[str, list[int]]:
    """What waits of each kind, by kind; the operator ordered the letter of the claim and the one that opens."""
    held = claims.held(cast)
    claim = claims.accepted(cast, held)
    asking(cast, held, printed=False)
    opening.ordered(cast, opening.unclaimed(), by=cast.operator)
    asked(cast.agent, address=ADDRESS, answer_by="letter")
    released(cast, asked_in_writing(cast))
    return {
        "claim": list(claim.dispatches.to_print().values_list("pk", flat=True)),
        "opening": list(ActivationLetter.objects.values_list("pk", flat=True)),
        "question": list(NoticeLetter.objects.values_list("pk", flat=True)),
        "word": list(Word.objects.filter(channel="letter", notice__status="queued").values_list("pk", flat=True)),
        "answer": list(FormalAnswer.objects.values_list("pk", flat=True)),
    }


def test_all_kinds_leave_in_one_file_behind_its_manifest(cast: Cast, every_kind: dict[str, list[int]]) -> None:
    waiting, since = Notice.objects.filter(channel="letter", status="queued").count(), mark()
    count = sum(map(len, every_kind.values()))
    assert count == waiting >= 5
    pdf, numbers = transitions.print_day(chosen=every_kind, actor=actor(cast.colleague), at=NOW)
    first, *rest = pages(pdf)
    assert len(rest) == len(numbers) == count
    assert all(number in first.replace(" ", "") for number in numbers)
    assert all(number in text.replace(" ", "") for number, text in zip(numbers, rest, strict=True))
    assert cast.colleague.display_name.replace(" ", "") in first.replace(" ", "").replace("　", "")
    assert verbs(since) == [
        "letters.printed",
        "activation.printed",
        "notices.printed",
        "word.printed",
        "answer.printed",
        "print_run.made",
    ]
    counts = {kind: len(keys) for kind, keys in every_kind.items()}
    assert Event.objects.get(verb="print_run.made").facts == {"letters": numbers, "counts": counts, "pages": count}
    assert not Notice.objects.filter(channel="letter", status="queued").exists()
    assert PostLetter.objects.filter(kind="answer").count() == 1
    assert FormalAnswer.objects.get().status == "printed"
    with pytest.raises(WrongState):
        transitions.print_day(chosen=every_kind, actor=actor(cast.colleague), at=NOW)


def test_run_is_printed_in_true_size_a_sheet_for_each_letter_and_registered_mail_is_marked(
    cast: Cast, every_kind: dict[str, list[int]]
) -> None:
    pdf, numbers = transitions.print_day(chosen=every_kind, actor=actor(cast.colleague), at=NOW)
    with pikepdf.open(BytesIO(pdf)) as document:
        wishes = document.Root.ViewerPreferences
        assert (wishes.PrintScaling, wishes.Duplex) == (pikepdf.Name("/None"), pikepdf.Name.Simplex)
        assert {tuple(map(round, map(float, page.mediabox))) for page in document.pages} == {(0, 0, 595, 842)}
    manifest, *letters = pages(pdf)
    post = [number for number, text in zip(numbers, letters, strict=True) if "簡易書留・転送不要" in text]
    assert f"うち簡易書留{len(post)}" in manifest and post
    assert all(text.endswith("1/1") for text in letters), "a sheet for each"
    listed = manifest.partition("引受番号")[2]
    places = [listed.index(f"{place}{number}") for place, number in enumerate(numbers, 1)]
    assert places == sorted(places), "in the order of the sheets"
    assert listed.count("簡易書留") == len(post)


def test_each_letter_of_the_run_can_be_scanned_when_it_comes_back(
    cast: Cast, every_kind: dict[str, list[int]], client: Client
) -> None:
    """The code in the window is read from the printed sheet; what it holds is what the scanner's page understands."""
    pdf, numbers = transitions.print_day(chosen=every_kind, actor=actor(cast.colleague), at=NOW)
    sign_in(client, cast.colleague)
    with opened(pdf) as document:
        for number, page in zip(numbers, list(document)[1:], strict=True):
            assert code_in_window(page) == tuple(map(bytes, segno.make(number, error="m", micro=False).matrix))
            since = mark()
            answer = client.post(CAME_BACK, {"number": number})
            assert answer.status_code == 302 and verbs(since), number


def test_whoever_ordered_a_letter_does_not_print_it_here_either(cast: Cast, every_kind: dict[str, list[int]]) -> None:
    opened = ActivationLetter.objects.get()
    own = {one.number for one in print_run.waiting(actor(cast.operator)) if one.is_own}
    assert opened.number in own
    _pdf, numbers = transitions.print_day(chosen=every_kind, actor=actor(cast.operator), at=NOW)
    assert not own & set(numbers) and numbers
    opened.refresh_from_db()
    assert opened.printed_at is None
    with pytest.raises(WrongState):
        transitions.print_day(chosen={"opening": every_kind["opening"]}, actor=actor(cast.operator), at=NOW)


def test_one_that_cannot_be_drawn_leaves_every_letter_where_it_was(
    cast: Cast, every_kind: dict[str, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    since = mark()

    def jam(*given: Any, **more: Any) -> bytes:
        raise RuntimeError("jam")

    monkeypatch.setattr("desk.leaving.joined", jam)  # the last kind: all others are drawn already
    with pytest.raises(RuntimeError):
        transitions.print_day(chosen=every_kind, actor=actor(cast.colleague), at=NOW)
    assert verbs(since) == [] and not Dispatch.objects.filter(printed_at=NOW, pk__in=every_kind["claim"]).exists()
    monkeypatch.undo()
    _pdf, numbers = transitions.print_day(chosen=every_kind, actor=actor(cast.colleague), at=NOW)
    assert len(numbers) == sum(map(len, every_kind.values()))


def test_one_run_takes_only_so_many_and_the_rest_waits(
    cast: Cast, every_kind: dict[str, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recovery.transitions.print_run.RUN", 2)
    count = sum(map(len, every_kind.values()))
    left = count
    while left:
        _pdf, numbers = transitions.print_day(chosen=every_kind, actor=actor(cast.colleague), at=NOW)
        left -= len(numbers)
        assert len(numbers) <= 2
    assert leaving.RUN == 50 and left == 0


@pytest.mark.parametrize("who", ["hanako", "agent", "supervisor", "approver", "senior"])
def test_nobody_else_sees_or_prints_the_post(cast: Cast, client: Client, who: str) -> None:
    by = getattr(cast, who)
    with pytest.raises(NotAllowed):
        transitions.print_day(chosen={"claim": [1]}, actor=actor(by), at=NOW)
    sign_in(client, by)
    assert client.get(PAGE).status_code == client.post(f"{PAGE}print/").status_code == 403


def test_page_lists_every_kind_and_prints_what_is_ticked(
    cast: Cast, every_kind: dict[str, list[int]], client: Client, settings: Any
) -> None:
    settings.EMAIL_CONFIGURED = True
    sign_in(client, cast.colleague)
    page = client.get(PAGE).content.decode()
    keys = [f"{kind}:{pk}" for kind, pks in every_kind.items() for pk in pks]
    assert all(f'value="{key}"' in page for key in keys)
    assert client.post(f"{PAGE}print/", {"letters": ["claim:999999"]}).status_code == 302
    printed = client.post(f"{PAGE}print/", {"letters": keys[-2:]})
    assert printed["Content-Type"] == "application/pdf" and len(pages(printed.content)) == 3
    after = client.get(PAGE).content.decode()
    assert f'value="{keys[0]}"' in after and f'value="{keys[-1]}"' not in after
    assert Event.objects.get(verb="print_run.made").facts["letters"][0] in after


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_any_number_of_letters(cast: Cast, client: Client, count: int) -> None:
    for _turn in range(count):
        asked(cast.agent, address=ADDRESS, answer_by="letter")
        opening.ordered(cast, opening.unclaimed(f"書店{_turn}", f"T-{_turn}"), by=cast.operator)
        released(cast, asked_in_writing(cast))
    sign_in(client, cast.colleague)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(PAGE).status_code == 200
    assert len([one for one in seen.captured_queries if not one["sql"].startswith(("BEGIN", "COMMIT"))]) <= 12
