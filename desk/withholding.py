"""What an answer must not say: anything on record of what the inquiry concerns. Plain functions that only read."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from accounts.models import Membership, OrganisationKind
from desk.models import Inquiry, Statement
from handover.folding import find_phone, fold
from handover.models import BillReference, CaseAccess, ContactPoint, Custody, Deputy, Registration, Restriction

NUMBER, NAME, ADDRESS, STAFF = "number", "name", "address", "staff"
LIKE_A_NUMBER = re.compile(r"[0-9A-Z]+(?:-[0-9A-Z]+)+|[0-9A-Z]{4,}")
MOST = 200
"""Registrations that are compared: an inquiry that concerns more names none of them by chance."""
SHORTEST = 6
"""Signs of a folded address from which on it is one: fewer stand in any text."""
SHORTEST_NAME = 3
"""Signs of a whole folded name from which on it is somebody's: two stand in any text."""
TITLES = ("様", "サマ", "サン", "氏", "殿", "先生")
"""What makes a surname a person: folded, as it is compared."""


def found_in(texts: Iterable[str], inquiry: Inquiry, *, at: datetime) -> frozenset[str]:
    """Return which of NUMBER, NAME, ADDRESS and STAFF stand in `texts`, whatever the spelling.

    A number of any registration counts; names of custodians and deputies, and addresses, phones and mails on record,
    of those that the inquiry concerns: by its case, by the number of a bill, or by the organisation as stated. Whole
    names of people of the provider and its agencies count always: who works here is not confirmed (capability K18).
    """
    written = "\n".join(texts)
    folded = fold(written)
    concerned = _concerned(inquiry)
    found = set()
    if _has_number(written, folded, concerned):
        found.add(NUMBER)
    if _has_name(folded, concerned, inquiry.statement, at):
        found.add(NAME)
    if _has_address(folded, written, concerned):
        found.add(ADDRESS)
    if _has_staff(folded, inquiry.statement):
        found.add(STAFF)
    return frozenset(found)


def _concerned(inquiry: Inquiry) -> list[Registration]:
    stated = inquiry.statement
    case = inquiry.receipt_number
    cases = Q(pk__in=Restriction.objects.filter(case=case).values("registration")) | Q(
        pk__in=CaseAccess.objects.filter(case=case).values("registration")
    )
    if stated.bill_reference:
        references = BillReference.objects.filter(reference__in=_numbers(stated.bill_reference))
        cases |= Q(pk__in=references.values("registration"))
    if stated.organisation_name:
        name = stated.organisation_name.strip()
        cases |= Q(registered_name=name) | Q(organisation__legal_name=name)
    return list(Registration.objects.filter(cases).order_by("pk")[:MOST])


def _numbers(text: str) -> set[str]:
    return set(LIKE_A_NUMBER.findall(unicodedata.normalize("NFKC", text).upper())) | {text.strip()}


def _has_number(written: str, folded: str, concerned: list[Registration]) -> bool:
    if Registration.objects.filter(number__in=_numbers(written)).exists():
        return True
    return any(len(number := fold(one.number)) > 3 and number in folded for one in concerned)


def _has_name(folded: str, concerned: list[Registration], stated: Statement, at: datetime) -> bool:
    own = fold(stated.name)
    now = Q(to_at=None) | Q(to_at__gt=at)
    held = Custody.objects.filter(now, registration__in=concerned, user__isnull=False)
    deputies = Deputy.objects.filter(registration__in=concerned, until=None)
    names = ("user__display_name", "user__kana")
    known = dict.fromkeys([*held.values_list(*names), *deputies.values_list(*names)])
    # The inquirer's own name is no secret to the inquirer.
    return any(_names(folded, name, kana, own) for name, kana in known if fold(name) != own)


def _has_staff(folded: str, stated: Statement) -> bool:
    own = fold(stated.name)
    staff = Membership.objects.current().filter(
        organisation__kind__in=[OrganisationKind.AGENCY, OrganisationKind.PROVIDER]
    )
    known = set(staff.values_list("user__display_name", "user__kana"))
    wholes = {fold(each) for name, kana in known for each in (name, kana) if fold(name) != own}
    return any(len(whole) >= SHORTEST_NAME and whole in folded for whole in wholes)


def _names(folded: str, name: str, kana: str, own: str) -> bool:
    """Whether the whole name stands there in either writing, or the surname with a title behind it."""
    if any(len(whole := fold(each)) > 1 and whole in folded for each in (name, kana)):
        return True
    parts = name.split()
    surname = fold(parts[0]) if len(parts) > 1 else ""
    if not surname or own.startswith(surname):
        return False
    return any(surname + fold(title) in folded for title in TITLES)


def _has_address(folded: str, written: str, concerned: list[Registration]) -> bool:
    points = ContactPoint.objects.filter(registration__in=concerned).values_list("kind", "value")
    phones = {fold(found) for kind, value in points if kind == ContactPoint.Kind.PHONE and (found := find_phone(value))}
    others = {fold(value) for kind, value in points if kind != ContactPoint.Kind.PHONE}
    known = phones | others | {fold(one.address) for one in concerned}
    return any(len(one) >= SHORTEST and one in folded for one in known)
