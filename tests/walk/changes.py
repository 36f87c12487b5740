"""Requests of change at each stage, for the walk: one side's own, whose receiving side is neither of the two."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from accounts.models import Organisation, User
from handover import transitions
from handover.models import Affiliation, ChangeRequest, ContactPoint, Registration, Task
from tests.cast import Cast, actor
from tests.changes import approved, asked, proposed, ready
from tests.stock import NOW, registration


@dataclass(frozen=True)
class Changes:
    """The requests of one customer, named by what comes next."""

    main: Registration
    point: ContactPoint
    requested: ChangeRequest
    complete: ChangeRequest
    proposed: ChangeRequest
    to_release: ChangeRequest
    to_execute: ChangeRequest

    def arguments(self) -> dict[str, list[Any]]:
        """Return the arguments of each path."""
        main, requested, decided = [self.main.number], [self.requested.number], [self.proposed.number]
        own: dict[str, list[Any]] = {
            **dict.fromkeys(("choose_change", "cancel", "change_unit", "confirm_unit"), main),
            **dict.fromkeys(("change", "consent", "withdraw_change"), requested),
            **dict.fromkeys(("find_receiver", "record_consent", "check_proof"), requested),
            **dict.fromkeys(("approve_change", "refuse_change"), decided),
            "request_change": [self.main.number, "rename"],
            "confirm_contact_point": [self.main.number, self.point.pk],
            "propose_change": [self.complete.number],
            "release_for_change": [self.to_release.number],
            "execute_change": [self.to_execute.number],
        }
        return {f"handover:{name}": arguments for name, arguments in own.items()}

    def posts(self, home: Organisation, receiver: Organisation) -> dict[str, dict[str, Any]]:
        """Return what those who may send to each path."""
        token, day = str(uuid.uuid4()), "2026-11-02"
        named = {"new_name": "新しい名前", "new_kana": "アタラシイナマエ", "reason": "登記", "token": token}
        affiliation = {"organisation": home.legal_name, "other": receiver.legal_name, "kind": "parent"}
        own: dict[str, dict[str, Any]] = {
            "request_change": {"scope": "this", **named},
            "change_on_paper": {"scope": "listed", "numbers": self.main.number, **named},
            "cancel": {"has_read": "on", "reason": "閉店", "wished_on": "2027-03-31", "token": token},
            "withdraw_change": {"reason": "取りやめ"},
            "find_receiver": {"organisation": receiver.legal_name},
            "record_consent": {"side": "giver", "signed_on": day, "reference": "1"},
            "check_proof": {"kind": "seal_giver", "issued_on": day, "reference": "1"},
            "propose_change": {"reason": "そろった"},
            "approve_change": {"signed_hash": self.proposed.proposal_hash, "reason": "よい"},
            "refuse_change": {"reason": "足りない"},
            "release_for_change": {"signed_hash": self.to_release.proposal_hash},
            "execute_change": {"signed_hash": self.to_execute.proposal_hash},
            "change_unit": {"unit": "第一課"},
            "ask_for_unit": {"organisation": home.pk, "name": self.main.registered_name, "unit": self.main.unit},
            "record_affiliation": {**affiliation, "proof": "登記", "issued_on": day},
        }
        return {f"handover:{name}": data for name, data in own.items()}


def affiliated(cast: Cast, receiver: Organisation) -> Affiliation:
    """Record that the third organisation belongs to 若葉省."""
    return transitions.record_affiliation(
        organisation_pk=cast.wakaba.pk,
        other_pk=receiver.pk,
        kind="group",
        proof="登記",
        issued_on=NOW.date(),
        actor=actor(cast.operator),
        at=NOW,
    )


def changes(cast: Cast, main: Registration, receiver: Organisation, custodian: User, administrator: User) -> Changes:
    """Bring one request to each stage, each about a registration of its own; `main` waits for confirmations."""
    home, letter = main.organisation, main.number[0]
    # Those that help with consents are found by their side; the receiving one is never a customer with people.
    theirs = replace(cast, wakaba=receiver, hanako=administrator, taro=custodian)
    held = [registration(home, f"{letter}-{number}", custodian=custodian) for number in range(21, 26)]
    renamed = {"new_name": "別の名前", "new_kana": "ベツノナマエ"}
    point = main.contact_points.filter(until=None).order_by("pk")[0]
    ContactPoint.objects.filter(pk=point.pk).update(to_confirm=True)
    Task.objects.create(kind=Task.Kind.CONFIRM_UNIT, registration=main, owner=custodian, opened_at=NOW)
    return Changes(
        main=main,
        point=point,
        requested=asked(theirs, "transfer", held[0], receiver_name=receiver.legal_name, receiver_corporate_number=""),
        complete=ready(theirs, asked(theirs, "rename", held[1], **renamed)),
        proposed=proposed(theirs, asked(theirs, "cancellation", held[2])),
        to_release=approved(theirs, asked(theirs, "succession", held[3], receiver_name=receiver.legal_name)),
        to_execute=approved(theirs, asked(theirs, "rename", held[4], **renamed)),
    )
