"""Every action has one rule, one transition, one event and one wording. No table of exceptions."""

import ast
from collections.abc import Iterator
from importlib import import_module, util
from typing import Any

import pytest

from tests.house.source import Module, dotted, modules, packages, public_functions

WRITERS = ("event", "events")


def transitions(sources: list[Module], app: str) -> dict[str, Module]:
    """Public functions of `app`'s transitions with the module that holds each."""
    return {
        node.name: module
        for module in sources
        if module.app == app and module.part == "transitions"
        for node in public_functions(module)
    }


def event_calls(module: Module) -> Iterator[ast.Call]:
    """Calls of the log's only writers (one event, or many of one verb), under whatever name they were imported."""
    names = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if f"{node.module}.{alias.name}" == "audit.record":
                    names |= {f"{alias.asname or alias.name}.{writer}" for writer in WRITERS}
                elif f"{node.module}.{alias.name}" in {f"audit.record.{writer}" for writer in WRITERS}:
                    names.add(alias.asname or alias.name)
        elif isinstance(node, ast.Import) and any(alias.name == "audit.record" for alias in node.names):
            names |= {f"audit.record.{writer}" for writer in WRITERS}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and dotted(node.func) in names:
            yield node


def verbs(module: Module) -> Iterator[tuple[int, str | None]]:
    """Line and verb of each event written. The verb of a rule (`rule.event`) is in its table; None: cannot be told."""
    for call in event_calls(module):
        given = [call.args[0]] if call.args else [word.value for word in call.keywords if word.arg == "verb"]
        choices = given[:1]
        if choices and isinstance(choices[0], ast.IfExp):
            choices = [choices[0].body, choices[0].orelse]
        for choice in choices or [call]:
            if isinstance(choice, ast.Constant) and isinstance(choice.value, str):
                yield call.lineno, choice.value
            elif not (isinstance(choice, ast.Attribute) and choice.attr == "event"):
                yield call.lineno, None


def wrong_signatures(module: Module) -> list[str]:
    """Public functions of a transitions file that do not take keyword-only `actor` and `at`."""
    return [
        f"{module.name}:{node.lineno} {node.name}"
        for node in public_functions(module)
        if not {"actor", "at"} <= {argument.arg for argument in node.args.kwonlyargs}
    ]


def tables() -> dict[str, dict[str, Any]]:
    """Each app's table of rules."""
    return {
        app: dict(import_module(f"{app}.rules").TABLE)
        for app in packages()
        if util.find_spec(f"{app}.rules") is not None
    }


def test_every_action_has_one_transition() -> None:
    wrong = []
    for app, table in tables().items():
        found = set(transitions(modules(), app))
        wrong += [f"{app}.rules.TABLE[{name!r}] has no transition" for name in sorted(set(table) - found)]
        wrong += [f"{app}.transitions.{name} has no rule" for name in sorted(found - set(table))]
    assert wrong == []


def test_every_app_with_transitions_has_a_table() -> None:
    acting = {module.app for module in modules() if module.part == "transitions"}
    assert sorted(acting - set(tables())) == []


def test_every_action_has_one_event_and_one_wording() -> None:
    wording = import_module("config.wording").WORDING
    known = {rule.event for table in tables().values() for rule in table.values()}
    for module in modules():
        for line, verb in verbs(module):
            assert verb is not None, f"{module.name}:{line} writes a verb that is neither a literal nor a rule's"
            known.add(verb)
    assert sorted(known - set(wording)) == [], "verbs without wording"
    assert sorted(set(wording) - known) == [], "wordings without a verb"


def test_every_transition_takes_actor_and_at_by_name() -> None:
    found = [wrong for module in modules() if module.part == "transitions" for wrong in wrong_signatures(module)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from audit import record\nrecord.event('a.done', actor=a)", ["a.done"]),
        ("from audit.record import event\nevent(verb='a.done')", ["a.done"]),
        ("from audit import record as log\nlog.event('a.done' if x else 'b.done')", ["a.done", "b.done"]),
        ("import audit.record\naudit.record.event(f'a.{x}')", [None]),
        ("from audit import record\nrecord.event(verb)", [None]),
        ("from audit import record\nrecord.event()", [None]),
        ("from audit import record\nrecord.event(rule.event)", []),
        ("from audit import record\nrecord.events('a.done', rows, actor=a)", ["a.done"]),
        ("from audit.record import events\nevents(verb, rows)", [None]),
        ("calendar.event('a.done')", []),
    ],
)
def test_verbs_are_found_in_planted_code(text: str, found: list[str | None]) -> None:
    assert [verb for _, verb in verbs(Module("handover.transitions", text))] == found


@pytest.mark.parametrize(
    "text",
    ["def offer(actor, at): ...", "def offer(*, actor): ...", "def offer(thing, *, at): ...", "def offer(): ..."],
)
def test_a_planted_transition_without_actor_or_at_is_found(text: str) -> None:
    assert len(wrong_signatures(Module("handover.transitions", text))) == 1


def test_a_planted_transition_is_found_in_a_package() -> None:
    planted = [
        Module("handover.transitions.offering", "def offer(thing, *, actor, at): ...\ndef _inner(): ..."),
        Module("handover.queries", "def list(): ..."),
        Module("accounts.transitions", "def invite(*, actor, at): ..."),
    ]
    assert list(transitions(planted, "handover")) == ["offer"]
