"""The text that is signed: the facts of a proposal in words, all of them and nothing else."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from audit import queries as log
from handover.printing import era
from recovery import covering
from recovery.models import CaseException, Claim, ContactAttempt, Evidence, RouteChoice
from recovery.procedure.bending import words_of


def signed_words(claim: Claim) -> list[tuple[str, list[str]]]:
    """Return names and values of what the proposal fixed; whoever approves signs exactly this, by its hash.

    Addresses that are part of it stand in the facts as fingerprints; here they are in clear, each with whoever of the
    staff typed it in: who approves compares the one with the registry, and knows when the desk chose the other.
    """
    facts = claim.proposal
    if not facts:
        return []
    procedure = claim.procedure.procedure
    tier = procedure.tier(facts["tier"])
    circumstances = [procedure.circumstance(code).name for code in facts["circumstances"]]
    evidence = [_at(f"{code} {procedure.kind(code).name}", at) for _pk, code, at in facts["evidence"]]
    attempts = [
        _at(f"{ContactAttempt.Medium(medium).label}　{ContactAttempt.Result(result).label}", at)
        for medium, result, at in facts["attempts"]
    ]
    bent = [(_("Exceptions"), list(_exceptions(claim, facts["exceptions"])))] if facts.get("exceptions") else []
    return [
        (_("Claim"), [facts["claim"]]),
        (_("Registration"), [facts["registration"] or ""]),
        (_("Procedure"), [_("version %(number)d") % {"number": facts["procedure"]}]),
        (_("Risk tier"), [f"{facts['tier']} {tier.name}"]),
        *_route(claim, facts),
        (_("Circumstances"), _or_none(circumstances)),
        (_("Evidence"), _or_none(evidence)),
        (_("Points"), [str(facts["points"])]),
        (_("Attempts to reach the predecessor"), _or_none(attempts)),
        (_("The claimant's mail address, as confirmed"), _mailbox(claim)),
        (_("The head office, as taken from the registry"), _or_none(_head_office(claim))),
        *(_list(claim, facts["list"]) if facts.get("list") else []),
        *bent,
    ]


def _at(what: str, moment: str) -> str:
    return _("%(what)s (%(when)s)") % {"what": what, "when": _moment(moment)}


def _list(claim: Claim, facts: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Say every line of the list: what is signed is all of it, by its hash."""
    lines = [
        f"{line.registration.number} → {covering.mail_of(line, claim) or _('the claimant')}"
        for line in covering.signed_lines(claim)
        if line.registration
    ]
    return [
        (_("The list"), [_("%(count)d registrations") % {"count": int(facts["count"])}, facts["hash"]]),
        (_("Registrations of the list, and whose they become"), _or_none(lines)),
    ]


def _route(claim: Claim, facts: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Say by which route it goes, what stands in for the normal needs, who chose it and why."""
    if "route" not in facts:
        return
    code, chosen = facts["route"]
    route = claim.procedure.procedure.route(code)
    choice = RouteChoice.objects.select_related("by").get(pk=chosen)
    by = _("Chosen by %(who)s: %(why)s") % {"who": choice.by.display_name, "why": choice.reason}
    yield _("Route"), [route.who, _("Instead: %(what)s") % {"what": route.instead}, by]


def _exceptions(claim: Claim, facts: Iterable[list[str]]) -> Iterator[str]:
    """Say each need that is not met, until when, for which reason, and what stands in for it."""
    rows = {row.pk: row for row in CaseException.objects.filter(claim=claim)}
    for pk, rule, _hash, until in facts:
        one = rows[int(pk)]
        words = {
            "rule": words_of(claim.procedure.procedure, rule),
            "reason": one.get_reason_code_display(),
            "control": one.words["control"],
            "until": era.era_date(date.fromisoformat(until), get_language() or "ja"),
        }
        yield _("%(rule)s: waived until %(until)s (%(reason)s). Instead: %(control)s") % words


def _mailbox(claim: Claim) -> list[str]:
    typed_in = log.last_by(claim.label, ("claim.received", "claim.mailbox_changed"))
    name = _name_of(typed_in)
    by = [_("Typed in by %(who)s, not by the claimant.") % {"who": name}] if name else []
    return [claim.mailbox, *by]


def _head_office(claim: Claim) -> list[str]:
    office = claim.head_office
    if not office:
        return []
    source = Evidence.Source(office["source"]).label
    name = _name_of(f"user:{office['by']}") if "by" in office else ""
    by = [_("Taken by %(who)s: %(source)s") % {"who": name, "source": source}] if name else [str(source)]
    return [f"〒{office['postal_code']} {office['address']}", *by]


def _name_of(label: str) -> str:
    """Return the name of somebody of the staff by the label of the account, "" for the public."""
    kind, _colon, key = label.partition(":")
    if kind != "user":
        return ""
    return User.objects.filter(pk=key).values_list("display_name", flat=True).first() or ""


def _or_none(words: Iterable[str]) -> list[str]:
    return list(words) or [_("none")]


def _moment(text: str) -> str:
    at = timezone.localtime(datetime.fromisoformat(text))
    return f"{era.era_date(at.date(), get_language() or 'ja')} {at:%H:%M}"
