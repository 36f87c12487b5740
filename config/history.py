"""The log as a reader sees it: verbs in words, labels as names, staff by organisation and role."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import OrganisationKind, Role, User
from accounts.prepared import Prepared
from audit.models import Event
from config.wording import WORDING
from handover.models import ContactPoint, Custody, LookReason

_WITH_REASON = ("document.downloaded", "document.viewed", "registration.exported")
STAFF = (OrganisationKind.AGENCY, OrganisationKind.PROVIDER)


@dataclass(frozen=True)
class Entry:
    """One line of a history: when, what, and who did it."""

    at: datetime
    text: str
    by: str


@dataclass(frozen=True)
class _Term:
    """One membership of an account."""

    organisation: str
    name: str
    kind: str
    role: str
    since: datetime
    until: datetime | None


def entries(events: Iterable[Event]) -> list[Entry]:
    """Return `events` as lines for a reader in the current language, in one query however many they are."""
    rows = list(events)
    names = _Names({label for event in rows for label in (event.actor, *_labels_in(event.facts))})
    return [Entry(event.at, _text(event, names), names.actor(event)) for event in rows]


def _labels_in(facts: dict[str, Any]) -> list[str]:
    return [value for value in facts.values() if isinstance(value, str) and value.startswith("user:")]


def _text(event: Event, names: "_Names") -> str:
    words = str(WORDING[event.verb])
    note = _note(event.facts, names, event)
    return _("%(words)s (%(note)s)") % {"words": words, "note": note} if note else words


def _note(facts: dict[str, Any], names: "_Names", event: Event) -> str:
    """Say what the facts add, where a reader gains by it."""
    old, new = facts.get("from"), facts.get("to")
    if isinstance(old, str) and isinstance(new, str):
        return _("from %(old)s to %(new)s") % {"old": names.of(old, event), "new": names.of(new, event)}
    if isinstance(new, str):
        return _("to %(new)s") % {"new": names.of(new, event)}
    if isinstance(deputy := facts.get("deputy"), str):
        return names.of(deputy, event)
    if event.verb.startswith("contact_point.") and facts.get("kind") in ContactPoint.Kind.values:
        return str(ContactPoint.Kind(facts["kind"]).label)
    role, reason = _capacity(str(facts.get("as", ""))), facts.get("reason")
    if event.verb in _WITH_REASON and reason in LookReason.values:
        return _("%(role)s: %(reason)s") % {"role": role, "reason": LookReason(reason).label}
    if role and (mandate := facts.get("mandate")):
        return _("%(role)s, %(number)s") % {"role": role, "number": mandate}
    return role


def _capacity(role: str) -> str:
    words = {
        "custodian": Custody.Kind.CUSTODIAN.label,
        "deputy": _("as deputy"),
        "successor": _("as successor"),
        "former": _("as former person in charge"),
        "administrator": Role.ADMINISTRATOR.label,
        "contractor": _("by mandate as contractor"),
        "representative": _("standing in for the person in charge"),
    }
    return str(words.get(role, ""))


class _Names:
    """Names of the accounts behind labels. Nobody is ever deleted, so a former person still has one."""

    def __init__(self, labels: Collection[str]) -> None:
        keys = {int(label.removeprefix("user:")) for label in labels if label.startswith("user:")}
        self.names: dict[str, str] = {}
        self.terms: dict[str, list[_Term]] = {}
        for pk, name, *term in self._rows(keys):
            self.names[f"user:{pk}"] = name
            if term[0] is not None:
                self.terms.setdefault(f"user:{pk}", []).append(_Term(f"organisation:{term[0]}", *term[1:]))

    def _rows(self, keys: set[int]) -> Iterable[Any]:
        if not keys:
            return []
        asked = {f"key{place}": key for place, key in enumerate(sorted(keys))}
        return _named(len(asked)).rows(**asked)

    def actor(self, event: Event) -> str:
        """Return who acted: customers by name, staff by organisation and role, commands and clocks as the system."""
        if event.actor.startswith("user:"):
            return self.of(event.actor, event)
        return _("Somebody without an account") if event.actor == "public" else _("By the system")

    def of(self, label: str, event: Event) -> str:
        """Return the name of `label` as it is told at the time of `event`."""
        if label == "provider":
            english = (get_language() or "ja").startswith("en")
            return settings.PROVIDER_NAME_EN if english else settings.PROVIDER_NAME
        terms = [term for term in self.terms.get(label, []) if term.since <= event.at]
        staff = [term for term in terms if term.kind in STAFF]
        if not staff:
            return self.names.get(label, _("Unknown person"))
        # The last term begun before the event: a role taken up later says nothing about then.
        current = [term for term in staff if term.until is None or term.until >= event.at] or staff
        roles = dict.fromkeys(str(Role(term.role).label) for term in current if term.name == current[-1].name)
        return _("%(organisation)s, %(role)s") % {"organisation": current[-1].name, "role": " / ".join(roles)}


@lru_cache(maxsize=100)
def _named(many: int) -> Prepared:
    """Return the query for the names and memberships of so many accounts."""
    membership, organisation = "memberships__", "memberships__organisation__"
    names = (
        "pk",
        "display_name",
        f"{membership}organisation_id",
        f"{organisation}legal_name",
        f"{organisation}kind",
        f"{membership}role",
        f"{membership}since",
        f"{membership}until",
    )

    def build(**keys: int) -> QuerySet[User, tuple[Any, ...]]:
        rows = User.objects.filter(pk__in=list(keys.values())).order_by("pk", "memberships__since")
        return rows.values_list(*names)

    return Prepared(build, **{f"key{place}": int for place in range(many)})
