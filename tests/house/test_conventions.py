"""What no file of the product may contain. Each finder is also tried on planted code that it must find."""

import ast
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.house.source import Module, dotted, functions, modules

FUNCTION_LINES = 50
FILE_LINES = 400
# The domain is told the time; only the rim of the house looks at the clock.
CLOCK_PARTS = {"views", "middleware", "tasks", "management"}
# Without an argument these mean now; with one they convert it.
CLOCKS_WHEN_BARE = {"timezone.localdate", "timezone.localtime"}
CLOCKS = CLOCKS_WHEN_BARE | {
    "timezone.now",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "functions.Now",
}

Finding = tuple[int, str]
Finder = Callable[[Module], Iterator[Finding]]


# allauth tells of sign-ins by signals only (docs/decisions/0002-allauth-signals.md).
LISTENER = "accounts.receivers"


def signals(module: Module) -> Iterator[Finding]:
    if module.name == LISTENER:
        return
    for line, target in module.imports:
        if "signals" in target.split(".") or target.startswith("django.dispatch"):
            yield line, f"imports {target}: glue that no reader finds"


def admin(module: Module) -> Iterator[Finding]:
    for line, target in module.imports:
        if target.startswith("django.contrib.admin"):
            yield line, "imports Django's admin: every write passes a transition"


def classes(module: Module) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef))


def own_save(module: Module) -> Iterator[Finding]:
    if module.part != "models":
        return
    for owner in classes(module):
        for node in owner.body:
            if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}:
                yield node.lineno, f"{owner.name}.{node.name}: bulk writes pass it by"


def default_ordering(module: Module) -> Iterator[Finding]:
    for owner in classes(module):
        if owner.name != "Meta":
            continue
        for node in owner.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            if any(isinstance(target, ast.Name) and target.id == "ordering" for target in targets):
                yield node.lineno, "Meta.ordering: each query says its own order"


def model_forms(module: Module) -> Iterator[Finding]:
    for owner in classes(module):
        if any(dotted(base).rpartition(".")[2] == "ModelForm" for base in owner.bases):
            yield owner.lineno, f"{owner.name} is a ModelForm: its save() passes transitions by"


def unprotected_references(module: Module) -> Iterator[Finding]:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or dotted(node.func).rpartition(".")[2] not in {
            "ForeignKey",
            "OneToOneField",
        }:
            continue
        named = [keyword.value for keyword in node.keywords if keyword.arg == "on_delete"]
        given = (named or node.args[1:2] or [node])[0]
        if dotted(given).rpartition(".")[2] != "PROTECT":
            yield node.lineno, "on_delete is not PROTECT: history would go with the row"


def queries_in_views(module: Module) -> Iterator[Finding]:
    if module.part != "views" and module.name != "config.home":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"filter", "exclude", "objects", "raw", "annotate"}:
            yield node.lineno, f".{node.attr} in a view: reads are in queries"


def clocks(module: Module) -> Iterator[Finding]:
    if module.part in CLOCK_PARTS or module.app == "config":
        return
    whole = {
        alias.asname or alias.name: f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    converting = {id(node.func) for node in ast.walk(module.tree) if isinstance(node, ast.Call) and node.args}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute | ast.Name):
            # `from django.utils.timezone import now` and `from datetime import date` alike.
            first, _, rest = dotted(node).partition(".")
            name = ".".join(filter(None, [whole.get(first, first), rest])).split(".")
            bare = ".".join(name[-2:])
            if bare in CLOCKS and not (bare in CLOCKS_WHEN_BARE and id(node) in converting):
                yield node.lineno, f"{dotted(node)} reads the clock: the caller passes `at`"
        elif isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield node.value.lineno, f"{node.arg} reads the clock"


def long_functions(module: Module) -> Iterator[Finding]:
    for node in functions(module):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines >= FUNCTION_LINES:
            yield node.lineno, f"{node.name} has {lines} lines"


def long_files(module: Module) -> Iterator[Finding]:
    if (lines := len(module.text.splitlines())) > FILE_LINES:
        yield 1, f"{lines} lines"


def unannotated(module: Module) -> Iterator[Finding]:
    for node in functions(module):
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        bare = [argument.arg for argument in arguments if argument.annotation is None]
        if node.returns is None or set(bare) - {"self", "cls"}:
            yield node.lineno, f"{node.name} is not annotated"


FINDERS: list[Finder] = [
    signals,
    admin,
    own_save,
    default_ordering,
    model_forms,
    unprotected_references,
    queries_in_views,
    clocks,
    long_functions,
    long_files,
    unannotated,
]


@pytest.mark.parametrize("finder", FINDERS, ids=lambda finder: finder.__name__)
def test_source_has_no(finder: Finder) -> None:
    assert [f"{module.name}:{line} {what}" for module in modules() for line, what in finder(module)] == []


PLANTED = [
    (signals, "accounts.models", "from django.db.models.signals import post_save"),
    (signals, "accounts.models", "from django.dispatch import receiver"),
    (signals, "accounts.apps", "def ready(self):\n    from allauth.account.signals import user_logged_in"),
    (admin, "accounts.models", "from django.contrib import admin"),
    (admin, "accounts.admin", "import django.contrib.admin"),
    (own_save, "accounts.models", "class User:\n    def save(self): ..."),
    (own_save, "accounts.models.people", "class User:\n    def delete(self): ..."),
    (default_ordering, "accounts.models", "class User:\n    class Meta:\n        ordering = ['pk']"),
    (model_forms, "accounts.forms", "class F(forms.ModelForm): ..."),
    (unprotected_references, "accounts.models", "a = models.ForeignKey(User, on_delete=models.CASCADE)"),
    (unprotected_references, "accounts.models", "a = models.OneToOneField(User, models.SET_NULL)"),
    (unprotected_references, "accounts.models", "a = ForeignKey('User', on_delete=CASCADE)"),
    (queries_in_views, "accounts.views", "rows = query.filter(pk=1)"),
    (queries_in_views, "accounts.views.people", "rows = User.objects"),
    (clocks, "accounts.transitions", "at = timezone.now()"),
    (clocks, "accounts.models", "at = DateTimeField(default=timezone.now)"),
    (clocks, "accounts.models", "at = DateTimeField(auto_now_add=True)"),
    (clocks, "accounts.rules", "from django.utils.timezone import now\nat = now()"),
    (clocks, "accounts.rules", "import datetime\nat = datetime.datetime.now()"),
    (clocks, "accounts.rules", "from datetime import date\nat = date.today()"),
    (clocks, "accounts.rules", "import datetime as dt\nat = dt.date.today()"),
    (clocks, "accounts.rules", "from datetime import datetime as dt\nat = dt.now()"),
    (clocks, "accounts.rules", "from time import time as seconds\nat = seconds()"),
    (clocks, "accounts.rules", "today = timezone.localdate()"),
    (clocks, "accounts.queries", "from django.db.models.functions import Now\nat = Now()"),
    (long_functions, "accounts.rules", "def check():\n" + "    pass\n" * 49),
    (long_files, "accounts.rules", "a = 1\n" * 401),
    (unannotated, "accounts.rules", "def check(action): ..."),
    (unannotated, "accounts.rules", "def check(action: str): ..."),
]


@pytest.mark.parametrize(("finder", "name", "text"), PLANTED)
def test_finder_finds_planted_code(finder: Finder, name: str, text: str) -> None:
    assert len(list(finder(Module(name, text)))) == 1


def test_every_finder_is_tried() -> None:
    assert {finder for finder, _, _ in PLANTED} == set(FINDERS)


FINE = [
    (own_save, "accounts.models", "def save(): ...\nclass User:\n    def save_draft(self): ..."),
    (unprotected_references, "accounts.models", "a = models.ForeignKey(User, models.PROTECT, related_name='+')"),
    (unprotected_references, "accounts.models", "a = models.ForeignKey(User, on_delete=models.PROTECT)"),
    (queries_in_views, "accounts.queries", "rows = User.objects.filter(pk=1)"),
    (clocks, "accounts.views", "at = timezone.now()"),
    (clocks, "accounts.management.commands.demo", "at = timezone.now()"),
    (clocks, "accounts.rules", "from datetime import datetime\nat = datetime.fromisoformat('2026-11-27')"),
    (clocks, "accounts.rules", "until = now + delta"),
    (clocks, "accounts.rules", "day = timezone.localdate(at)"),
    (long_functions, "accounts.rules", "def check():\n" + "    pass\n" * 48),
    (long_files, "accounts.rules", "a = 1\n" * 400),
]


@pytest.mark.parametrize(("finder", "name", "text"), FINE)
def test_finder_lets_good_code_be(finder: Finder, name: str, text: str) -> None:
    assert list(finder(Module(name, text))) == []


def test_admin_is_not_installed(settings: Any) -> None:
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
