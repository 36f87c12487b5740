"""Letters of ours that come back, whichever kind they are: found by what a scanner reads, and the last ones again."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from django.db.models import F, Model, QuerySet
from django.utils.translation import gettext as _

from desk.queries import letters
from handover.models import Activation, ActivationLetter, NoticeLetter
from recovery.models import Dispatch

SHOWN = 10
"""Returned letters that the page of the hand scanner shows again."""
LONGEST = 24
"""Signs of the longest letter number."""
R = TypeVar("R", bound=Model)
DASHES = re.compile("[\u2010-\u2015\u2212\u30fc\u2500]")


class Kind(StrEnum):
    """What a letter belongs to. Each has a transition of its own for what came back."""

    CLAIM = "claim"
    ACTIVATION = "activation"
    ACTIVATION_NOTICE = "activation_notice"
    """A notice about an activation, or a code letter on whose code nothing waits."""
    ASKING = "asking"
    INQUIRY = "inquiry"
    """A formal answer, or a letter to an inquirer."""


@dataclass(frozen=True)
class Letter:
    """One letter. `case` is the number of its claim or activation, "" for one that asks who is in charge."""

    kind: Kind
    pk: int
    number: str
    case: str
    has_left: bool


@dataclass(frozen=True)
class Returned:
    """One letter that came back: what it is, its case, when that was written down."""

    number: str
    case: str
    kind: Kind
    words: str
    at: datetime


def number_in(typed: str) -> str:
    """Return a letter number as we print it, from what a scanner or a keyboard gave; "" for an address or nothing."""
    plain = DASHES.sub("-", unicodedata.normalize("NFKC", typed))
    plain = "".join(plain.split()).upper()
    return "" if "://" in plain else plain[:LONGEST]


def is_page(typed: str) -> bool:
    """Whether the code of a web page was scanned: letters carry one of those as well, inside."""
    return "://" in unicodedata.normalize("NFKC", typed)


def find(typed: str) -> Letter | None:
    """Return the letter with this number, printed or not. Each kind begins with a sign of its own: none is mistaken."""
    number = number_in(typed)
    if not number:
        return None
    return _of_claim(number) or _of_activation(number) or _asking(number) or _of_inquiry(number)


def _of_claim(number: str) -> Letter | None:
    one = Dispatch.objects.filter(letter_number=number).select_related("claim").first()
    return Letter(Kind.CLAIM, one.pk, number, one.claim.number, one.printed_at is not None) if one else None


def _of_activation(number: str) -> Letter | None:
    one = ActivationLetter.objects.filter(number=number).select_related("activation").first()
    if one is None:
        return None
    is_waited_for = one.kind == ActivationLetter.Kind.CODE and one.activation.status == Activation.Status.SENT
    kind = Kind.ACTIVATION if is_waited_for else Kind.ACTIVATION_NOTICE
    return Letter(kind, one.pk, number, one.activation.number, one.printed_at is not None)


def _asking(number: str) -> Letter | None:
    one = NoticeLetter.objects.filter(number=number).first()
    return Letter(Kind.ASKING, one.pk, number, "", one.printed_at is not None) if one else None


def _of_inquiry(number: str) -> Letter | None:
    answer = letters.find_answer_letter(number)
    if answer:
        case = answer.inquiry.receipt_number
        return Letter(Kind.INQUIRY, answer.pk, number, case, answer.printed_at is not None)
    word = letters.find_word(number)
    if word is None:
        return None
    return Letter(Kind.INQUIRY, word.pk, number, word.inquiry.receipt_number, letters.left_at(word) is not None)


def returned() -> list[Returned]:
    """Return the letters of all kinds that came back last, the newest first."""
    found = [*_returned_of_claims(), *_returned_of_activations(), *_returned_asking(), *_returned_of_inquiries()]
    return sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]


def _returned_of_claims() -> list[Returned]:
    rows = _last(Dispatch.objects.filter(letter_number__isnull=False)).select_related("claim")
    return [
        Returned(one.letter_number or "", one.claim.number, Kind.CLAIM, one.get_purpose_display(), one.returned_at)
        for one in rows
        if one.returned_at
    ]


def _returned_of_activations() -> list[Returned]:
    rows = _last(ActivationLetter.objects.all()).select_related("activation")
    return [
        Returned(one.number, one.activation.number, Kind.ACTIVATION, one.get_kind_display(), one.returned_at)
        for one in rows
        if one.returned_at
    ]


def _returned_asking() -> list[Returned]:
    words = _("Letter that asks who is in charge")
    rows = _last(NoticeLetter.objects.all())
    return [Returned(one.number, "", Kind.ASKING, words, one.returned_at) for one in rows if one.returned_at]


def _returned_of_inquiries() -> list[Returned]:
    kinds = {"answer": _("Formal answers"), "word": _("Letters to inquirers")}
    return [
        Returned(one.facts["letter"], one.facts["case"], Kind.INQUIRY, kinds[one.facts["kind"]], one.at)
        for one in letters.came_back(SHOWN)
    ]


def _last(rows: QuerySet[R]) -> QuerySet[R]:
    return rows.filter(returned_at__isnull=False).order_by(F("returned_at").desc(), "-pk")[:SHOWN]
