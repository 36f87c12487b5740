"""From the data of one version to the procedure that the code works with; inconsistent data is refused as a whole."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from recovery.procedure.entries import Entry
from recovery.procedure.shapes import (
    Attempts,
    Cap,
    Circumstance,
    Codes,
    Inactivity,
    Kind,
    Letters,
    Named,
    Needs,
    ObjectionRule,
    Procedure,
    Route,
    Rung,
    Tier,
    Validity,
    Window,
)
from recovery.procedure.speaking import sentence

SOURCES = frozenset({"", "record", "registry", "published", "claimant"})
ROLES = frozenset({"agent", "operator", "approver", "senior"})
RECIPIENTS = frozenset(
    {
        "channel_of_record",
        "every_channel",
        "deputies",
        "administrators",
        "holder_by_post",
        "registry_head_office",
        "replaced_in_12_months",
    }
)
SHIPPED = 3
"""The newest version that ships with the product."""
MOMENTS = frozenset({"accepted", "proposed", "executed", "cooling_off_over"})


def load(version: int) -> dict[str, Any]:
    """Return the data of a version that ships with the product; ValueError when none of that number does."""
    path = Path(__file__).parent / f"version_{version:d}.json"
    if not path.is_file():
        raise ValueError(f"version {version}: does not ship")
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def read(data: Mapping[str, Any]) -> Procedure:
    """Return the procedure that `data` describes.

    ValueError, naming the place, when something is missing, of the wrong type, in one language only, there twice,
    unknown to the code, or refers to a category, code or tier that the data does not have.
    """
    entry = Entry(data, "")
    exceptions = entry.entry("exceptions")
    cooling_off = entry.entry("cooling_off")
    procedure = Procedure(
        version=entry.number("version"),
        categories=_named(entry, "categories"),
        kinds=tuple(map(_kind, entry.entries("kinds", "code"))),
        caps=tuple(map(_cap, entry.entries("caps"))),
        tenure_days=entry.number("tenure_days"),
        tiers=tuple(map(_tier, entry.entries("tiers", "number"))),
        default_tier=entry.number("default_tier"),
        circumstances=tuple(map(_circumstance, entry.entries("circumstances", "code"))),
        kit_window=_window(entry.entry("kit_window")),
        letters=_letters(entry.entry("letters")),
        codes=_codes(entry.entry("codes")),
        notice_moments=_known(entry, "notice_moments", MOMENTS),
        objection=_objection(entry.entry("objection")),
        never_excepted=exceptions.texts("never"),
        exceptions={key: exceptions.number(key) for key in ("precedents", "review_count", "review_months")},
        blocked=_named(cooling_off, "blocked"),
        allowed=_named(cooling_off, "allowed"),
        ladder=tuple(map(_rung, entry.entries("ladder", "rung"))),
        routes=tuple(map(_route, entry.entries("routes", "code"))),
        sentences=tuple(map(sentence, entry.entries("scripts", "code"))),
        exits=_named(entry, "exits"),
        **{key: entry.numbers(key) for key in ("holding", "appeal", "limits", "sampling")},
    )
    for one in (exceptions, cooling_off, entry):
        one.done()
    _check(procedure)
    return procedure


# One object each ----------------------------------------------------------------------------------------------------


def _known(entry: Entry, key: str, known: Iterable[str], default: list[str] | None = None) -> tuple[str, ...]:
    values = entry.texts(key, default)
    if unknown := sorted(set(values) - set(known)):
        raise entry.wrong(f"{key} names {', '.join(unknown)}, which the code does not know")
    return values


def _named(entry: Entry, key: str) -> tuple[Named, ...]:
    found = []
    for one in entry.entries(key, "code"):
        found.append(Named(one.text("code"), one.both("name")))
        one.done()
    return tuple(found)


def _kind(entry: Entry) -> Kind:
    kind = Kind(
        code=entry.text("code"),
        names=entry.both("name"),
        hows=entry.both("how"),
        categories=entry.texts("categories"),
        points=entry.number("points"),
        validity=tuple(_validity(one) for one in entry.entries("validity", default=[])),
        has_endpoint=entry.flag("endpoint", False),
        sources=_known(entry, "sources", SOURCES, []),
        needs_tenure=entry.flag("tenure", False),
        needs_second_check=entry.flag("second_check", False),
        allows_contractor=entry.flag("contractor", True),
        stands_alone=entry.flag("alone", True),
        from_tier=entry.number("from_tier", 0),
        unless=entry.text("unless") if "unless" in entry.data else "",
        routes=entry.texts("routes", []),
    )
    entry.done()
    return kind


def _validity(entry: Entry) -> Validity:
    source = entry.text("source") if "source" in entry.data else ""
    if source not in SOURCES:
        raise entry.wrong(f"source {source} is unknown")
    validity = Validity(source, entry.maybe_number("days"), entry.maybe_number("months"))
    if (validity.days is None) == (validity.months is None):
        raise entry.wrong("either days or months")
    entry.done()
    return validity


def _cap(entry: Entry) -> Cap:
    cap = Cap(frozenset(entry.texts("codes")), entry.number("points"))
    entry.done()
    return cap


def _window(entry: Entry) -> Window:
    shortened = entry.maybe("shortened")
    window = Window(
        entry.number("calendar_days"),
        entry.number("business_days"),
        None if shortened is None else Window(shortened.number("calendar_days"), shortened.number("business_days")),
        frozenset() if shortened is None else frozenset(shortened.texts("when")),
    )
    if shortened is not None:
        if not window.shortened_by:
            raise shortened.wrong("when is empty")
        shortened.done()
    entry.done()
    return window


def _tier(entry: Entry) -> Tier:
    outside = entry.flag("outside", False)
    attempts, inactivity, window = entry.maybe("attempts"), entry.maybe("inactivity"), entry.maybe("window")
    tier = Tier(
        number=entry.number("number"),
        names=entry.both("name"),
        whats=entry.both("what"),
        is_outside=outside,
        points=entry.number("points", 0 if outside else None),
        categories=entry.groups("categories"),
        mandatory=entry.groups("mandatory"),
        at_least=entry.numbers("at_least"),
        channels=entry.number("channels", 0),
        needs_independence=entry.flag("independent", False),
        wanted=entry.texts("wanted", []),
        attempts=None if attempts is None else _attempts(attempts),
        inactivity=None if inactivity is None else _inactivity(inactivity),
        notices=_known(entry, "notices", RECIPIENTS),
        window=None if window is None else _window(window),
        approvals=_known(entry, "approvals", ROLES),
        cooling_off_days=entry.number("cooling_off_days", 0),
        target=_target(entry),
    )
    entry.done()
    return tier


def _attempts(entry: Entry) -> Attempts:
    attempts = Attempts(entry.number("count"), entry.number("media"), entry.number("business_days"))
    entry.done()
    return attempts


def _inactivity(entry: Entry) -> Inactivity:
    inactivity = Inactivity(entry.number("days"), entry.text("or"))
    entry.done()
    return inactivity


def _target(entry: Entry) -> tuple[int, int] | None:
    entry.asked.add("target")
    match entry.data.get("target"):
        case None:
            return None
        case [int(first), int(last)] if 0 < first <= last:
            return first, last
    raise entry.wrong("target is neither empty nor two numbers of business days")


def _circumstance(entry: Entry) -> Circumstance:
    circumstance = Circumstance(
        code=entry.text("code"),
        names=entry.both("name"),
        tier=entry.number("tier"),
        registrations=entry.maybe_number("registrations"),
        days=entry.maybe_number("days"),
        months=entry.maybe_number("months"),
    )
    entry.done()
    return circumstance


def _letters(entry: Entry) -> Letters:
    letters = Letters(
        entry.number("valid_days"), entry.number("tries"), entry.number("reissues"), entry.number("length")
    )
    entry.done()
    return letters


def _codes(entry: Entry) -> Codes:
    codes = Codes(entry.number("mail_hours"), entry.number("voice_minutes"))
    entry.done()
    return codes


def _objection(entry: Entry) -> ObjectionRule:
    rule = ObjectionRule(entry.number("reviewers"), entry.number("review_business_days"), entry.number("identify_days"))
    entry.done()
    return rule


def _rung(entry: Entry) -> Rung:
    rung = Rung(entry.text("rung"), entry.both("reached"), entry.both("may"), entry.both("not", may_be_empty=True))
    entry.done()
    return rung


def _route(entry: Entry) -> Route:
    needs = entry.maybe("needs")
    route = Route(
        code=entry.text("code"),
        tier=entry.maybe_number("tier"),
        whos=entry.both("who"),
        insteads=entry.both("instead"),
        needs=None if needs is None else _needs(needs),
        has_number=entry.flag("corporate_number", True),
    )
    entry.done()
    return route


def _needs(entry: Entry) -> Needs:
    needs = Needs(
        points=entry.number("points"),
        categories=entry.groups("categories"),
        mandatory=entry.groups("mandatory"),
        at_least=entry.numbers("at_least"),
        channels=entry.number("channels"),
        has_registry=entry.flag("registry", True),
    )
    entry.done()
    return needs


# What refers to what ------------------------------------------------------------------------------------------------


def _check(procedure: Procedure) -> None:
    """Refuse what points nowhere: such a rule would never be met, or never hold anybody back."""
    categories = {category.code for category in procedure.categories}
    codes = {kind.code for kind in procedure.kinds}
    tiers = {tier.number for tier in procedure.tiers}
    circumstances = {circumstance.code for circumstance in procedure.circumstances}
    for kind in procedure.kinds:
        place = f"kinds {kind.code}"
        _within(kind.categories, categories, f"{place}: categories")
        _within(kind.code[:1], categories, f"{place}: first letter of the code")
        _within([str(kind.from_tier)] if kind.from_tier else [], map(str, tiers), f"{place}: from_tier")
        _within([kind.unless] if kind.unless else [], circumstances, f"{place}: unless")
        _within(kind.routes, {route.code for route in procedure.open_routes}, f"{place}: routes")
        if kind.sources and not kind.has_endpoint:
            raise ValueError(f"{place}: sources without an endpoint")
        if kind.validity and kind.validity[-1].source:
            raise ValueError(f"{place}: validity: the last rule holds wherever it came from, so it names no source")
    for cap in procedure.caps:
        _within(cap.codes, codes, "caps: codes")
    for tier in procedure.tiers:
        _check_tier(tier, categories, codes)
    _within([str(procedure.default_tier)], map(str, tiers), "default_tier")
    for circumstance in procedure.circumstances:
        _within([str(circumstance.tier)], map(str, tiers), f"circumstances {circumstance.code}: tier")
    for route in procedure.routes:
        _check_route(route, procedure, categories, codes)


def _check_route(route: Route, procedure: Procedure, categories: set[str], codes: set[str]) -> None:
    place = f"routes {route.code}"
    tiers = [str(tier.number) for tier in procedure.tiers]
    _within([] if route.tier is None else [str(route.tier)], tiers, f"{place}: tier")
    if route.needs is None:
        return
    for group in route.needs.categories:
        _within(group, categories, f"{place}: categories")
    for group in route.needs.mandatory:
        _within(group, codes, f"{place}: mandatory")
    _within(route.needs.at_least, categories, f"{place}: at_least")
    if not (route.needs.points and route.needs.categories):
        raise ValueError(f"{place}: neither points nor categories may be empty")


def _check_tier(tier: Tier, categories: set[str], codes: set[str]) -> None:
    place = f"tiers {tier.number}"
    for group in tier.categories:
        _within(group, categories, f"{place}: categories")
    for group in tier.mandatory:
        _within(group, codes, f"{place}: mandatory")
    _within(tier.at_least, categories, f"{place}: at_least")
    _within(tier.wanted, codes, f"{place}: wanted")
    _within([tier.inactivity.or_by] if tier.inactivity else [], codes, f"{place}: inactivity")
    _within(tier.window.shortened_by if tier.window else [], codes, f"{place}: window")
    if not tier.is_outside and not (tier.points and tier.categories):
        raise ValueError(f"{place}: neither points nor categories may be empty")


def _within(values: Iterable[str], known: Iterable[str], place: str) -> None:
    if unknown := sorted(set(values) - set(known)):
        raise ValueError(f"{place}: {', '.join(unknown)} is unknown")
