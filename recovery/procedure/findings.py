"""What keeps a version from being published, in words: the rule, the tier, and the combination that fails."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.errors import Words
from recovery.procedure.shapes import Procedure

_RULES: dict[str, Words] = {
    "left_out": gettext_lazy("The product asks for these by name, so they may be changed but not left out"),
    "never": gettext_lazy("What no exception may bend has to name these as well"),
    "placed_lower": gettext_lazy("A circumstance places a claim lower than usual"),
    "default": gettext_lazy("A usual claim changes who is in charge, so it is of tier 3 at least"),
    "kit_window": gettext_lazy("After a recovery kit there are at least 3 business days to object"),
    "zero": gettext_lazy("Zero would switch this rule off"),
    "tenure": gettext_lazy("A number or address of record has to be on record for some time before it counts"),
    "contractor": gettext_lazy("A contractor never confirms that somebody may act"),
    "window": gettext_lazy("There are at least 7 calendar days and 5 business days to object"),
    "shortened": gettext_lazy("A shortened time to object has at least 3 business days"),
    "shortened_by": gettext_lazy(
        "Only who reached the organisation through a contact point and through somebody else waits less"
    ),
    "approvals": gettext_lazy("An operator proposes and an approver, another person, decides"),
    "notices": gettext_lazy("Every channel of record gets a notice"),
    "attempts": gettext_lazy("The predecessor is tried to be reached"),
    "inactivity": gettext_lazy("Somebody who was here lately is not overridden"),
    "cooling_off": gettext_lazy("The protected time is at least as long as the time to object, and at least 7 days"),
    "softer": gettext_lazy("This tier asks for less than the one below"),
    "too_large": gettext_lazy("No number here is larger than 10,000"),
    "too_many": gettext_lazy("There are too many kinds of evidence to try every combination of them"),
    "mixed": gettext_lazy(
        "One proof may stand for organisation and authority; for any other two it would be a check that nobody made"
    ),
    "unreachable": gettext_lazy("No combination reaches this tier, not even everything together"),
    "worse": gettext_lazy("More evidence is worth less: this combination falls short by one proof too many"),
    "disagreeing": gettext_lazy("The search and the weighing disagree about a combination"),
    "easier": gettext_lazy("This tier is reached by a combination that is not enough for the tier below"),
    "papers": gettext_lazy("Papers and what the claimant brings alone reach this tier: nobody was asked"),
    "without_P": gettext_lazy("This tier is reached without a proof of who the claimant is"),
    "without_A": gettext_lazy("This tier is reached without anybody else saying that the claimant may act"),
    "without_C": gettext_lazy("This tier is reached without a check through a contact point"),
    "one_channel": gettext_lazy("This tier is reached with fewer than two different numbers or addresses"),
    "own_authority": gettext_lazy(
        "Where nobody else is asked, it is decided at the strictest tier: by a senior approver, and nothing shortens"
        " the time to object"
    ),
    "links": gettext_lazy("Certificate, bills and password together are worth more than 20 points"),
}


def words_of(finding: Mapping[str, Any], procedure: Procedure) -> str:
    """Return a finding (`Finding.plain`) in words of the reader's language."""
    words = str(_RULES.get(finding["rule"], finding["rule"]))
    if finding["tier"] is not None:
        words = _("Tier %(number)s: %(words)s") % {"number": finding["tier"], "words": words}
    if route := finding.get("route"):
        names = {one.code: one.who for one in procedure.routes}
        words = _("Route “%(name)s”, %(words)s") % {"name": names.get(route, route), "words": words}
    more = _facts(finding["facts"])
    return f"{words} ({more})" if more else words


def combinations_of(finding: Mapping[str, Any], procedure: Procedure) -> list[str]:
    """Return its smallest failing combinations, each kind by code and name."""
    names = {kind.code: kind.name for kind in procedure.kinds}
    return [" + ".join(f"{code} {names.get(code, '')}".strip() for code in codes) for codes in finding["combinations"]]


def more_of(finding: Mapping[str, Any]) -> str:
    """Return how many combinations are not named, "" when all are."""
    more = int(finding["count"]) - len(finding["combinations"])
    if more <= 0:
        return ""
    return ngettext("and %(count)d more like it", "and %(count)d more like these", more) % {"count": more}


def _facts(facts: Mapping[str, Any]) -> str:
    said = [str(facts[key]) for key in ("place", "name", "what", "circumstance", "why") if facts.get(key)]
    said += [", ".join(facts["names"])] if "names" in facts else []
    return ": ".join(said)
