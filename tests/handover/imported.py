"""What tests about imports begin with: a file, the two ways a run ends, and what is there afterwards."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from handover import transitions
from handover.models import BillReference, ContactPoint, Custody, Registration
from tests.cast import actor

Writer = Callable[..., Path]
HEADER = (
    "number,organisation_name,organisation_kana,corporate_number,registered_name,registered_kana,former_names,unit,"
    "postal_code,address,phone,email,product_code,bill_reference,custodian_email"
)
AOBA = "1010001000006"
FULL = (
    f"R-1,青葉商事株式会社,アオバ,{AOBA},髙橋商店,タカハシ,旧商店|元商店,総務部,100-0001,東京都千代田区1-1,0312345678,"
    "Soumu@Aoba.example,,B-77,taro@aoba.example"
)
BARE = "R-2,稲荷神社,,,稲荷神社,,,,,京都府京都市1-1,,,,,"


def put_on_record(held: Registration, value: str, by: User, *, kind: str = "phone", postal_code: str = "") -> None:
    """Let a person add a contact point, which an import has to leave alone."""
    transitions.add_contact_point(
        registration_pk=held.pk,
        kind=kind,
        value=value,
        postal_code=postal_code,
        purposes=["procedure"],
        hours="",
        receiver_pays=False,
        actor=actor(by),
        at=timezone.now(),
    )


def run(file: Path, *options: str) -> tuple[str, str]:
    """Run the command; return what it printed to both outputs."""
    out, err = StringIO(), StringIO()
    call_command("import_registrations", str(file), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refused(file: Path, *options: str) -> tuple[int, str]:
    """Run the command, which must fail; return its exit code and all it printed."""
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_registrations", str(file), *options, stdout=out, stderr=err)
    return caught.value.returncode, f"{out.getvalue()}{err.getvalue()}{caught.value}"


def state() -> dict[str, Any]:
    """Return everything an import may change, without times."""
    rows = Registration.objects.order_by("number")
    return {
        "registrations": list(
            rows.values_list(
                "number",
                "organisation__legal_name",
                "registered_name",
                "registered_kana",
                "former_names",
                "unit",
                "postal_code",
                "address",
                "product__code",
                "status",
                "search_text",
            )
        ),
        "points": sorted(
            ContactPoint.objects.values_list("registration__number", "kind", "value", "postal_code", "since", "until"),
            key=repr,
        ),
        "bills": sorted(BillReference.objects.values_list("registration__number", "reference", "until"), key=repr),
        "custody": sorted(Custody.objects.values_list("registration__number", "user__email", "kind"), key=repr),
    }


def listed(*numbers: int) -> list[str]:
    return [FULL.replace("R-1,", f"R-{number},") for number in numbers]
