"""The project's source as the architecture tests see it: files, what they import, what they are called."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# docs/architecture.md: each app imports only from its left.
APPS = ("audit", "outbox", "accounts", "handover", "desk", "recovery", "config")
# And so does each file inside an app. Names of one group may import each other, never in a circle.
LAYERS = (
    {"procedure"},
    {"models"},
    {"rules", "queries", "notices", "printing", "vault", "folding", "signing"},
    {"codes", "tallies", "custody", "documents", "certificates", "switching"},
    {"transitions"},
    {"forms"},
    {"views"},
    {"urls"},
)
# These compose their app, so they may import all of it.
FREE = {"management", "tasks"}


@dataclass(frozen=True)
class Module:
    """One Python file. `name` is dotted; `text` is its source."""

    name: str
    text: str
    is_package: bool = False

    @property
    def app(self) -> str:
        return self.name.split(".")[0]

    @property
    def part(self) -> str:
        """The file's role in its app: `views` for both `views.py` and `views/people.py`."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    @property
    def layer(self) -> int | None:
        return next((number for number, names in enumerate(LAYERS) if self.part in names), None)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def imports(self) -> list[tuple[int, str]]:
        """Line and dotted name of all that is imported, at the top or inside functions, for types or for real."""
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(node.lineno, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
        return found

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        kept = parts[: len(parts) - node.level + (1 if self.is_package else 0)]
        return ".".join([*kept, node.module] if node.module else kept)


def packages(root: Path = ROOT) -> list[str]:
    """Every package at the top that is the product's: known apps and any newcomer, so that none escapes the tests."""
    skip = {"tests", "bench", "docs", "scripts", "var"}
    return sorted(file.parent.name for file in root.glob("*/__init__.py") if file.parent.name not in skip)


@cache
def modules(root: Path = ROOT) -> list[Module]:
    """All source files of the product, without migrations. Read and parsed once for all tests."""
    found = []
    for package in packages(root):
        for file in sorted((root / package).rglob("*.py")):
            parts = list(file.relative_to(root).with_suffix("").parts)
            if "migrations" in parts:
                continue
            is_package = parts[-1] == "__init__"
            found.append(Module(".".join(parts[:-1] if is_package else parts), file.read_text(), is_package))
    return found


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def public_functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions of the module itself that others are meant to call."""
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute, "" of anything else; unknown roots (calls) are shown as `?`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value) or '?'}.{node.attr}"
    return ""
