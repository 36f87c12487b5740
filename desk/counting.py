"""How the figures of an inquiry follow from what is on record about it. Plain functions over rows; definitions here.

The page of the figures says the same definitions in words: `desk.queries.figures.DEFINITIONS`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Membership, OrganisationKind
from audit.models import Event
from desk.models import CallBack, CaseFigure, Climb, Contact, Escalation, FigureMark, Hold, Inquiry
from desk.queries.elapsed import Standing, business_days, pauses_of

AGAIN = timedelta(days=7)
"""Getting in touch again within this time counts as a repeat (issue: repeat contacts within 7 days)."""
SAME_TALK = timedelta(hours=1)
"""Contacts closer than this are one conversation: a call that was cut off and taken up again is no repeat."""
STEP = 5000
"""Events read in one transaction."""
_KEPT = (Hold.Outcome.AGREED, Hold.Outcome.DECIDED)
_SUBJECTS = ("inquiry:", "claim:")


def catch_up(*, at: datetime) -> int:
    """Count every inquiry anew that the log told of since last time; return how many. One step of the log at once."""
    with transaction.atomic(durable=True):
        mark = FigureMark.objects.select_for_update().get_or_create(pk=1)[0]
        rows = list(
            Event.objects.filter(sequence__gt=mark.sequence)
            .order_by("sequence")
            .values_list("sequence", "subject", "about")[:STEP]
        )
        if not rows:
            return 0
        numbers = {
            label.partition(":")[2]
            for _sequence, subject, about in rows
            for label in (subject, *about)
            if label.startswith(_SUBJECTS)
        }
        counted = count(Inquiry.objects.filter(receipt_number__in=numbers).values_list("pk", flat=True), at=at)
        mark.sequence = rows[-1][0]
        mark.save(update_fields=["sequence"])
        return counted


def count(inquiries: Iterable[int], *, at: datetime) -> int:
    """Write the figures of `inquiries` (keys) anew, in the caller's transaction; return how many."""
    keys = list(inquiries)
    done = 0
    for start in range(0, len(keys), 500):
        rows = _figures(keys[start : start + 500], at)
        fields = [field.name for field in CaseFigure._meta.concrete_fields if not field.primary_key]
        CaseFigure.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["inquiry"], update_fields=fields, batch_size=200
        )
        done += len(rows)
    return done


def _figures(keys: list[int], at: datetime) -> list[CaseFigure]:
    contacts: dict[int, list[Contact]] = defaultdict(list)
    agency = Membership.objects.filter(
        user=OuterRef("by"), organisation__kind=OrganisationKind.AGENCY, since__lte=OuterRef("at")
    )
    rows = _talks().filter(inquiry__in=keys).defer("sealed_note").order_by("at", "pk")
    agencies: dict[int, int] = {}
    for contact in rows.annotate(agency=Subquery(agency.order_by("-since").values("organisation")[:1])):
        contacts[contact.inquiry_id].append(contact)
        if contact.agency:
            agencies.setdefault(contact.inquiry_id, contact.agency)
    holds: dict[int, list[Hold]] = defaultdict(list)
    for hold in Hold.objects.filter(inquiry__in=keys).defer("sealed_wish").order_by("opened_at", "pk"):
        holds[hold.inquiry_id].append(hold)
    gone_up, still = _escalations(keys), pauses_of(keys, at)
    found = Inquiry.objects.filter(pk__in=keys).defer("sealed")
    return [
        _figure(
            one,
            contacts[one.pk],
            holds[one.pk],
            agency=agencies.get(one.pk),
            escalations=gone_up[one.pk],
            still=still.get(one.pk, ()),
        )
        for one in found
    ]


def _talks() -> QuerySet[Contact]:
    """Return the contacts with inquirers: every figure is made of these.

    Whom the provider spoke with besides is not for the desk, which reads its figures of a single day and case as well:
    a call to a number of record would tell that there is one (invariant 22). A call back that reached the right person
    reached the inquirer, and the desk reads of it.
    """
    reached = CallBack.objects.filter(intention=OuterRef("intention"), result=CallBack.Result.RIGHT)
    return Contact.objects.filter(Q(party=Contact.Party.CLAIMANT) | Exists(reached))


def _figure(
    inquiry: Inquiry,
    contacts: Sequence[Contact],
    holds: Sequence[Hold],
    *,
    agency: int | None,
    escalations: int,
    still: Iterable[Standing],
) -> CaseFigure:
    kept, broken, until = _promises(contacts, holds)
    received_on = timezone.localdate(inquiry.received_at)
    recovered_on = None
    if inquiry.stage == Inquiry.Stage.DONE and inquiry.closed_at:
        recovered_on = timezone.localdate(inquiry.closed_at)
    return CaseFigure(
        inquiry=inquiry,
        agency_id=agency,
        topic=inquiry.topic,
        route=inquiry.came_by,
        received_on=received_on,
        is_open=inquiry.closed_at is None,
        first_answer_days=_first_answer(inquiry, contacts, still),
        recovered_on=recovered_on,
        recovered_days=business_days(received_on, recovered_on, still) if recovered_on else None,
        contacts=len(contacts),
        calls=sum(row.channel == Contact.Channel.PHONE for row in contacts),
        promises_kept=kept,
        promises_broken=broken,
        promised_until=until,
        escalations=escalations,
        **_again(inquiry, contacts, holds),
    )


def _first_answer(inquiry: Inquiry, contacts: Sequence[Contact], still: Iterable[Standing]) -> int | None:
    """Business days until the inquirer first heard from us: a contact of ours, or the end of the matter."""
    ours = (row for row in contacts if row.direction == Contact.Direction.OUT and row.reached)
    out = [row.at for row in ours if row.party == Contact.Party.CLAIMANT]
    first = min([*out, *([inquiry.closed_at] if inquiry.closed_at else [])], default=None)
    if first is None:
        return None
    return business_days(timezone.localdate(inquiry.received_at), timezone.localdate(first), still)


def _promises(contacts: Sequence[Contact], holds: Sequence[Hold]) -> tuple[int, int, datetime | None]:
    """Return promises kept and broken, and until when the open one runs that was not kept yet.

    Kept: we got in touch, or it ended by agreement or decision, before its time was over. A promise that another
    followed before its time counts with that one; in other hands it stays the same promise.
    """
    kept = broken = 0
    until = None
    since: dict[int, datetime] = {}
    for hold in holds:
        since[hold.pk] = since.get(hold.follows_id or 0, hold.opened_at)
        if hold.outcome == Hold.Outcome.HANDED_OVER:
            continue
        in_time = any(
            row.direction == Contact.Direction.OUT and row.reached and since[hold.pk] <= row.at <= hold.promised_until
            for row in contacts
        )
        if hold.closed_at is None:
            kept, until = kept + in_time, None if in_time else hold.promised_until
        elif in_time or (hold.outcome in _KEPT and hold.closed_at <= hold.promised_until):
            kept += 1
        elif hold.closed_at > hold.promised_until:
            broken += 1
    return kept, broken, until


def _again(inquiry: Inquiry, contacts: Sequence[Contact], holds: Sequence[Hold]) -> dict[str, int]:
    """Return how often the inquirer got in touch again within seven days, by what was the case then."""
    found = dict.fromkeys(
        ("again_promise_over", "again_before_promise", "again_without_promise", "again_after_answer"), 0
    )
    before = inquiry.received_at
    for row in contacts:
        is_theirs = row.direction == Contact.Direction.IN and row.party == Contact.Party.CLAIMANT
        if is_theirs and SAME_TALK < row.at - before <= AGAIN:
            found[f"again_{_why(inquiry, holds, row.at)}"] += 1
        before = row.at
    return found


def _why(inquiry: Inquiry, holds: Sequence[Hold], at: datetime) -> str:
    running = next(
        (one for one in holds if one.opened_at < at and (one.closed_at is None or one.closed_at >= at)), None
    )
    if running is not None:
        return "promise_over" if running.promised_until < at else "before_promise"
    ended = [moment for moment in (inquiry.closed_at, inquiry.reopened_at) if moment and moment <= at]
    return "after_answer" if ended else "without_promise"


def _escalations(keys: list[int]) -> Counter[int]:
    """Return how often each of `keys` went up: passed to the provider with a reason, or climbed because overdue."""
    passed = Escalation.objects.filter(inquiry__in=keys).values_list("inquiry", flat=True)
    climbed = Climb.objects.filter(inquiry__in=keys).values_list("inquiry", flat=True)
    return Counter([*passed, *climbed])
