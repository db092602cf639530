"""Compiled questions, kept on disk, so that asking them again imports neither Ibis nor the metrics.

Everything here is worth nothing but time: delete the folder and it comes back. Entries are named by a hash of the
question, of what it stands on and of the code that compiles it, so that an old one is never used for a new meaning.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from tenure.core import whole
from tenure.core.errors import UsageError, unknown
from tenure.figures.question import DETAIL, DIMENSIONS, Ground, Question, fingerprint
from tenure.metrics.kinds import Entry

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.core.written import Written
    from tenure.figures.compiledform import Plan, Recipe
    from tenure.metrics.kinds import FactKey, Metric

T = TypeVar("T")
Columns = tuple[tuple[str, str], ...]
#: Compiled forms that a process keeps at hand: to read one from the folder takes half a millisecond.
MOST_HAD = 2_000
_had: dict[tuple[Question | FactKey, Ground, str], Any] = {}
#: The facts whose tables have the custom attributes.
SLICED = ("stint", "portrait")
#: Whose change changes what a question compiles to.
COMPILES = (
    "metrics", "figures", "warehouse/tables", "warehouse/table.py", "warehouse/expression_check.py",
    "warehouse/expression_functions.py", "warehouse/expression_value.py", "core/config.py", "core/toml_text.py",
)  # fmt: skip


@functools.cache
def code_hash() -> str:
    """A hash of the code that compiles, by the files' names, sizes and times."""
    root = Path(__file__).parents[1]
    told = hashlib.sha256()
    for place in COMPILES:
        path = root / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            stat = file.stat()
            told.update(f"{file.relative_to(root)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return told.hexdigest()[:16]


def folder() -> Path:
    """Where compiled questions lie: ``TENURE_CACHE``, or the user's cache folder."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get("TENURE_CACHE") or Path(home) / "tenure") / code_hash()


def plan(question: Question, ground: Ground, settings: Settings) -> Plan:
    """The SQL of a question. Raises ``UsageError`` for names that do not exist."""
    from tenure.figures.compiledform import Plan

    def make() -> Plan:
        from tenure.figures.plan import compiled

        return compiled(question, ground, settings)

    ground = _as_far_as_asked(question, ground, settings)
    return _compiled(question, ground, "", Plan, make)


def detail(question: Question, ground: Ground, settings: Settings, what: Literal["values", "rows", "laid"]) -> Recipe:
    """The SQL of a question's single values (for the bootstrap), of the rows behind its figures, or of these as they are laid."""
    from tenure.figures.compiledform import Recipe

    def make() -> Recipe:
        from tenure.figures.plan import detailed

        return detailed(question, ground, settings, what)

    ground = _as_far_as_asked(question, ground, settings)
    return _compiled(question, ground, f" {what}", Recipe, make)


def recipe(key: FactKey, ground: Ground, settings: Settings) -> Recipe:
    """The SQL that makes a fact's table."""
    from tenure.figures.compiledform import Recipe

    def make() -> Recipe:
        from tenure.figures.plan import recipe

        return recipe(key, ground, settings)

    ground = _of_fact(key, ground)
    return _compiled(key, ground, "", Recipe, make)


def columns(key: FactKey, ground: Ground, engine: str, look: Callable[[], Columns]) -> Columns:
    """The columns of a fact's table, with the types that an ``engine`` gives them, as ``look`` finds them the first time."""
    return _compiled(key, _of_fact(key, ground), f" columns {engine}", Columns, look)


def _of_fact(key: FactKey, ground: Ground) -> Ground:
    """The ground without custom attributes where a fact's table has none: then all workspaces share its SQL."""
    return ground if key.fact in SLICED else replace(ground, custom=())


def _as_far_as_asked(question: Question, ground: Ground, settings: Settings) -> Ground:
    """The ground without the custom attributes that a question does not name: then all workspaces share its SQL."""
    named = tuple(name for name in ground.custom if name in question.dimensions)
    entry = catalogue(settings).get(question.metric)
    known = {*DIMENSIONS, *DETAIL, *named, *(entry.by if entry else ())}
    # A name that does not exist is answered with all that do.
    return replace(ground, custom=named) if set(question.dimensions) <= known else ground


def catalogue(settings: Settings | None = None) -> dict[str, Entry]:
    """Every metric's entry, by slug: Tenure's, and after them the workspace's own if ``settings`` are given."""
    if settings is None or not settings.own:
        return _shipped()
    return {**_shipped(), **_own(settings.own, settings.timezone).entries}


def entry(slug: str, settings: Settings | None = None) -> Entry:
    """The entry of that name. Raises ``UsageError`` with the nearest names, or with what is wrong in the file of that name."""
    found = catalogue(settings)
    if slug in found:
        return found[slug]
    for fault in faults(settings) if settings else ():
        if Path(fault.path).stem == slug:
            raise fault.error
    raise unknown("metric", slug, found, listing="All of them: tenure metrics")


def faults(settings: Settings) -> list[Fault]:
    """What is wrong with the definitions of the workspace's own metrics: of each the first thing, by name."""
    return _own(settings.own, settings.timezone).faults if settings.own else []


@dataclass(frozen=True)
class Fault:
    """A file that defines no metric, and why."""

    path: str
    message: str
    code: str
    where: str
    fix: str

    @property
    def error(self) -> UsageError:
        """The same as whoever asks for it is told."""
        return UsageError(self.message, code=self.code, where=self.where, fix=self.fix)


@dataclass(frozen=True)
class Own:
    """What a workspace's own definitions come to."""

    entries: dict[str, Entry]
    faults: list[Fault]


@functools.cache
def _shipped() -> dict[str, Entry]:
    def make() -> dict[str, Entry]:
        from tenure.metrics.catalogue import metrics

        return {slug: _entry(metric) for slug, metric in metrics().items()}

    return _kept("catalogue", dict[str, Entry], make)


@functools.lru_cache(maxsize=8)  # of several workspaces, and of what their files said a moment ago
def _own(files: tuple[Written, ...], zone: str) -> Own:
    def make() -> Own:
        own = Own({}, [])
        for file in files:
            try:
                own.entries[file.name] = _defined(file, zone)
            except UsageError as error:
                own.faults.append(Fault(file.path, error.message, error.code, error.where, error.fix))
        return own

    told = json.dumps([[asdict(file) for file in files], zone])
    return _kept(f"own-{hashlib.sha256(told.encode()).hexdigest()[:32]}", Own, make)


def _defined(file: Written, zone: str) -> Entry:
    from tenure.metrics.own.defined import defined

    if file.name in _shipped():
        raise UsageError(
            f"There is a metric called {file.name} already, which comes with Tenure.", code="name_taken",
            where=file.path, fix="Give the file another name.",
        )  # fmt: skip
    return _entry(defined(file, zone))


def _entry(metric: Metric) -> Entry:
    return Entry(**{name: getattr(metric, name) for name in Entry.__dataclass_fields__})


def _compiled(what: Question | FactKey, ground: Ground, form: str, kind: Any, make: Callable[[], T]) -> T:
    """The compiled form of something, from memory where this process had it before."""
    key = what, ground, form
    found = _had.get(key)
    if found is None:
        found = _kept(fingerprint(what, ground, code_hash() + form), kind, make)
        if len(_had) >= MOST_HAD:
            _had.clear()
        _had[key] = found
    return found


def _kept(name: str, kind: Any, make: Callable[[], T]) -> T:
    """What lies under the name, or else what ``make`` gives, which then lies there."""
    path = folder() / f"{name}.json"
    try:
        return msgspec.json.decode(whole.read(path), type=kind)  # type: ignore[no-any-return]
    except (OSError, msgspec.MsgspecError):
        made = make()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(whole.sealed(msgspec.json.encode(made)))
        Path(file.name).replace(path)
    except OSError:  # a cache that cannot be written is only slow
        return made
    return made
