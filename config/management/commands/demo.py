"""`manage.py demo`: a lively register for trying out, and how to sign in to it."""

import json
import time
import unicodedata
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import OrganisationKind, same_address
from config.demo import announced, besides, calling, holdings, people, scenes, story
from config.demo.people import Somebody

PERIOD = 30
"""Seconds for which a one-time password holds (RFC 6238)."""


class Command(BaseCommand):
    help = (
        "Bring in invented people, registrations, papers, handovers and certificates, and print how to sign in. Safe "
        "to run again. Only where DEBUG is on, and never beside data that is not its own."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print people, secrets and notable numbers as JSON")
        parser.add_argument("--code", metavar="ADDRESS", help="print this demo person's one-time password of now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 2: not here (DEBUG is off, other data) or nobody of the demo. 1: has no one-time password."""
        if not settings.DEBUG:
            raise CommandError("the demo is for trying out: it needs DEBUG=on, which real use never has.", returncode=2)
        call_command("migrate", verbosity=0)  # so that it is the only command a newcomer or a script needs
        if options["code"]:
            self.stdout.write(one_time_password(options["code"]))
            return
        told = play(timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(as_json(told), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(as_text(told))


def play(now: datetime) -> story.Story:
    """Play all scenes, those of `now` in an empty database and else those of the day the demo was first played."""
    try:
        began = story.find_beginning()
    except story.ForeignData as error:
        raise CommandError(
            "the database holds data that is not the demo's. Give the demo a folder of its own: "
            "DATA_DIR=/path/to/an/empty/folder make run",
            returncode=2,
        ) from error
    today = timezone.localdate(began + scenes.LENGTH if began else now)
    told = story.Story(today)
    for scene in scenes.SCENES:
        scene(told)
    told.finish()
    return told


def one_time_password(address: str) -> str:
    """Return the one-time password of a demo person now."""
    named = same_address(address)
    somebody = next((one for one in people.PRESENT if one.address == named), None)
    if somebody is None:
        raise CommandError(f"nobody in the demo signs in as {address}.", returncode=2)
    if not somebody.has_factor:
        raise CommandError(f"{address} signs in with the password alone.", returncode=1)
    return str(format_hotp_value(hotp_value(somebody.totp_secret, int(time.time()) // PERIOD)))


def as_json(told: story.Story) -> dict[str, Any]:
    """Return what scripts need: who can sign in and how, and what to look at."""
    certificates = {name: story.certificate(label) for name, label in told.notable["certificates"].items()}
    return {
        "origin": settings.PUBLIC_ORIGIN,
        "people": [
            {
                "key": one.key,
                "address": one.address,
                "name": one.name,
                "organisation": organisation_name(one),
                "kind": str(people.HOMES[one.home].kind),
                "roles": [str(role) for role in one.roles],
                "password": one.password,
                "totp_secret": one.totp_secret or None,
            }
            for one in people.PRESENT
        ],
        "registrations": {
            "to_hand_over": holdings.TO_HAND_OVER,
            "to_claim": holdings.TO_CLAIM,
            "half_handed_over": holdings.OFFERED,
            "handed_over": holdings.HANDED_OVER,
            "waiting_for_confirmation": holdings.WAITING,
            "with_a_caretaker": holdings.IN_CARE,
            "in_the_providers_keeping": holdings.NOBODYS,
        },
        "handovers": {name: label.removeprefix("handover:") for name, label in told.notable["handovers"].items()},
        "certificates": {
            name: {"serial": found.serial, "check_code": found.check_code} for name, found in certificates.items()
        },
        "claims": claims_of(told),
        "recovery_kit": dict(zip(("number", "code"), besides.readable_kit(told, holdings.TO_CLAIM), strict=True)),
        "call_code": (announced.find_coming(told) or ("",))[0],
        "bill": bill_of(told),
        "invited": people.NEWCOMER,
    }


def claims_of(told: story.Story) -> dict[str, str]:
    """Return the receipt numbers of the claims by what stage they are at."""
    return {name: label.removeprefix("claim:") for name, label in told.notable["claims"].items()}


def bill_of(told: story.Story) -> dict[str, str]:
    """Return what is typed in at /bill/: number, month (YYYY-MM) and amount in yen. Empty without one."""
    bill = calling.find_bill(told)
    return {"reference": bill.reference, "month": f"{bill.month:%Y-%m}", "amount": str(bill.amount)} if bill else {}


def organisation_name(somebody: Somebody) -> str:
    """Return the name of somebody's organisation."""
    home = people.HOMES[somebody.home]
    return settings.PROVIDER_NAME if home.kind == OrganisationKind.PROVIDER else home.name


def as_text(told: story.Story) -> str:
    """Return the sign-ins as a table for people, and where to begin."""
    rows = [("mail address", "password", "code", "who"), *(_row(one) for one in people.PRESENT)]
    widths = [max(_width(row[column]) for row in rows) for column in range(3)]
    handovers = told.notable["handovers"]
    example = "hanako@aoba.example"
    return "\n".join(
        (
            "The demo: invented people and organisations. Sign in as any of them:",
            "",
            *(_line(row, widths) for row in rows),
            "",
            "  “code”: after the password the portal asks for a one-time password, which this prints:",
            f"      .venv/bin/python manage.py demo --code {example}",
            "",
            f"  Begin as {people.EVERYBODY['taro'].address} with registration {holdings.TO_HAND_OVER} (hand it over),",
            f"  or as {people.EVERYBODY['jiro'].address} with handover {handovers['half_done'].partition(':')[2]}"
            " (half done, waits for you).",
            "",
            "  Lost registrations (sign in as operator, colleague, approver of the provider; 受付一覧):",
            *(f"      {number}  {name.replace('_', ' ')}" for name, number in claims_of(told).items()),
            "",
            *_kit(told),
            *_call(told),
            *_bill(told),
        )
    )


def _kit(told: story.Story) -> Sequence[str]:
    number, code = besides.readable_kit(told, holdings.TO_CLAIM)
    if not number:
        return ()
    return (f"  A recovery kit to try at /recover/kit/ (registration {holdings.TO_CLAIM}): {number}, {code}", "")


def _call(told: story.Story) -> Sequence[str]:
    coming = announced.find_coming(told)
    if coming is None:
        return ()
    code, until = coming
    return (f"  A call of ours to check at /caller/ (until {timezone.localtime(until):%Y-%m-%d %H:%M}): {code}", "")


def _bill(told: story.Story) -> Sequence[str]:
    bill = bill_of(told)
    return ("  A bill to ask about at /bill/: " + ", ".join(bill.values()) + " yen", "") if bill else ()


def _row(one: Somebody) -> tuple[str, str, str, str]:
    roles = ", ".join(str(role) for role in one.roles)
    return one.address, one.password, "code" if one.has_factor else "", f"{one.name}  {roles}, {organisation_name(one)}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False)]
    return "  " + "  ".join([*cells, row[-1]])


def _width(text: str) -> int:
    """Columns on a terminal: Japanese characters take two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
