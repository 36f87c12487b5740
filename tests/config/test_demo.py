"""The demo: played once however often it is called, through the real acts, and never beside other data."""

import json
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.actors import find_actor
from accounts.models import Invitation, InvitationStatus, Membership, Organisation, User
from accounts.queries import has_signed_undertaking
from audit import verify
from audit.models import Event
from config.demo import people, scenes
from config.demo.story import Story
from desk.forms.bills import BillForm
from desk.models import Call, Contact
from desk.queries import answer_caller
from handover import certificates, documents, kits
from handover.billing import print_of
from handover.models import (
    BilledAmount,
    Certificate,
    Custody,
    DocumentVersion,
    Erasure,
    GapAlert,
    Handover,
    HandoverItem,
    RecoveryKit,
    Registration,
)
from handover.rules.erasures import second_persons
from outbox.models import Notice
from recovery.models import Appeal, AuditSample, Claim, ClaimLine, Dispatch, ProcedureVersion, UrgentSetting
from tests.cast import Cast, totp_code

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def trying_out(settings: Settings) -> None:
    settings.DEBUG = True


def demo(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def rows() -> dict[str, int]:
    kept = (
        Event,
        User,
        Membership,
        Organisation,
        Registration,
        Custody,
        DocumentVersion,
        Handover,
        Certificate,
        Notice,
    )
    return {model.__name__: model._default_manager.count() for model in kept}


class Interrupted(Exception):
    pass


def test_newcomer_plays_the_demo_and_finds_a_life(
    client: Client, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One long test, because playing takes seconds: interrupted, finished, repeated, looked at."""

    def stop_in_the_middle(told: Story) -> None:
        told.goes_to(40, 8)
        for _skipped in range(60):
            told.once(lambda at: (_ for _ in ()).throw(Interrupted))

    with monkeypatch.context() as patch:
        patch.setattr(scenes, "SCENES", (scenes.everybody_comes_in, stop_in_the_middle))
        with pytest.raises(Interrupted):
            demo()
    printed = json.loads(demo("--json"))
    before = rows()

    assert json.loads(demo("--json")) == printed
    assert rows() == before
    assert "taro@aoba.example" in demo()
    assert verify.run().first_bad is None
    times = list(Event.objects.order_by("sequence").values_list("at", flat=True))
    assert times == sorted(times), "what came later in the log happened later"
    sign_ins_work(printed["people"])
    there_is_something_to_see(printed)
    ways_beside_proofs_are_there(printed)
    papers_and_certificates_are_real(printed)
    pages_open(client, printed)


def sign_ins_work(printed: list[dict[str, Any]]) -> None:
    assert {one["kind"] for one in printed} == {"customer", "contractor", "agency", "provider"}
    for one in printed:
        account = User.objects.get(email=one["address"])
        actor = find_actor(account)
        assert actor is not None
        assert account.check_password(one["password"])
        assert (sorted(actor.roles), actor.organisation.legal_name) == (sorted(one["roles"]), one["organisation"])
        assert EmailAddress.objects.filter(user=account, verified=True, primary=True).exists()
        assert not actor.organisation.is_staff or has_signed_undertaking(actor)
        factors = Authenticator.objects.filter(user=account)
        assert [get_adapter().decrypt(factor.data["secret"]) for factor in factors] == (
            [one["totp_secret"]] if actor.needs_second_factor or people.EVERYBODY[one["key"]].claimed else []
        )


def there_is_something_to_see(printed: dict[str, Any]) -> None:
    statuses = {name: Handover.objects.get(number=number).status for name, number in printed["handovers"].items()}
    assert statuses == {
        "finished": "overlap",
        "declined": "declined",
        "waiting_for_confirmation": "accepted",
        "half_done": "offered",
    }
    marks = HandoverItem.objects.filter(handover__number=printed["handovers"]["half_done"])
    assert 0 < marks.exclude(mark="").count() < marks.count()
    free = Registration.objects.get(number=printed["registrations"]["to_hand_over"])
    assert not Handover.objects.filter(items__registration=free).exists()
    gaps = set(GapAlert.objects.filter(closed_at=None).values_list("registration__number", flat=True))
    assert {
        printed["registrations"]["with_a_caretaker"],
        printed["registrations"]["in_the_providers_keeping"],
    } <= gaps
    waiting = Invitation.objects.filter(status=InvitationStatus.SENT).exclude(organisation__kind="claimant")
    assert waiting.get().email == printed["invited"]
    # A call is coming: its code, as printed, answers on the public page until it is over.
    assert answer_caller(code=printed["call_code"], number="", at=timezone.now()).is_ours
    # A call of ours was announced before, and is written down with its minutes.
    called = Call.objects.get(direction="out")
    contact = Contact.objects.get(intention=called.intention)
    assert called.ended_at and called.intention and called.intention.made_at < called.began_at
    assert (contact.direction, contact.minutes, contact.reached) == ("out", 10, True)
    # A paper waits for the second person who lets it be erased: an administrator, not whoever proposed it.
    erasure = Erasure.objects.get()
    assert (erasure.status, erasure.document.erased_at) == ("proposed", None)
    assert "hanako@aoba.example" in {one.email for one in second_persons(erasure.organisation_id, erasure.proposed_by)}
    # A bill can be asked about by whoever holds it, as printed.
    form = BillForm(printed["bill"])
    assert form.is_valid(), form.errors
    bill = form.cleaned_data
    assert BilledAmount.objects.filter(print=print_of(bill["reference"], bill["month"], bill["amount"])).exists()
    claims = {name: Claim.objects.get(number=number) for name, number in printed["claims"].items()}
    assert {name: claim.status for name, claim in claims.items()} == {
        "executed": "executed",
        "approved": "approved",
        "to_decide": "notified",
        "frozen": "notified",
        "notified": "notified",
        "collecting": "collecting",
        "no_live_channel": "collecting",
        "refused": "refused",
        "appealed": "refused",
        "withdrawn": "withdrawn",
        "stopped": "stopped",
        "matched": "matched",
        "received": "received",
        "by_phone": "received",
        "by_recovery_kit": "proposed",
        "with_a_list": "collecting",
        "business_stands_still": "collecting",
    }
    assert Appeal.objects.get().claim == claims["appealed"] and Appeal.objects.get().status == "open"
    assert sorted(ProcedureVersion.objects.values_list("version", "status")) == [
        (1, "retired"),
        (2, "retired"),
        (3, "live"),
        (4, "draft"),
    ]
    assert claims["frozen"].frozen_at and claims["no_live_channel"].tier == 4
    today = timezone.localdate()
    assert claims["to_decide"].window_ends_on < today <= claims["notified"].window_ends_on
    assert Dispatch.objects.to_print().exists(), "letters wait for the print run"


def ways_beside_proofs_are_there(printed: dict[str, Any]) -> None:
    claims = {name: Claim.objects.get(number=number) for name, number in printed["claims"].items()}
    assert claims["by_recovery_kit"].proposal["exit"] == "kit"
    kit = RecoveryKit.objects.get(custody__registration__number=printed["registrations"]["to_claim"], void_at=None)
    assert printed["recovery_kit"]["number"] == kit.number
    assert kits.is_right(printed["recovery_kit"]["code"], kit.code_hash), "a newcomer can type in what is printed"
    lines = ClaimLine.objects.filter(claim=claims["with_a_list"]).order_by("row")
    assert [line.status for line in lines] == ["listed", "listed", "unknown"], "one is left for whoever examines it"
    setting = UrgentSetting.objects.get()
    assert (setting.claim, setting.status) == (claims["business_stands_still"], "made"), "waits for the second person"
    sample = AuditSample.objects.get()
    assert (sample.claim, sample.status) == (claims["executed"], "open"), "waits for the auditor"


def papers_and_certificates_are_real(printed: dict[str, Any]) -> None:
    for version in DocumentVersion.objects.select_related("blob"):
        assert len(documents.read_bytes(version.blob)) == version.blob.size > 100
    found = {name: certificates.check_code(each["check_code"]).state for name, each in printed["certificates"].items()}
    assert found == {"superseded": "superseded", "withdrawn": "withdrawn", "valid": "valid", "valid_english": "valid"}


def pages_open(client: Client, printed: dict[str, Any]) -> None:
    taro = next(one for one in printed["people"] if one["key"] == "taro")
    client.post("/accounts/login/", {"login": taro["address"], "password": taro["password"]})
    for number in (printed["registrations"]["to_hand_over"], printed["registrations"]["handed_over"]):
        assert number in client.get(f"/registrations/{number}/").content.decode()
    half = printed["handovers"]["half_done"]
    assert half in client.get(f"/handovers/{half}/").content.decode()


def test_demo_refuses_where_debug_is_off(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=on") as refused:
        demo()
    assert refused.value.returncode == 2
    assert rows()["User"] == 0


def test_demo_refuses_beside_data_of_others(cast: Cast) -> None:
    before = rows()
    with pytest.raises(CommandError, match="not the demo's") as refused:
        demo("--json")
    assert refused.value.returncode == 2
    assert rows() == before


def test_newcomer_asks_for_a_code_and_gets_that_of_the_moment() -> None:
    hanako = people.EVERYBODY["hanako"]
    before = time.time()
    told = demo("--code", "Hanako@aoba.example").strip()
    assert told in {totp_code(hanako.totp_secret, at=moment) for moment in (before, time.time())}


@pytest.mark.parametrize(("address", "status"), [("taro@aoba.example", 1), ("hajime@provider.example", 2), ("x", 2)])
def test_newcomer_asks_for_a_code_that_does_not_exist(address: str, status: int) -> None:
    with pytest.raises(CommandError) as refused:
        demo("--code", address)
    assert refused.value.returncode == status


def test_secrets_belong_to_one_installation(settings: Settings) -> None:
    taro, hanako = people.EVERYBODY["taro"], people.EVERYBODY["hanako"]
    here = (taro.password, hanako.password, hanako.totp_secret)
    settings.SECRET_KEY = "another"
    assert len({*here, taro.password, hanako.password, hanako.totp_secret}) == 6
