"""What deputies, contractors, the yearly question and the provider's decisions may never do, asked after every act.

Functions as those of `checks`, which collects them. Each looks first whether anything was told that it is about.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from audit.models import Event
from handover import custody
from handover.models import (
    Attestation,
    AuthorityCase,
    Deputy,
    FaultReport,
    GapAlert,
    Handover,
    Mandate,
    MandateRegistration,
    StandIn,
)
from tests.handover.life.broken import ask, changes

if TYPE_CHECKING:
    from tests.handover.life.rows import Now, Told
    from tests.handover.life.world import World

QUIET = ("attestation", "absence", "season", "notices", "notice", "mail", "deputy", "mandate")
"""What verbs begin with that never give a registration to anybody (procedure.md B5, last row)."""
TEN_BUSINESS_DAYS = timedelta(days=14)
"""The least that ten business days last: they have two weekends between them."""


def _told(now: Now, *verbs: str) -> list[Told]:
    return [one for one in now.told if one.verb in verbs]


def _begun(before: Now, now: Now) -> list[Any]:
    return [row for pk, row in now.periods.items() if pk not in before.periods]


def asking_takes_nothing_from_anybody(world: World, before: Now, now: Now) -> None:
    """Whoever does not answer, is not seen or was asked for something stays in charge."""
    begun = _begun(before, now)
    if begun and any(one.verb.partition(".")[0] in QUIET for one in now.told):
        loud = [one for one in now.told if one.verb.partition(".")[0] not in QUIET]
        labels = {label for one in loud for label, _facts in changes(one)}
        for row in begun:
            ask("R7", f"registration:{world.numbers[row.registration]}" in labels, f"taken by the way: {row}")


def whoever_is_asked_is_in_charge(world: World, before: Now, now: Now) -> None:
    if _begun(before, now) or any(one.verb.partition(".")[0] in ("attestation", "absence") for one in now.told):
        for registration, user in Attestation.objects.open().values_list("registration", "user"):
            row = now.current(registration)
            ask("R7", (row.user, row.kind) == (user, "custodian"), f"user:{user} is asked about {row}")
        alerts = GapAlert.objects.filter(kind__in=custody.OF_THE_PERSON, closed_at=None)
        for registration, kind, opened in alerts.values_list("registration", "kind", "opened_at"):
            ask("R7", now.current(registration).from_at <= opened, f"{kind} of somebody who held {registration}")


def a_mandate_stays_within_its_bounds(world: World, before: Now, now: Now) -> None:
    for told in _told(now, "mandate.granted"):
        mandate = Mandate.objects.get(number=told.subject.partition(":")[2])
        ask("25", mandate.ends_on < _year_after(mandate.starts_on), f"longer than a year: {mandate}")
        rows = MandateRegistration.objects.granted().filter(mandate=mandate).select_related("registration")
        ask("25", rows, f"a mandate on nothing: {mandate}")
        for row in rows:
            ask("25", row.registration.organisation_id == mandate.customer_id, f"of another customer: {row}")
            by = int(told.actor.partition(":")[2])
            may = by in world.administrators or before.current(row.registration_id).user == by
            ask("25", may, f"{told.actor} gave away {row}")
    for told in now.told:
        if told.facts.get("as") == "contractor":
            _is_covered(told)


def _year_after(day: date) -> date:
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else date(day.year + 1, 3, 1)


def _is_covered(told: Told) -> None:
    """What a contractor did is within registrations and period; what it did last was a minute ago at most."""
    mandate = Mandate.objects.get(number=told.facts["mandate"])
    day = timezone.localdate(told.at)
    ask("25", mandate.status == "active" and mandate.starts_on <= day <= mandate.ends_on, f"{told} not in its time")
    rows = MandateRegistration.objects.filter(mandate=mandate, since__isnull=False, until=None)
    if "fault" in told.facts:
        ask("25", rows.filter(pk=FaultReport.objects.get(pk=told.facts["fault"]).row_id), f"{told} of nothing granted")
    else:
        number = told.subject.partition(":")[2]
        ask("25", rows.filter(registration__number=number), f"{told} of nothing granted")


def a_mandate_ends_with_the_custody_unless_kept(world: World, before: Now, now: Now) -> None:
    begun = {row.registration: row for row in _begun(before, now) if row.kind == "custodian" and row.to_at is None}
    if not begun:
        return
    facts = {label: each for one in now.told for label, each in changes(one)}
    stay = MandateRegistration.objects.granted().filter(registration__in=begun)
    for registration, number, since in stay.values_list("registration", "mandate__number", "since"):
        row = begun[registration]
        if since < row.from_at:
            kept: Iterable[str] = facts[f"registration:{world.numbers[registration]}"].get("mandates_kept", ())
            ask("25", number in kept, f"nobody kept {number} on {row}")
            ask("25", _was_chosen(row, number), f"the successor did not choose to keep {number}: {row}")


def _was_chosen(row: Any, number: str) -> bool:
    kind, _colon, deal = row.basis_label.partition(":")
    if kind != "handover":
        return False
    choices = Handover.objects.get(number=deal).mandate_choices
    return bool(choices.get(number) == "keep")


def a_contractor_holds_nothing(world: World, before: Now, now: Now) -> None:
    worker = world.cast.worker.pk
    ask("25", not any(row.user == worker for row in _begun(before, now)), "a contractor is in charge")
    ask("25", not any(one.given_to == worker for one in now.open_deals()), "a contractor is a successor")


def two_people_and_a_notice_before_authority_acts(world: World, before: Now, now: Now) -> None:
    for told in _told(now, "authority.executed"):
        case = AuthorityCase.objects.get(number=told.subject.partition(":")[2])
        yes = dict(case.approvals.values_list("by__person", "role"))
        ask("10", set(yes.values()) == {"approver", "senior"}, f"approved by one natural person: {case} {yes}")
        checked = case.proofs.values_list("checked_by__person", "seconded_by__person")
        prepared = {case.proposed_by.person_id, *(one for pair in checked for one in pair)}
        ask("10", not prepared & yes.keys(), f"who prepared {case} approved it")
        ask("10", case.notified_at and case.notice_ends_on, f"{case} without notice")
        if case.notified_at and case.notice_ends_on:
            lasted = (case.notice_ends_on - timezone.localdate(case.notified_at)).days
            ask("10", lasted >= 3 and world.today > case.notice_ends_on, f"the notice of {case} was too short")
        objection = getattr(case, "objection", None)
        ask("10", objection is None or objection.answered_at, f"nobody answered in {case}")
        other = case.approvals.exclude(signed_hash=case.proposal_hash)
        ask("10", not other.exists(), f"something else was signed in {case}")


def a_deputy_waits_and_there_are_two_at_most(world: World, before: Now, now: Now) -> None:
    for told in _told(now, "deputy.stood_in"):
        standing = StandIn.objects.select_related("report__custody").get(since=told.at, basis="absence")
        report = standing.report
        ask("B5", report and timezone.localdate(told.at) - timezone.localdate(report.at) > TEN_BUSINESS_DAYS, told)
        if report:
            seen = Event.objects.filter(actor=report.custody.holder_label, at__gt=report.at, at__lte=told.at)
            ask("B5", not seen.exists(), f"the person in charge was here: {told}")
    for told in _told(now, "deputy.named"):
        number = told.subject.partition(":")[2]
        ask("B1", Deputy.objects.current().filter(registration__number=number).count() <= 2, f"three deputies: {told}")


CHECKS = [
    asking_takes_nothing_from_anybody,
    whoever_is_asked_is_in_charge,
    a_mandate_stays_within_its_bounds,
    a_mandate_ends_with_the_custody_unless_kept,
    a_contractor_holds_nothing,
    two_people_and_a_notice_before_authority_acts,
    a_deputy_waits_and_there_are_two_at_most,
]
