"""Inquiries as a reader may find them, and who spoke with whom."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from accounts.actors import Actor
from accounts.models import Membership, OrganisationKind
from desk.models import Contact, Inquiry


@dataclass(frozen=True)
class Talk:
    """One contact as a reader may see it; `words` are None where only the fact is for the reader."""

    contact: Contact
    words: str | None
    by_desk: bool


def find_visible(actor: Actor, number: str, at: datetime | None = None) -> Inquiry | None:
    """Return the inquiry with this receipt number if the actor may see it at `at`; without `at`, if it is open."""
    return Inquiry.objects.visible_to(actor, at).filter(receipt_number=number).first()


def find_typed(actor: Actor, typed: str, at: datetime | None = None) -> Inquiry | None:
    """Return the inquiry whose receipt number was typed in any writing, those that ended not long before `at` too."""
    number = plain_number(typed)
    return find_visible(actor, number, at) if number else None


def find_said(actor: Actor, typed: str, at: datetime) -> Inquiry | None:
    """Return the inquiry whose receipt number a caller says: at whatever desk it is. Only for the call itself."""
    number = plain_number(typed)
    return Inquiry.objects.said_to(actor, at).filter(receipt_number=number).first() if number else None


def plain_number(typed: str) -> str:
    """Return the receipt number that `typed` is in any writing, "" for anything else."""
    digits = "".join(str(int(sign)) for sign in re.findall(r"\d", typed))
    return f"C-{digits[:4]}-{digits[4:7]}-{digits[7:]}" if len(digits) == 10 else ""


def talks_of(inquiry: Inquiry, actor: Actor) -> list[Talk]:
    """Return who spoke with whom, the newest first.

    The desk sees its own contacts, and that the provider spoke with the inquirer; what the provider wrote down, and
    with whom else it spoke, may tell what is on record (invariant 22).
    """
    memberships = Membership.objects.filter(user=OuterRef("by"), organisation__kind=OrganisationKind.AGENCY)
    rows = inquiry.contacts.select_related("by").annotate(by_desk=Exists(memberships)).order_by("-at", "-pk")
    if actor.kind == OrganisationKind.AGENCY:
        rows = rows.filter(Q(by_desk=True) | Q(party=Contact.Party.CLAIMANT))
        return [Talk(row, row.note if row.by_desk else None, row.by_desk) for row in rows]
    return [Talk(row, row.note, row.by_desk) for row in rows]
