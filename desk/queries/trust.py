"""What was announced: for whoever calls, and for whoever was called. And what strangers reported."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Membership
from desk.models import CallerReport, CallIntention, Line
from handover.folding import find_phone

SHOWN = 100
"""Reports on one page: the newest; more than these in a year would be a wave that is on the news."""


@dataclass(frozen=True)
class Answer:
    """What whoever was called reads. `intention` where the code is of a call or letter of ours, `line` where the number
    is ours; `is_ours` when all that was asked about is. `company` is "" where the provider names no agency."""

    intention: CallIntention | None
    line: Line | None
    is_ours: bool
    company: str


def own_intentions(actor: Actor, at: datetime) -> list[CallIntention]:
    """Return the calls that the actor has announced and not made yet, the next one first."""
    rows = CallIntention.objects.visible_to(actor).live(at).select_related("inquiry")
    return list(rows.order_by("window_from", "pk"))


def own_calls_about(inquiry_pk: int, actor: Actor, at: datetime) -> list[CallIntention]:
    """Return the actor's announced calls about one inquiry that are not made yet, the first one first."""
    rows = CallIntention.objects.visible_to(actor).live(at).filter(inquiry=inquiry_pk)
    return list(rows.order_by("window_until", "pk"))


def find_intention(actor: Actor, pk: int) -> CallIntention | None:
    """Return an announced call of the actor's own."""
    return CallIntention.objects.visible_to(actor).select_related("inquiry").filter(pk=pk).first()


def digits_of(typed: str) -> str:
    """Return the digits of a call code however it was typed: 1234-5678, １２３４５６７８."""
    return "".join(re.findall(r"[0-9]", unicodedata.normalize("NFKC", typed)))


def answer_caller(*, code: str, number: str, at: datetime) -> Answer:
    """Return whether the call code and the number that called, each "" where it was not asked about, are ours.

    The same two statements whatever is found and whatever was asked: unknown, expired and cancelled are one answer.
    """
    works = Membership.objects.current().filter(user=OuterRef("by")).order_by("pk")
    intentions = CallIntention.objects.genuine(at).filter(code_print=CallIntention.print_of(digits_of(code)))
    intention = intentions.annotate(company=Subquery(works.values("organisation__legal_name")[:1])).first()
    lines = Line.objects.used(timezone.localdate(at)).filter(number=find_phone(number) or "-")
    line = lines.select_related("site").first()
    is_ours = bool(code or number) and (not code or intention is not None) and (not number or line is not None)
    company = getattr(intention, "company", None) or (line.site.company if line else "")
    return Answer(intention, line, is_ours, company if settings.CALLER_NAMES_COMPANY else "")


def caller_reports() -> list[CallerReport]:
    """Return what was reported, the newest first."""
    return list(CallerReport.objects.order_by("-at", "-pk")[:SHOWN])
