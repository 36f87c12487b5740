"""What is not listed any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from handover import transitions
from handover.models import (
    Custody,
    GapAlert,
    Handover,
    ImportRun,
    Registration,
    Restriction,
)
from handover.restricting import restrict
from tests.cast import Cast, actor
from tests.handover.imported import FULL, Writer, listed, refused, run
from tests.seen import mark, notices, verbs

pytestmark = pytest.mark.django_db(transaction=True)


def open_numbers() -> list[str]:
    return sorted(Registration.objects.filter(status="active").values_list("number", flat=True))


def test_missing_are_named_and_not_closed_without_being_asked(cast: Cast, csv: Writer) -> None:
    run(csv(*listed(1, 2, 3), "W-1,若葉省,,1000012010003,若葉省,,,,,東京都9,,,,,"))
    file, since = csv(*listed(1, 2)), mark()
    for options in (["--dry-run", "--closures"], ["--closures"], ["--closures", "--apply"]):
        out, _err = run(file, *options)
        assert "R-3" in out and "W-1" not in out, options
    assert open_numbers() == ["R-1", "R-2", "R-3", "W-1"]
    assert "registration.closed" not in verbs(since)


def test_close_missing_needs_apply(csv: Writer) -> None:
    assert refused(csv(FULL), "--close-missing")[0] == 2
    assert refused(csv(FULL), "--dry-run", "--apply")[0] == 2


def test_close_missing_closes_ends_handovers_and_tells(cast: Cast, csv: Writer) -> None:
    run(csv(*listed(1, 2, 3)))
    held = Registration.objects.get(number="R-3")
    draft = transitions.draft_handover(
        registration_pk=held.pk,
        successor=cast.jiro,
        effective_on=timezone.localdate() + timedelta(days=3),
        reason="",
        note="",
        things=[],
        actor=actor(cast.taro),
        at=timezone.now(),
    )
    transitions.offer(handover_pk=draft.pk, actor=actor(cast.taro), at=timezone.now())
    since = mark()
    out, _err = run(csv(*listed(1, 2)), "--apply", "--close-missing")
    held.refresh_from_db()
    assert held.status == "closed" and "R-3" in out
    assert Custody.objects.current().get(registration=held).user == cast.taro
    assert Handover.objects.get().status == "withdrawn"
    assert verbs(since) == [
        "registration.closed",
        "handover.ended_by_closing",
        "register.import_told",
        "register.imported",
    ]
    assert set(notices(since)) == {
        ("handover_withdrawn", cast.jiro.label),
        ("handover_withdrawn", cast.taro.label),
        ("import_changed", cast.taro.label),
    }
    done = ImportRun.objects.order_by("-pk")[0]
    assert (done.missing, done.closed) == (1, 1)
    # Listed again, it stays closed: nothing is opened by a spreadsheet.
    run(csv(*listed(1, 2, 3)), "--apply", "--close-missing")
    held.refresh_from_db()
    assert held.status == "closed"


def test_closing_the_last_one_ends_the_alerts_of_a_customer(csv: Writer) -> None:
    rows = [f"R-{number},稲荷神社,,,稲荷神社,,,,,京都,,,,," for number in (1, 2)]
    run(csv(*rows))
    run(csv(rows[0]), "--apply", "--close-missing")
    assert set(GapAlert.objects.filter(closed_at=None).values_list("kind", "registration__number")) == {
        ("no_custodian", "R-1"),
        ("no_administrator", None),
    }


def test_an_excerpt_does_not_cover_an_organisation(cast: Cast, csv: Writer) -> None:
    run(csv(*listed(1, 2, 3, 4, 5)))
    run(csv(*listed(1, 2)), "--apply", "--close-missing")
    assert len(open_numbers()) == 5
    run(csv(*listed(1, 2, 3)), "--apply", "--close-missing")
    assert open_numbers() == ["R-1", "R-2", "R-3"]


def test_a_refused_row_keeps_everything_open(cast: Cast, csv: Writer) -> None:
    run(csv(*listed(1, 2, 3)))
    assert refused(csv(*listed(1, 2), "R-9,,,,x,,,,,y,,,,,"), "--apply", "--close-missing")[0] == 1
    assert open_numbers() == ["R-1", "R-2", "R-3"]


def test_a_registration_with_an_open_case_is_not_closed(cast: Cast, csv: Writer) -> None:
    run(csv(*listed(1, 2, 3)))
    held = Registration.objects.get(number="R-3")
    restrict(held, Restriction.Kind.CLAIM_OPEN, case="C-1", at=timezone.now())
    out, _err = run(csv(*listed(1, 2)), "--apply", "--close-missing")
    assert "R-3" in out and open_numbers() == ["R-1", "R-2", "R-3"]
