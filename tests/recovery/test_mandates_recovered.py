"""What a recovery does to the mandates of contractors: ended, told, and kept for going back."""

import pytest

from audit.models import Event
from handover.models import Mandate
from recovery.models import Snapshot
from tests import claims
from tests.cast import Cast
from tests.handover.mandated import granted, row


@pytest.mark.usefixtures("plain_paper")
def test_recovery_keeps_the_mandates_in_its_snapshot_and_tells_both_sides(cast: Cast) -> None:
    lost = claims.held(cast)
    made = granted(cast, lost.number)
    claims.executed(cast, lost)
    made.refresh_from_db()
    assert made.status == Mandate.Status.ENDED
    assert Snapshot.objects.get().state["mandates"] == [row(made, lost).pk]
    told = Event.objects.get(verb="claim.executed").notices.filter(template="mandate_not_kept")
    assert {cast.worker.label, cast.hanako.label} <= set(told.values_list("recipient", flat=True))
