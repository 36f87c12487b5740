"""The contractor rows of procedure.md B5, each with a test named after it."""

import uuid

import pytest

from accounts.errors import NotAllowed, Refused
from handover import certificates, transitions
from handover.models import Certificate, Custody, Mandate, Registration
from handover.queries import handovers
from tests import seen
from tests.cast import Cast, actor
from tests.handover.mandated import asked, granted
from tests.stock import NOW, TODAY, drafted


def test_contractor_holds_papers_and_their_certificate_is_withdrawn_on_request(cast: Cast, held: Registration) -> None:
    issued = transitions.issue_certificate(registration_pk=held.pk, language="ja", actor=actor(cast.taro), at=NOW)
    with pytest.raises(NotAllowed):  # papers in hand give no say
        transitions.withdraw_certificate(certificate_pk=issued.pk, actor=actor(cast.worker), at=NOW)
    transitions.withdraw_certificate(certificate_pk=issued.pk, actor=actor(cast.taro), at=NOW)
    issued.refresh_from_db()
    assert issued.status == Certificate.Status.WITHDRAWN
    assert certificates.state_now(issued) == Certificate.Status.WITHDRAWN


def test_contractor_holds_papers_and_is_offered_a_question_that_discloses_nothing(
    cast: Cast, held: Registration
) -> None:
    made = asked(cast, "R-1")
    assert not Registration.objects.visible_to(actor(cast.worker), NOW).exists()
    assert (made.status, made.customer_name) == (Mandate.Status.ASKED, "青葉商事株式会社")
    assert made.customer_name == made.named_customer  # as it was written, not as it is on record


def test_contractor_says_we_are_the_customer_and_can_do_none_of_the_customers_acts(
    cast: Cast, held: Registration
) -> None:
    granted(cast, "R-1")
    before, worker = seen.mark(), actor(cast.worker)
    with pytest.raises(NotAllowed):
        transitions.add_alias(registration_pk=held.pk, alias="うちの回線", actor=worker, at=NOW)
    with pytest.raises(NotAllowed):
        transitions.issue_certificate(registration_pk=held.pk, language="ja", actor=worker, at=NOW)
    with pytest.raises(NotAllowed):
        transitions.grant_mandate(
            contractor="みどり通信工事株式会社",
            registrations=["R-1"],
            scope=1,
            settings=[],
            ends_on=TODAY,
            reason="",
            token=uuid.uuid4(),
            actor=worker,
            at=NOW,
        )
    assert seen.verbs(before) == []


def test_customer_wants_contractor_to_be_custodian_and_names_one_who_stands_in(cast: Cast, held: Registration) -> None:
    """Somebody inside stays in charge; who is named stands in for at most twelve months, and never hands over."""
    made = granted(cast, "R-1", scope=3, settings=[], representative=cast.worker.email)
    assert made.representative == cast.worker
    with pytest.raises(Refused) as refused:
        drafted(cast, held, to=cast.worker)
    assert "successor" in refused.value.fields
    assert cast.worker not in handovers.possible_successors(cast.aoba, but=None)
    assert Custody.objects.get(registration=held, to_at=None).user == cast.taro
