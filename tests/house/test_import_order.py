"""Who may import whom. Every check is tried on planted code too: a check that cannot fail guards nothing."""

import pytest

from tests.house.source import APPS, FREE, Module, modules, packages


def wrong_apps(sources: list[Module]) -> list[str]:
    """Imports of an app to the right of one's own."""
    rank = {app: number for number, app in enumerate(APPS)}
    return [
        f"{module.name}:{line} imports {target}"
        for module in sources
        for line, target in module.imports
        if (app := target.split(".")[0]) in rank and rank[app] > rank.get(module.app, -1)
    ]


def graph(sources: list[Module]) -> dict[str, set[str]]:
    """Each module with the modules of the product that it imports."""
    names = {module.name for module in sources}
    edges: dict[str, set[str]] = {}
    for module in sources:
        targets = {target if target in names else target.rpartition(".")[0] for _, target in module.imports}
        edges[module.name] = (targets & names) - {module.name}
    return edges


def wrong_files(sources: list[Module]) -> list[str]:
    """Imports of a file to the right inside an app, straight or by way of files that have no place in the order."""
    by_name = {module.name: module for module in sources}
    edges = graph(sources)
    found = []
    for module in sources:
        if module.layer is None or module.part in FREE:
            continue
        ways = [[target] for target in sorted(edges[module.name])]
        seen: set[str] = set()
        while ways:
            way = ways.pop()
            reached = by_name[way[-1]]
            if reached.app != module.app or reached.name in seen or reached.part in FREE:
                continue
            seen.add(reached.name)
            if reached.layer is None:
                ways += [[*way, target] for target in sorted(edges[reached.name])]
            elif reached.layer > module.layer:
                found.append(f"{module.name} imports {' -> '.join(way)}")
    return found


def circles(sources: list[Module]) -> list[str]:
    """Files that import each other in a circle. A package inside an app is one file that grew, so it counts as one."""
    place = {module.name: f"{module.app}.{module.part}".strip(".") for module in sources}
    edges: dict[str, set[str]] = {name: set() for name in place.values()}
    for name, targets in graph(sources).items():
        edges[place[name]] |= {place[target] for target in targets} - {place[name]}
    done: set[str] = set()
    found = []

    def visit(name: str, way: list[str]) -> None:
        if name in way:
            found.append(" -> ".join([*way[way.index(name) :], name]))
        elif name not in done:
            for target in sorted(edges[name]):
                visit(target, [*way, name])
            done.add(name)

    for name in sorted(edges):
        visit(name, [])
    return found


def test_import_order_of_apps() -> None:
    assert wrong_apps(modules()) == []


def test_import_order_of_apps_knows_every_app() -> None:
    assert [name for name in packages() if name not in APPS] == []


def test_import_order_of_files() -> None:
    assert wrong_files(modules()) == []


def test_imports_form_no_circle() -> None:
    assert circles(modules()) == []


@pytest.mark.parametrize(
    "line",
    [
        "from handover import queries",
        "import handover.models",
        "from config.wording import WORDING",
        "def later():\n    from handover.models import Registration",
    ],
)
def test_import_order_of_apps_finds_a_planted_import(line: str) -> None:
    assert len(wrong_apps([Module("accounts.queries", line)])) == 1


def test_import_order_of_apps_lets_config_compose() -> None:
    assert wrong_apps([Module("config.home", "from handover import queries\nfrom audit import record")]) == []


@pytest.mark.parametrize(
    "line",
    [
        "from handover.transitions import offer",
        "from handover import transitions",
        "from . import transitions",
        "from .transitions import offer",
        "from handover import helper",
        "def later():\n    import handover.transitions",
    ],
)
def test_import_order_of_files_finds_a_planted_import(line: str) -> None:
    sources = [
        Module("handover", "", is_package=True),
        Module("handover.rules", line),
        Module("handover.helper", "from handover import transitions"),
        Module("handover.transitions", "def offer(): ..."),
    ]
    assert len(wrong_files(sources)) == 1


def test_import_order_of_files_sees_a_package_as_its_files() -> None:
    sources = [
        Module("handover.transitions", "", is_package=True),
        Module("handover.transitions.offering", "from handover.views.people import show"),
        Module("handover.views", "", is_package=True),
        Module("handover.views.people", "from ..transitions import offering"),
    ]
    assert wrong_files(sources) == ["handover.transitions.offering imports handover.views.people"]


def test_import_order_of_files_lets_commands_and_leftward_imports_be() -> None:
    sources = [
        Module("handover.management.commands.demo", "from handover import transitions, views"),
        Module("handover.tasks", "from handover import transitions"),
        Module("handover.views", "from handover import transitions"),
        Module("handover.transitions", "from handover import models"),
        Module("handover.models", ""),
    ]
    assert wrong_files(sources) == []


def test_imports_form_no_circle_finds_a_planted_circle() -> None:
    sources = [
        Module("handover.rules", "from handover import queries"),
        Module("handover.queries", "def late():\n    from handover.rules import check"),
    ]
    assert circles(sources) == ["handover.queries -> handover.rules -> handover.queries"]
