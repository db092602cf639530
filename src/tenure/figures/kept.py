"""Compiled questions, kept on disk, so that asking them again imports neither Ibis nor the metrics.

Everything here is worth nothing but time: delete the folder and it comes back. Entries are named by a hash of the
question, of what it stands on and of the code that compiles it, so that an old one is never used for a new meaning.
"""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from tenure.core.errors import unknown
from tenure.figures.question import DETAIL, DIMENSIONS, Ground, Question, fingerprint
from tenure.metrics.kinds import Entry

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.compiledform import Plan, Recipe
    from tenure.metrics.kinds import FactKey

T = TypeVar("T")
#: The facts whose tables have the custom attributes.
SLICED = ("stint", "portrait")
#: Whose change changes what a question compiles to.
COMPILES = ("metrics", "figures", "warehouse/tables", "warehouse/table.py", "core/config.py")


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

    ground = _as_far_as_asked(question, ground)
    return _kept(fingerprint(question, ground, code_hash()), Plan, make)


def detail(question: Question, ground: Ground, settings: Settings, what: Literal["values", "rows"]) -> Recipe:
    """The SQL of a question's single values (for the bootstrap), or of the rows behind its figures."""
    from tenure.figures.compiledform import Recipe

    def make() -> Recipe:
        from tenure.figures.plan import detailed

        return detailed(question, ground, settings, what)

    ground = _as_far_as_asked(question, ground)
    return _kept(fingerprint(question, ground, f"{code_hash()} {what}"), Recipe, make)


def recipe(key: FactKey, ground: Ground, settings: Settings) -> Recipe:
    """The SQL that makes a fact's table."""
    from tenure.figures.compiledform import Recipe

    def make() -> Recipe:
        from tenure.figures.plan import recipe

        return recipe(key, ground, settings)

    if key.fact not in SLICED:
        ground = replace(ground, custom=())
    return _kept(fingerprint(key, ground, code_hash()), Recipe, make)


def _as_far_as_asked(question: Question, ground: Ground) -> Ground:
    """The ground without the custom attributes that a question does not name: then all workspaces share its SQL."""
    named = tuple(name for name in ground.custom if name in question.dimensions)
    entry = catalogue().get(question.metric)
    known = {*DIMENSIONS, *DETAIL, *named, *(entry.by if entry else ())}
    # A name that does not exist is answered with all that do.
    return replace(ground, custom=named) if set(question.dimensions) <= known else ground


@functools.cache
def catalogue() -> dict[str, Entry]:
    """Every metric's entry, by slug."""

    def make() -> dict[str, Entry]:
        from tenure.metrics.catalogue import metrics

        fields = Entry.__dataclass_fields__
        return {slug: Entry(**{name: getattr(metric, name) for name in fields}) for slug, metric in metrics().items()}

    return _kept("catalogue", dict[str, Entry], make)


def entry(slug: str) -> Entry:
    """The entry of that name. Raises ``UsageError`` with the nearest names."""
    if slug not in catalogue():
        raise unknown("metric", slug, catalogue(), listing="All of them: tenure metrics")
    return catalogue()[slug]


def _kept(name: str, kind: Any, make: Callable[[], T]) -> T:
    """What lies under the name, or else what ``make`` gives, which then lies there."""
    path = folder() / f"{name}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)  # type: ignore[no-any-return]
    except (OSError, msgspec.MsgspecError):
        made = make()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(msgspec.json.encode(made))
        Path(file.name).replace(path)
    except OSError:  # a cache that cannot be written is only slow
        return made
    return made
