"""Letters about an activation that came back: the address is dead on record, and the clock draws its conclusion."""

from datetime import timedelta

import pytest

from accounts.errors import NotAllowed, WrongState
from accounts.models import Organisation, User
from audit.models import Event
from handover import clock, transitions
from handover.models import Activation, ActivationLetter, ContactPoint, GapAlert, Registration
from tests import opening
from tests.cast import Cast, actor
from tests.handover.test_attestation_asking import CLOCK
from tests.seen import mark, notices, verbs
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(days=5)
OFFICE = "茨城県つくば市9-9"


@pytest.fixture
def home(cast: Cast) -> Organisation:
    """An organisation without any mail address on record and with an office that has post of its own."""
    found = opening.unclaimed()
    ContactPoint.objects.filter(kind="mail").update(until=NOW.date())
    post(found, OFFICE)
    return found


def post(home: Organisation, value: str, number: str = "T-1") -> ContactPoint:
    held = Registration.objects.get(organisation=home, number=number)
    since = NOW.date() - timedelta(days=90)
    return ContactPoint.objects.create(registration=held, kind="post", value=value, since=since, health="good")


def told(cast: Cast, home: Organisation) -> dict[str, ActivationLetter]:
    """The printed notices of the first administrator, by the address that they went to ("" for the activation's)."""
    made = opening.approved(cast, home)
    keys = list(made.letters.filter(kind="told").values_list("pk", flat=True))
    transitions.print_activations(letter_pks=keys, actor=actor(cast.operator), at=NOW)
    rows = made.letters.filter(kind="told").select_related("contact_point")
    return {one.contact_point.value if one.contact_point else "": one for one in rows}


def returned(cast: Cast, letter: ActivationLetter) -> ActivationLetter:
    return transitions.return_activation_letter(letter_pk=letter.pk, actor=actor(cast.operator), at=LATER)


def dead() -> set[tuple[str, str]]:
    rows = ContactPoint.objects.filter(health="returned", came_back_at=LATER)
    return set(rows.values_list("registration__number", "value"))


def test_notice_that_came_back_marks_its_address_wherever_the_organisation_has_it(
    cast: Cast, home: Organisation
) -> None:
    registration(home, "T-2", custodian=None)
    other = registration(cast.aoba, "R-9", custodian=cast.taro)
    ContactPoint.objects.create(registration=other, kind="post", value=OFFICE, since=NOW.date())
    post(home, OFFICE, "T-2")
    ContactPoint.objects.filter(registration__organisation=home, kind="mail").update(until=NOW.date())
    letters = told(cast, home)
    assert set(letters) == {"", OFFICE}
    before = mark()
    done = returned(cast, letters[OFFICE])
    assert (done.returned_at, done.activation.status) == (LATER, "done")
    assert dead() == {("T-1", OFFICE), ("T-2", OFFICE)}
    assert (verbs(before), notices(before)) == (["activation.letter_returned"], [])
    written = Event.objects.get(sequence__gt=before)
    assert written.facts == {"status": "done", "letter": done.number, "kind": "told", "marked": 2}
    assert set(written.about) == {done.activation.label, home.label}


def test_notice_to_the_address_of_the_code_marks_it_where_it_is_on_record(cast: Cast, home: Organisation) -> None:
    letters = told(cast, home)
    returned(cast, letters[""])
    assert dead() == set()
    assert Event.objects.latest("sequence").facts["marked"] == 0
    again = opening.unclaimed("水戸書店", "T-8")
    ContactPoint.objects.filter(registration__number="T-8", kind="mail").update(until=NOW.date())
    post(again, again.address, "T-8")
    made, _code = opening.printed(cast, again)
    transitions.return_activation(number=made.number, actor=actor(cast.operator), at=LATER)
    assert dead() == {("T-8", again.address)}
    assert Event.objects.latest("sequence").facts == {"status": "returned", "marked": 1}


def test_returned_notice_counts_as_absence_of_whoever_is_in_charge(cast: Cast, home: Organisation) -> None:
    letters = told(cast, home)
    held = registration(home, "T-3", custodian=cast.taro)
    ContactPoint.objects.filter(kind="post").update(registration=held)
    User.objects.update(last_login=NOW)
    returned(cast, letters[OFFICE])
    clock.run(at=LATER)
    alert = GapAlert.objects.get(kind="custodian_absent")
    assert (alert.registration, alert.reasons) == (held, ["post_returned"])


def test_code_letter_that_was_replaced_or_answered_is_written_down_all_the_same(cast: Cast, home: Organisation) -> None:
    first, _code = opening.printed(cast, home)
    opening.ordered(cast, home, at=NOW + timedelta(days=1))
    done = returned(cast, first.letters.get())
    first.refresh_from_db()
    assert (done.returned_at, first.status) == (LATER, Activation.Status.VOID)
    assert Event.objects.latest("sequence").facts["kind"] == "code"


def test_code_that_is_still_waited_for_is_not_passed_over(cast: Cast, home: Organisation) -> None:
    made, _code = opening.printed(cast, home)
    with pytest.raises(WrongState):
        returned(cast, made.letters.get())
    made.refresh_from_db()
    assert made.status == "sent" and made.letters.get().returned_at is None


def test_letter_comes_back_once_and_not_before_it_has_left(cast: Cast, home: Organisation) -> None:
    made = opening.approved(cast, home)
    letter = made.letters.filter(kind="told")[0]
    before = mark()
    with pytest.raises(WrongState):
        returned(cast, letter)
    transitions.print_activations(letter_pks=[letter.pk], actor=actor(cast.operator), at=NOW)
    returned(cast, letter)
    with pytest.raises(WrongState):
        returned(cast, letter)
    assert verbs(before) == ["activation.printed", "activation.letter_returned"]


@pytest.mark.parametrize("who", ["approver", "agent", "supervisor", "auditor", "hanako"])
def test_nobody_but_an_operator_says_so(cast: Cast, home: Organisation, who: str) -> None:
    letter = next(iter(told(cast, home).values()))
    for actor_ in (actor(getattr(cast, who)), CLOCK):
        with pytest.raises(NotAllowed):
            transitions.return_activation_letter(letter_pk=letter.pk, actor=actor_, at=LATER)  # type: ignore[arg-type]
