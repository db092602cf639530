"""The house's own rules, read off the syntax tree. Run by ``./dev check``.

Three kinds: size and names (the code of Tenure, its tools and benches); purity (metrics, figures, scores and pay give
the same figure tomorrow, so they ask no clock, no network and no unseeded chance); portability (metrics are compiled
for several engines, and these expressions compile everywhere but mean different numbers).

A line that breaks a rule for good reason says so itself: ``# house: RULE because REASON``. Keep those few.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path("src/tenure")

LONGEST_FILE = 400
LONGEST_FUNCTION = 40  # without its docstring: a definition may be as long as it has to be
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc"}

WEB = "tenure.web"
#: Where in a path the web's folder stands, and the folders that features may know, each what follows it.
WEB_FOLDER_AT = 3
BELOW_FEATURES = ("work", "post", "access", "kit")

PURE = {"metrics", "figures", "scores", "pay"}
COMPILED = {"metrics"}


@dataclass(frozen=True)
class Fault:
    """One line that breaks a rule."""

    path: Path
    line: int
    rule: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.reason}"


@dataclass(frozen=True)
class Module:
    """A parsed file. ``layer``: the first name below the package, empty outside it. ``names``: what imports bind."""

    path: Path
    lines: list[str]
    tree: ast.Module
    layer: str
    names: dict[str, str]

    def full_name(self, node: ast.AST) -> str:
        """The dotted name a node refers to through the file's imports, or an empty text."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, "")
        if isinstance(node, ast.Attribute) and (owner := self.full_name(node.value)):
            return f"{owner}.{node.attr}"
        return ""


Found = Iterator[tuple[int, str, str]]  # line, rule, reason
Rule = Callable[[Module], Found]


def main(arguments: list[str]) -> int:
    """Check the files named, or all of the house's own; print what breaks a rule. Returns an exit code."""
    paths = [Path(word).resolve() for word in arguments] or list(own_files())
    faults = [fault for path in paths for fault in check(path)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def own_files() -> Iterator[Path]:
    """Every Python file that the rules are about."""
    for folder in (PACKAGE, "tools", "bench", "tests"):
        yield from sorted((ROOT / folder).rglob("*.py"))
    yield ROOT / "dev"


def check(path: Path, root: Path = ROOT) -> list[Fault]:
    """The faults of one file, by line. ``root`` is what its place in the layers is counted from."""
    try:
        module = read(path, root)
    except SyntaxError as error:
        return [Fault(path.relative_to(root), error.lineno or 1, "syntax", error.msg)]
    found = ((line, rule, reason) for each in rules_for(module) for line, rule, reason in each(module))
    return [Fault(module.path, *fault) for fault in sorted(set(found)) if not waived(module, fault[0], fault[1])]


def read(path: Path, root: Path) -> Module:
    """Parse a file."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text, filename=str(path))
    place = path.relative_to(root)
    layer = place.relative_to(PACKAGE).parts[0].removesuffix(".py") if place.is_relative_to(PACKAGE) else ""
    return Module(place, text.splitlines(), tree, layer, imported(tree))


def imported(tree: ast.Module) -> dict[str, str]:
    """What each name that an import binds stands for: ``np`` for ``numpy``, ``now`` for ``ibis.now``."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def rules_for(module: Module) -> list[Rule]:
    """The rules that hold where the file lies."""
    rules: list[Rule] = [drawers]
    if module.path.parts[0] != "tests":
        rules += [long_file, long_functions]
    if module.layer and module.layer != "web":
        rules.append(django)
    if module.layer == "web" and len(module.path.parts) > WEB_FOLDER_AT + 1:
        rules.append(features)
    if module.layer in PURE:
        rules += [clock, network, chance, impure_sql]
    if module.layer in COMPILED:
        rules += [casts, divisions, methods, ranges]
    return rules


def waived(module: Module, line: int, rule: str) -> bool:
    """Whether the line itself gives a reason for breaking the rule."""
    return bool(re.search(rf"#.*\bhouse: {rule} because \w+", module.lines[line - 1] if module.lines else ""))


# Size and names


def drawers(module: Module) -> Found:
    """A module is named for what it holds."""
    for part in (*module.path.parts[:-1], module.path.stem):
        if part.lower().strip("_") in DRAWERS:
            yield 1, "drawer", f"{part!r} says nothing of what is inside; name it for its subject"


def long_file(module: Module) -> Found:
    """A file is about one subject."""
    if len(module.lines) > LONGEST_FILE:
        yield 1, "long-file", f"{len(module.lines)} lines, up to {LONGEST_FILE} are read in one go; split it by subject"


def long_functions(module: Module) -> Found:
    """A function fits on a screen."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1 - docstring_lines(node)
            if length > LONGEST_FUNCTION:
                reason = (
                    f"{node.name} has {length} lines without its docstring, up to {LONGEST_FUNCTION} fit on a screen"
                )
                yield node.lineno, "long-function", reason


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines of a function are its docstring."""
    if ast.get_docstring(node, clean=False) is None:
        return 0
    return (node.body[0].end_lineno or 0) - node.body[0].lineno + 1


def django(module: Module) -> Found:
    """Everything below the web can be used without it."""
    for line, name in imports(module):
        if name.partition(".")[0] == "django":
            yield line, "django", "below `web` nothing knows Django"


def features(module: Module) -> Found:
    """A folder of the web is found by being there, so no list of arrows names it: this rule does for all of them."""
    folder = module.path.parts[WEB_FOLDER_AT]
    allowed = {folder, *BELOW_FEATURES[BELOW_FEATURES.index(folder) + 1 if folder in BELOW_FEATURES else 0 :]}
    for line, name in imported_modules(module):
        other = (name.removeprefix(f"{WEB}.") if name.startswith(f"{WEB}.") else "").partition(".")[0]
        if other and other not in allowed:
            yield line, "feature", f"{folder} may know {', '.join(sorted(allowed - {folder})) or 'itself'}, not {other}"


def imported_modules(module: Module) -> Iterator[tuple[int, str]]:
    """Every import with the names it takes, as these may be modules: ``from tenure.web import people``."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Every import: its line and the module's dotted name."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


# Purity

CLOCKS = {
    *(f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")),
    "datetime.date.today",
    *(f"time.{name}" for name in ("time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime")),
    "ibis.now",
    "ibis.today",
}
NETWORKS = {"socket", "ssl", "http", "urllib", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib"}
SEEDED = {"random.Random", *(f"numpy.random.{name}" for name in ("default_rng", "SeedSequence", "PCG64", "Philox"))}
KINDS_OF_CHANCE = {"numpy.random", "numpy.random.Generator", "numpy.random.BitGenerator"}
CHANCES = ("random.", "numpy.random.", "secrets.", "os.urandom", "uuid.uuid1", "uuid.uuid4", "ibis.random", "ibis.uuid")
IMPURE_SQL = re.compile(
    r"\b(current_(date|time|timestamp)|localtimestamp|(now|today|random|uuid|gen_random_uuid)\(\))", re.IGNORECASE
)


def clock(module: Module) -> Found:
    """The time of a figure is an argument."""
    for node in ast.walk(module.tree):
        if (name := module.full_name(node)) in CLOCKS:
            yield at(node), "clock", f"{name} makes the figure depend on when it is asked; take the time as an argument"


def network(module: Module) -> Found:
    """A figure comes from the warehouse alone."""
    for line, name in imports(module):
        if name.partition(".")[0] in NETWORKS:
            yield line, "network", f"{name}: a figure comes from the warehouse and nowhere else"


def chance(module: Module) -> Found:
    """Every draw can be drawn again."""
    seeded = {
        id(node.func)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and module.full_name(node.func) in SEEDED and has_seed(node)
    }
    for node in ast.walk(module.tree):
        name = module.full_name(node)
        if name.startswith(CHANCES) and name not in KINDS_OF_CHANCE and id(node) not in seeded:
            yield at(node), "chance", f"{name} draws differently every time; pass a seed to numpy.random.default_rng"


def has_seed(call: ast.Call) -> bool:
    """Whether the first argument of a generator is given and is not None."""
    first = call.args[0] if call.args else next((keyword.value for keyword in call.keywords), None)
    return first is not None and not (isinstance(first, ast.Constant) and first.value is None)


def impure_sql(module: Module) -> Found:
    """SQL is held to the same."""
    docstrings = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            for match in IMPURE_SQL.finditer(node.value):
                yield at(node), "clock", f"{match[0]} in SQL makes the figure depend on when it is asked"


# Portability

PREDICATES = {"isnull", "notnull", "isin", "notin", "between", "startswith", "endswith", "contains", "like", "ilike"}
SAMPLED = {"median", "quantile", "approx_median", "approx_quantile", "approx_nunique"}
BOUNDARIES = {"hour", "minute", "second", "millisecond", "microsecond", "week", "month", "quarter", "year"}


def casts(module: Module) -> Found:
    """Types that engines turn into each other in their own ways."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        if any(keyword.arg == "timezone" for keyword in node.keywords):
            yield at(node), "zone-cast", ZONE
        if called(node) in {"cast", "try_cast"} and (kind := text_argument(node)):
            receiver = node.func.value if isinstance(node.func, ast.Attribute) else node
            if kind.startswith("timestamp") and ("'" in kind or '"' in kind):
                yield at(node), "zone-cast", ZONE
            if kind.startswith("int") and is_boolean(receiver):
                yield at(node), "boolean-cast", "some engines make it int32, and sums overflow; use .ifelse(1, 0)"
            if kind.startswith("int") and isinstance(receiver, ast.BinOp) and isinstance(receiver.op, ast.Div):
                yield (
                    at(node),
                    "truncation",
                    "engines round or cut a fraction differently; stay in integers or call .floor()",
                )


ZONE = "casts to a zone give another day on some engines; take the local day that is derived at loading"


def divisions(module: Module) -> Found:
    """Quotients that depend on the engine's numbers."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.BinOp):
            continue
        divisor = node.right
        if isinstance(node.op, ast.FloorDiv):
            yield (
                at(node),
                "floor-division",
                "engines cut negative quotients towards zero or down; shift to positive first",
            )
        elif isinstance(node.op, ast.LShift | ast.RShift):
            yield at(node), "shift", "not every engine shifts 64 bits; multiply by a power of two"
        elif isinstance(node.op, ast.Div) and isinstance(divisor, ast.Constant) and isinstance(divisor.value, float):
            yield (
                at(node),
                "float-division",
                "a float divisor is a decimal on some engines; travel in parts, divide in figures",
            )
        elif isinstance(node.op, ast.Div) and is_column(divisor):
            yield (
                at(node),
                "bare-division",
                "a zero is an error on some engines; divide by .nullif(0), or in figures",
            )


def methods(module: Module) -> Found:
    """Functions of the same name that give other numbers."""
    for node in ast.walk(module.tree):
        name = called(node)
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if name == "round":
            yield (
                at(node),
                "rounding",
                "halves go up, to even or by the float; work in ten-thousandths, round in figures",
            )
        elif name == "delta" and (unit := text_argument(node, BOUNDARIES)):
            yield (
                at(node),
                "delta",
                f"a {unit} is a boundary crossed on one engine and time elapsed on another; count days",
            )
        elif name in SAMPLED:
            yield at(node), "sampled", f"{name} is sampled or interpolated by some engines; take the rank"


def ranges(module: Module) -> Found:
    """Rows out of nothing."""
    for node in ast.walk(module.tree):
        if module.full_name(node) == "ibis.range":
            yield at(node), "range", "series of dates are made differently or not at all; join the calendar"


def called(node: ast.AST) -> str:
    """The last name of what a node calls, or an empty text."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def text_argument(call: ast.Call, among: set[str] | None = None) -> str:
    """The first argument that is a literal text (one of ``among``), or an empty text."""
    for value in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and (among is None or value.value in among):
            return value.value
    return ""


def is_column(node: ast.AST) -> bool:
    """Whether an expression may be a column that holds a zero."""
    looks = isinstance(node, ast.Attribute | ast.Subscript | ast.Call)
    return looks and called(node) not in {"nullif", "Decimal", "Fraction", "float"}


def is_boolean(node: ast.AST) -> bool:
    """Whether an expression is true or false by the look of it."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitAnd | ast.BitOr) and (is_boolean(node.left) or is_boolean(node.right))
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Invert | ast.Not)
    return isinstance(node, ast.Compare | ast.BoolOp) or called(node) in PREDICATES


def at(node: ast.AST) -> int:
    """The line that a person has to look at."""
    return int(getattr(node, "lineno", 1))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
