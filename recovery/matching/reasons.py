"""Why a registration may be the one that is meant, in words. For the provider's people only."""

from django.utils.translation import gettext as _

from recovery.matching.facts import Facts
from recovery.matching.scoring import Evidence


def reasons_of(evidence: Evidence, known: Facts) -> list[str]:
    """Return what agrees first, then what differs, each in a few words."""
    return [*_agreeing(evidence, known), *_differing(evidence)]


def _agreeing(evidence: Evidence, known: Facts) -> list[str]:
    found = [_name(evidence, known)]
    for feature, words in (
        ("bill", _("same bill number")),
        ("bill_in_part", _("the bill number agrees in part")),
        ("phone", _("same phone")),
        ("phone_end", _("the end of the phone number agrees")),
        ("mail", _("same mail address")),
        ("spot", _("same address")),
        ("spot_in_part", _("the address agrees in part")),
        ("postal", _("same postal code")),
        ("unit_said", _("the unit was named")),
        ("unit_in_part", _("the unit agrees in part")),
    ):
        if evidence[feature]:
            found.append(words)
    if not evidence["spot"] and not evidence["spot_in_part"] and evidence["town"] >= 0.9:
        found.append(_("same town"))
    return [words for words in found if words]


def _name(evidence: Evidence, known: Facts) -> str:
    if evidence.name and evidence.name in known.former and evidence["alike"] >= 0.8:
        return _("former name")
    if evidence["exact"]:
        return _("same name")
    if evidence["part_exact"]:
        return _("part of what was said is the name")
    if evidence["same_sound"] or evidence["sound"] >= 0.6 or (evidence["by_reading"] and evidence["alike"] >= 0.9):
        return _("name reads alike")
    if evidence["near"] or evidence["alike"] >= 0.85:
        return _("name is nearly the same")
    return _("name agrees in part") if evidence["alike"] >= 0.6 else ""


def _differing(evidence: Evidence) -> list[str]:
    is_known = evidence["exact"] or evidence["phone"] or evidence["bill"]
    found = []
    if evidence["town_differs"] or evidence["prefecture_differs"]:
        found.append(_("address moved, or another place") if is_known else _("another place"))
    if evidence["phone_differs"]:
        found.append(_("another phone"))
    if evidence["legal_differs"]:
        found.append(_("another legal form"))
    if evidence["unit_differs"]:
        found.append(_("another unit"))
    if evidence["unit_unsaid"]:
        found.append(_("its unit was not named"))
    return found
