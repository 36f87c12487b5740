"""Mistakes as somebody might make them, planted to see that the machine finds them, and by which invariant."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from handover import custody, departing, shares, splitting, switching
from handover.models import Custody, Handover, HandoverItem, MandateRegistration
from handover.queries import handovers
from handover.rules import TABLE
from handover.transitions import absence, authority, deputies, leaving, mandate_granting, receiving
from outbox import post

Patch = pytest.MonkeyPatch


class _Nothing:
    """Stands for rows that nobody touches."""

    class objects:
        @staticmethod
        def filter(**kwargs: Any) -> type["_Nothing"]:
            return _Nothing

        @staticmethod
        def current() -> type["_Nothing"]:
            return _Nothing

    @staticmethod
    def filter(**kwargs: Any) -> type["_Nothing"]:
        return _Nothing

    @staticmethod
    def update(**kwargs: Any) -> int:
        return 0


def the_kit_outlives_its_custody(patch: Patch) -> None:
    patch.setattr(custody, "RecoveryKit", _Nothing)


def certificates_stay_valid(patch: Patch) -> None:
    patch.setattr(custody, "supersede_certificates", lambda registration, at: ())


def the_new_custodian_gets_no_tasks(patch: Patch) -> None:
    patch.setattr(custody, "_leave_tasks", lambda registration, user, at: None)


def the_deputy_stays_when_made_custodian(patch: Patch) -> None:
    original = custody.end_deputies

    def end_deputies(deputies: Any, *, at: Any, by: Any = None) -> None:
        in_charge = Custody.objects.current()
        stay = [
            one.pk for one in deputies if in_charge.filter(registration=one.registration_id, user=one.user_id).exists()
        ]
        original(deputies.exclude(pk__in=stay), at=at, by=by)

    patch.setattr(custody, "end_deputies", end_deputies)


def replace_rule(patch: Patch, action: str, **changed: Any) -> None:
    patch.setitem(TABLE, action, replace(TABLE[action], **changed))  # type: ignore[arg-type]


def anybody_accepts(patch: Patch) -> None:
    replace_rule(patch, "accept", who=lambda actor, handover: True)


def the_switch_is_not_told(patch: Patch) -> None:
    original = switching.event
    patch.setattr(switching, "event", lambda verb, **said: original(verb, **{**said, "facts": {}}))


def the_receipt_says_nothing(patch: Patch) -> None:
    patch.setattr(switching, "receipt_facts", lambda handover, at: {})


def nobody_hears_of_a_switch(patch: Patch) -> None:
    original = post.mail

    def mail(template: str, **more: Any) -> Any:
        return None if template.startswith("handover_switched") else original(template, **more)

    patch.setattr(post, "mail", mail)


def what_was_set_aside_is_switched_all_the_same(patch: Patch) -> None:
    original = receiving._sorted_out
    patch.setattr(receiving, "_sorted_out", lambda handover, rows: (rows, original(handover, rows)[1]))


def what_was_declined_is_not_put_back(patch: Patch) -> None:
    original = shares.put_back

    def put_back(source: Handover, registrations: Any, **more: Any) -> Any:
        # Of what ended; while it is accepted, the list is still that of an offer.
        forgotten = 0 if source.status == Handover.Status.OFFERED else 1
        return original(source, list(registrations)[forgotten:], **more)

    patch.setattr(shares, "put_back", put_back)


def what_was_accepted_is_assigned_anew(patch: Patch) -> None:
    patch.setattr(splitting, "MOVABLE", (*splitting.MOVABLE, Handover.Status.ACCEPTED, Handover.Status.CONFIRMED))


def items_that_leave_are_deleted(patch: Patch) -> None:
    def leave(source: Handover, registrations: Any, *, at: Any) -> list[HandoverItem]:
        items = list(source.items.standing().filter(registration__in=[one.pk for one in registrations]).order_by("pk"))
        HandoverItem.objects.filter(pk__in=[item.pk for item in items]).delete()
        return items

    patch.setattr(shares, "leave", leave)


def leaving_forgets_one_registration(patch: Patch) -> None:
    original = departing._pass_on
    patch.setattr(departing, "_pass_on", lambda left, user, rows, at: original(left, user, rows[:-1], at=at))


def nobody_passes_on_what_is_in_care(patch: Patch) -> None:
    patch.setattr(departing, "_let_wait", lambda left, leaver, own, at: None)


def a_finished_package_stays_open(patch: Patch) -> None:
    patch.setattr(shares, "finish_if_done", lambda package, at: None)


def the_clock_ignores_the_pause(patch: Patch) -> None:
    replace_rule(patch, "switch", states=frozenset({Handover.Status.FROZEN}) | TABLE["switch"].states)
    original = switching.is_due
    patch.setattr(switching, "is_due", lambda handover, at: handover.status == "frozen" or original(handover, at))
    patch.setattr(
        handovers, "due_for_switch", lambda today: Handover.objects.filter(status="frozen", accepted_at__isnull=False)
    )


def what_was_accepted_switches_at_once(patch: Patch) -> None:
    patch.setattr(switching, "is_due", lambda handover, at: handover.status == "accepted")


def the_last_administrator_leaves_unseen(patch: Patch) -> None:
    patch.setattr(leaving, "_refuse_last_administrator", lambda leaver, actor: None)
    patch.setattr(custody, "mind_administrator_gap", lambda organisation, at: None)


def who_is_not_seen_loses_it(patch: Patch) -> None:
    original = absence.open_alerts

    def open_alerts(kind: str, registrations: Any, *, at: Any, **more: Any) -> None:
        original(kind, registrations, at=at, **more)
        for one in registrations:
            custody.give(one, None, kind="caretaker", basis="caretaker", basis_label="absence", at=at)

    patch.setattr(absence, "open_alerts", open_alerts)


def the_question_outlives_the_custody(patch: Patch) -> None:
    patch.setattr(custody, "_let_go", lambda registration, at: None)


def mandates_go_on_by_themselves(patch: Patch) -> None:
    patch.setattr(custody.mandating, "settle", lambda registration, kept, at: custody.mandating.Settled())


def a_custodian_gives_away_what_others_hold(patch: Patch) -> None:
    def sides(mandate: Any, actor: Any) -> tuple[list[Any], list[Any]]:
        rows = MandateRegistration.objects.undecided().filter(mandate=mandate)
        return list(rows.select_related("registration").order_by("pk")), []

    patch.setattr(mandate_granting, "_sides_of_question", sides)


def what_was_taken_out_is_used(patch: Patch) -> None:
    rows = type(MandateRegistration.objects.all())
    patch.setattr(rows, "in_force", lambda self, at: self.filter(since__lte=at))


def one_human_approves_twice(patch: Patch) -> None:
    patch.setattr(authority, "is_one_of", lambda user, accounts: user.pk in set(accounts))


def the_notice_is_not_waited_for(patch: Patch) -> None:
    patch.setattr(authority.reads, "obstacles", lambda case, at: [])


def a_deputy_stands_in_at_once(patch: Patch) -> None:
    patch.setattr(deputies, "business_days_after", lambda day, number: day)


def a_custodian_is_named_deputy(patch: Patch) -> None:
    patch.setattr(deputies, "_refuse_person", lambda registration, chosen: None)


class Fault(NamedTuple):
    """`often` are the rules that are drawn more often, so that few sequences are enough."""

    plant: Callable[[Patch], None]
    found_by: str
    often: tuple[str, ...]


SWITCH = ("drafts", "accepts", "confirms", "passes")
AUTHORITY = ("proposes_reassignment", "goes_on_with_authority")
SPLIT = ("opens_package", "offers_package", "accepts", "declines")

FAULTS = [
    Fault(the_kit_outlives_its_custody, "3", ("makes_kit", *SWITCH)),
    Fault(certificates_stay_valid, "3", ("issues_certificate", *SWITCH)),
    Fault(the_new_custodian_gets_no_tasks, "3", SWITCH),
    Fault(the_deputy_stays_when_made_custodian, "8", ("becomes_deputy", *SWITCH)),
    Fault(anybody_accepts, "4", ("drafts", "does_something_impossible", "accepts")),
    Fault(the_switch_is_not_told, "3", SWITCH),
    Fault(the_receipt_says_nothing, "3", SWITCH),
    Fault(nobody_hears_of_a_switch, "3", SWITCH),
    Fault(what_was_set_aside_is_switched_all_the_same, "5", SPLIT),
    Fault(what_was_declined_is_not_put_back, "package", SPLIT),
    Fault(what_was_accepted_is_assigned_anew, "accepted", ("assigns", *SPLIT)),
    Fault(items_that_leave_are_deleted, "items", ("assigns", *SPLIT)),
    Fault(leaving_forgets_one_registration, "9", ("leaves",)),
    Fault(nobody_passes_on_what_is_in_care, "care", ("leaves",)),
    Fault(a_finished_package_stays_open, "package", (*SPLIT, "passes")),
    Fault(the_clock_ignores_the_pause, "5", ("opens_package", "offers_package", "objects", "accepts")),
    Fault(what_was_accepted_switches_at_once, "agreed", SWITCH),
    Fault(the_last_administrator_leaves_unseen, "6", ("leaves",)),
    Fault(who_is_not_seen_loses_it, "R7", ("months_pass", "mail_comes_back")),
    Fault(the_question_outlives_the_custody, "R7", ("months_pass", "leaves", *SWITCH)),
    Fault(mandates_go_on_by_themselves, "25", ("grants_mandate", *SWITCH)),
    Fault(a_custodian_gives_away_what_others_hold, "25", ("asks_mandate", "answers_mandate")),
    Fault(what_was_taken_out_is_used, "25", ("grants_mandate", "takes_out", "uses")),
    Fault(one_human_approves_twice, "10", AUTHORITY),
    Fault(the_notice_is_not_waited_for, "10", AUTHORITY),
    Fault(a_deputy_stands_in_at_once, "B5", ("becomes_deputy", "reports_absence", "waits")),
    Fault(a_custodian_is_named_deputy, "8", ("becomes_deputy",)),
]
