"""Opening an organisation that nobody has claimed: letter, code, mailbox, check, second person, first administrator."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from accounts import transitions as joining
from accounts.errors import DomainError, NotAllowed, Refused, WrongState
from accounts.models import Membership, OneTimeCode, Organisation, Role
from audit.models import Event
from handover import transitions
from handover.models import Activation, ActivationLetter, Custody, Registration
from outbox.models import Notice
from tests import opening
from tests.cast import Cast, actor
from tests.letterbox import link_in, mails
from tests.opening import PUBLIC, approved, asked, checked, code_of, entered, ordered, printed
from tests.seen import mark, notices, verbs
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db(transaction=True)
S = Activation.Status


@pytest.fixture
def home(cast: Cast) -> Organisation:
    return opening.unclaimed()


def last() -> Event:
    return Event.objects.order_by("-sequence")[0]


def enter(made: Activation, typed: str, *, at: object = NOW, mail: str = opening.MAIL) -> Activation:
    return transitions.enter_activation(
        number=made.number,
        typed=typed,
        name="筑波 明",
        department="",
        mail=mail,
        language="ja",
        actor=PUBLIC,
        at=at,
    )


# Ordering ------------------------------------------------------------------------------------------------------------


def test_operator_orders_a_letter_to_the_registered_address(cast: Cast, home: Organisation) -> None:
    since = mark()
    made = ordered(cast, home)
    assert (made.status, made.address, made.source) == (S.ORDERED, home.address, "record")
    assert verbs(since) == ["activation.ordered"]
    assert last().facts == {"status": "ordered", "source": "record"}
    assert set(last().about) == {made.label, home.label}
    assert notices(since) == [("activation_letter", home.label)]
    code = code_of(made)
    assert len(code.replace("-", "")) == 10 and code not in str(OneTimeCode.objects.values())


@pytest.mark.parametrize("who", ["approver", "agent", "hanako", "auditor"])
def test_others_order_no_letter(cast: Cast, home: Organisation, who: str) -> None:
    with pytest.raises(NotAllowed):
        transitions.order_activation(organisation_pk=home.pk, actor=actor(getattr(cast, who)), at=NOW)


def test_claimed_and_empty_organisations_get_no_letter(cast: Cast, home: Organisation) -> None:
    registration(cast.aoba, "R-1", custodian=cast.taro)
    Registration.objects.filter(organisation=home).update(status="closed")
    for organisation in (cast.aoba, cast.works, home):
        with pytest.raises(WrongState):
            transitions.order_activation(organisation_pk=organisation.pk, actor=actor(cast.operator), at=NOW)
    assert not Activation.objects.exists()


def test_without_a_registered_address_the_operator_reads_one(cast: Cast, home: Organisation) -> None:
    Organisation.objects.filter(pk=home.pk).update(address="", postal_code="")
    with pytest.raises(Refused):
        ordered(cast, home)
    made = transitions.order_activation(
        organisation_pk=home.pk,
        postal_code="3050001",
        address="茨城県つくば市1-1",
        source="registry",
        actor=actor(cast.operator),
        at=NOW,
    )
    assert (made.address, made.source) == ("茨城県つくば市1-1", "registry")


def test_a_registered_address_is_never_replaced_by_a_typed_one(cast: Cast, home: Organisation) -> None:
    made = transitions.order_activation(
        organisation_pk=home.pk,
        postal_code="1",
        address="私書箱",
        source="registry",
        actor=actor(cast.operator),
        at=NOW,
    )
    assert (made.address, made.source) == (home.address, "record")


def test_an_address_that_fits_no_window_is_refused_when_ordered(cast: Cast, home: Organisation) -> None:
    Organisation.objects.filter(pk=home.pk).update(address="東京都" * 90)
    with pytest.raises(Refused):
        ordered(cast, home)
    assert not Activation.objects.exists() and not Notice.objects.exists()


def test_a_second_letter_voids_the_first_code(cast: Cast, home: Organisation) -> None:
    first, old = printed(cast, home)
    again, new = printed(cast, home, at=NOW + timedelta(days=3))
    first.refresh_from_db()
    assert first.status == S.VOID
    with pytest.raises(DomainError):
        enter(first, old, at=NOW + timedelta(days=4))
    assert enter(again, new, at=NOW + timedelta(days=4)).status == S.ENTERED


def test_a_letter_not_printed_yet_is_called_off_by_a_new_one(cast: Cast, home: Organisation) -> None:
    first = ordered(cast, home)
    ordered(cast, home, at=NOW + timedelta(hours=1))
    key = first.letters.get().pk
    with pytest.raises(WrongState):
        transitions.print_activations(letter_pks=[key], actor=actor(cast.colleague), at=NOW)


def test_an_answered_letter_is_decided_before_the_next(cast: Cast, home: Organisation) -> None:
    asked(cast, home)
    with pytest.raises(WrongState):
        ordered(cast, home, at=NOW + timedelta(days=1))


def test_a_mistyped_mail_address_blocks_no_longer_than_its_link(cast: Cast, home: Organisation) -> None:
    entered(cast, home)
    with pytest.raises(WrongState):
        ordered(cast, home, at=NOW + timedelta(days=6))
    assert ordered(cast, home, at=NOW + timedelta(days=7)).status == S.ORDERED


# Printing ------------------------------------------------------------------------------------------------------------


def test_letters_are_printed_once_by_another_operator(cast: Cast, home: Organisation) -> None:
    made = ordered(cast, home)
    key, since = made.letters.get().pk, mark()
    with pytest.raises(WrongState):
        transitions.print_activations(letter_pks=[key], actor=actor(cast.operator), at=NOW)
    at = NOW + timedelta(days=2)
    pdf, numbers = transitions.print_activations(letter_pks=[key], actor=actor(cast.colleague), at=at)
    assert pdf.startswith(b"%PDF") and numbers == [made.number]
    assert verbs(since) == ["activation.printed"] and last().facts == {"letters": [made.number]}
    made.refresh_from_db()
    assert made.status == S.SENT and made.code and made.code.expires_at == at + timedelta(days=30)
    assert Notice.objects.get().payload is None
    with pytest.raises(WrongState):
        transitions.print_activations(letter_pks=[key], actor=actor(cast.colleague), at=at)


def test_a_returned_letter_voids_its_code_and_can_be_ordered_again(cast: Cast, home: Organisation) -> None:
    made, code = printed(cast, home)
    since = mark()
    transitions.return_activation(number=made.number, actor=actor(cast.operator), at=NOW)
    assert verbs(since) == ["activation.returned"]
    with pytest.raises(DomainError):
        enter(made, code)
    with pytest.raises(WrongState):
        transitions.return_activation(number=made.number, actor=actor(cast.operator), at=NOW)
    with pytest.raises(NotAllowed):
        transitions.return_activation(number=made.number, actor=actor(cast.approver), at=NOW)
    assert ordered(cast, home, at=NOW + timedelta(hours=1)).status == S.ORDERED


# Answering -----------------------------------------------------------------------------------------------------------


def test_receiver_types_in_the_code_and_proves_the_mailbox(cast: Cast, home: Organisation) -> None:
    since = mark()
    made, token = entered(cast, home)
    assert made.status == S.ENTERED
    assert verbs(since) == ["activation.ordered", "activation.printed", "activation.entered"]
    assert ("activation_mailbox", made.label) in notices(since)
    assert "筑波" not in str(last().facts) and token not in str(Activation.objects.values())
    since = mark()
    made = transitions.confirm_activation(token=token, actor=PUBLIC, at=NOW)
    assert (made.status, verbs(since), last().actor) == (S.ASKED, ["activation.asked"], "public")
    with pytest.raises(WrongState):
        transitions.confirm_activation(token=token, actor=PUBLIC, at=NOW)


def test_whatever_is_wrong_the_words_are_the_same(cast: Cast, home: Organisation) -> None:
    made, code = printed(cast, home)
    claimed = opening.unclaimed("日立書店", "T-2")
    theirs, right = printed(cast, claimed, at=NOW + timedelta(minutes=1))
    Membership.objects.create(user=cast.saburo, organisation=claimed, role=Role.ADMINISTRATOR, since=NOW)
    words = set()
    late = NOW + timedelta(days=31)
    for one, typed, at in ((made, "22222-22222", NOW), (theirs, right, NOW), (made, code, late)):
        with pytest.raises(Refused) as refused:
            enter(one, typed, at=at)
        words.add(str(refused.value.words))
    with pytest.raises(Refused) as refused:
        enter(Activation(number="A-0000-0000"), code)
    assert words == {str(refused.value.words)}
    assert not Activation.objects.filter(status=S.ENTERED).exists()


def test_five_wrong_codes_use_the_letter_up(cast: Cast, home: Organisation) -> None:
    made, code = printed(cast, home)
    for _try in range(5):
        with pytest.raises(Refused):
            enter(made, "22222-22222")
    with pytest.raises(Refused):
        enter(made, code)


def test_of_200_wrong_codes_at_once_5_are_looked_at(cast: Cast, home: Organisation) -> None:
    made, _code = printed(cast, home)
    start = threading.Barrier(20)

    def one(number: int) -> bool:
        if number < 20:
            start.wait(30)
        try:
            enter(made, "22222-22222")
        except Refused:
            return True
        finally:
            connections.close_all()
        return False

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(one, range(200)))
    code = OneTimeCode.objects.get()
    assert (code.throttling_failure_count, code.max_tries, code.used_at) == (5, 5, None)


def test_an_old_link_is_no_longer_good(cast: Cast, home: Organisation) -> None:
    _made, token = entered(cast, home)
    with pytest.raises(WrongState) as late:
        transitions.confirm_activation(token=token, actor=PUBLIC, at=NOW + timedelta(days=7))
    with pytest.raises(WrongState) as unknown:
        transitions.confirm_activation(token="nothing", actor=PUBLIC, at=NOW)
    assert str(late.value.words) == str(unknown.value.words)


# Deciding ------------------------------------------------------------------------------------------------------------


def test_who_ordered_does_not_check(cast: Cast, home: Organisation) -> None:
    made = asked(cast, home)
    for who in (cast.operator, cast.approver, cast.hanako):
        with pytest.raises(NotAllowed):
            transitions.check_activation(number=made.number, kind="proof", note="", actor=actor(who), at=NOW)
    transitions.announce_activation_call(number=made.number, actor=actor(cast.colleague), at=NOW)
    since = mark()
    made = transitions.check_activation(
        number=made.number, kind="callback", note="総務課長", actor=actor(cast.colleague), at=NOW
    )
    assert (made.status, verbs(since)) == (S.CHECKED, ["activation.checked"])
    assert last().facts == {"status": "checked", "check": "callback"}
    with pytest.raises(WrongState):
        transitions.check_activation(number=made.number, kind="proof", note="", actor=actor(cast.colleague), at=NOW)


def test_who_checked_does_not_agree(cast: Cast, home: Organisation) -> None:
    made = checked(cast, home)
    Membership.objects.create(user=cast.colleague, organisation=cast.provider, role=Role.APPROVER, since=NOW)
    for who in (cast.colleague, cast.operator, cast.auditor):
        with pytest.raises(NotAllowed):
            transitions.approve_activation(number=made.number, actor=actor(who), at=NOW)


def test_a_second_account_of_who_checked_does_not_agree(cast: Cast, home: Organisation) -> None:
    made = checked(cast, home)
    cast.approver.person = cast.colleague.person
    cast.approver.save()
    with pytest.raises(NotAllowed):
        transitions.approve_activation(number=made.number, actor=actor(cast.approver), at=NOW)


@pytest.mark.parametrize("second_account", [False, True])
def test_who_ordered_the_letter_does_not_agree(cast: Cast, home: Organisation, second_account: bool) -> None:
    made = checked(cast, home)
    if second_account:
        cast.approver.person = cast.operator.person
        cast.approver.save()
    else:
        Membership.objects.create(user=cast.operator, organisation=cast.provider, role=Role.APPROVER, since=NOW)
    who = cast.approver if second_account else cast.operator
    with pytest.raises(NotAllowed):
        transitions.approve_activation(number=made.number, actor=actor(who), at=NOW)
    assert transitions.approve_activation(number=made.number, actor=actor(cast.senior), at=NOW).status == S.DONE


def test_the_second_person_invites_the_first_administrator_and_everything_on_record_is_told(
    cast: Cast, home: Organisation
) -> None:
    made = checked(cast, home)
    since = mark()
    made = transitions.approve_activation(number=made.number, actor=actor(cast.approver), at=NOW)
    assert made.status == S.DONE and made.invitation
    assert (made.invitation.invited_by, made.invitation.seconded_by) == (cast.colleague, cast.approver)
    assert verbs(since) == ["activation.approved"]
    assert notices(since) == [
        ("activation_letter", home.label),
        ("activation_told", made.label),
        ("invitation", made.invitation.label),
    ]
    assert mails("activation_told")[0]["to"] == "t-1@record.example"
    assert made.number in mails("activation_told")[0]["body"]
    told = made.letters.get(kind="told")
    _pdf, numbers = transitions.print_activations(letter_pks=[told.pk], actor=actor(cast.operator), at=NOW)
    assert numbers == [f"{made.number}-2"]
    with pytest.raises(WrongState):
        transitions.approve_activation(number=made.number, actor=actor(cast.approver), at=NOW)


def test_the_invited_becomes_administrator_and_takes_registrations_into_care(cast: Cast, home: Organisation) -> None:
    approved(cast, home)
    held = Registration.objects.get(organisation=home)
    assert Custody.objects.current().get(registration=held).user is None
    token = link_in(mails("invitation")[0]["body"]).rstrip("/").rpartition("/")[2]
    user = joining.accept_invitation(
        token,
        display_name="筑波 明",
        kana="",
        department="総務課",
        language="ja",
        password="a longer passphrase 1",
        actor=PUBLIC,
        at=NOW + timedelta(days=1),
    )
    me = actor(user)
    assert me.is_administrator and me.organisation == home
    assert Custody.objects.current().get(registration=held).user is None
    transitions.take_into_care(registration_pk=held.pk, actor=me, at=NOW + timedelta(days=2))
    assert Custody.objects.current().get(registration=held).user == user


def test_without_a_mail_of_record_postal_addresses_of_record_get_letters(cast: Cast, home: Organisation) -> None:
    held = Registration.objects.get(organisation=home)
    held.contact_points.filter(kind="mail").update(until=NOW.date())
    held.contact_points.create(kind="post", value="茨城県水戸市1-1", postal_code="3100001", since=NOW.date())
    made = approved(cast, home)
    assert made.letters.filter(kind="told").count() == 2


def test_an_address_with_an_account_is_refused(cast: Cast, home: Organisation) -> None:
    made = checked(cast, home, mail="taro@aoba.example")
    with pytest.raises(Refused):
        transitions.approve_activation(number=made.number, actor=actor(cast.approver), at=NOW)
    made.refresh_from_db()
    assert made.status == S.CHECKED


def test_claimed_meanwhile_nobody_is_invited(cast: Cast, home: Organisation) -> None:
    made = checked(cast, home)
    Membership.objects.create(user=cast.saburo, organisation=home, role=Role.MEMBER, since=NOW)
    with pytest.raises(WrongState):
        transitions.approve_activation(number=made.number, actor=actor(cast.approver), at=NOW)


def test_a_refused_request_is_told_and_a_new_letter_can_be_ordered(cast: Cast, home: Organisation) -> None:
    made = asked(cast, home)
    since = mark()
    made = transitions.refuse_activation(number=made.number, actor=actor(cast.senior), at=NOW)
    assert (made.status, verbs(since)) == (S.REFUSED, ["activation.refused"])
    assert notices(since) == [("activation_refused", made.label)]
    with pytest.raises(WrongState):
        transitions.refuse_activation(number=made.number, actor=actor(cast.senior), at=NOW)
    assert ordered(cast, home, at=NOW + timedelta(hours=1)).status == S.ORDERED


def test_no_letter_names_a_registration_or_shows_its_code_in_the_window(cast: Cast, home: Organisation) -> None:
    from handover.activating import facts_of
    from handover.printing.activation import activation_html

    made = ordered(cast, home)
    code = code_of(made)
    content = {
        "letter_number": made.number,
        "kind": "code",
        "addressee": [home.legal_name],
        "postal_code": home.postal_code,
        "address": home.address,
        "code": code,
        "administrator": "",
    }
    letter = facts_of(content, NOW)
    html = activation_html([letter])
    window = letter.in_window()
    assert "T-1" not in html
    assert code not in "".join((*window.where, *window.who)) and code in html
    assert ActivationLetter.objects.count() == 1
