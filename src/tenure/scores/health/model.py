"""What a health score is made of: a file in the workspace, ``models/health.toml``, or the one that comes with Tenure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.core import accept
from tenure.core.accept import RefusedError
from tenure.core.toml_reader import Check, TomlReader, plain
from tenure.core.toml_text import parsed, place_of
from tenure.core.written import Written
from tenure.scores.signal import RISKS, Signal

CODE = "bad_model"
NAME = "health"
#: The longest that a component may look back, in days.
LONGEST = 1_100
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Component:
    """One of the things that a score is made of. ``curve``: pairs of a value of the ``signal`` and points, of rising values.
    ``weight``: against those of the other components.
    """

    name: str
    signal: Signal
    curve: tuple[tuple[Decimal, Decimal], ...]
    weight: Decimal

    def points(self, values: Floats) -> NDArray[np.int64]:
        """What values are worth, in hundredths of a point; -1 for nan, which is unknown."""
        known, worth = (np.array([float(pair[at]) for pair in self.curve]) for at in (0, 1))
        hundredths = np.round(100 * np.interp(values, known, worth))  # level beyond the ends
        return np.where(np.isnan(values), -1, hundredths).astype(np.int64)


@dataclass(frozen=True)
class Model:
    """A health score as it is defined. ``good``, ``fair``: from which score on an account is in these bands."""

    written: Written
    definition: str
    components: tuple[Component, ...]
    segments: dict[str, dict[str, Decimal]]
    good: Decimal
    fair: Decimal
    minimum_days: int
    minimum_coverage: Decimal
    written_share: Decimal

    @cached_property
    def version(self) -> str:
        """A name for what the file means, whatever its comments and order say."""
        meaning = json.dumps(plain(parsed(self.written.text, self.written.path, CODE)), sort_keys=True)
        return hashlib.sha256(meaning.encode()).hexdigest()[:12]

    def weight(self, component: Component, segment: str | None) -> Fraction:
        """What a component weighs for the accounts of a segment."""
        return Fraction(self.segments.get(segment or "", {}).get(component.name, component.weight))

    def place(self, *at: str) -> str:
        """Where a key stands: file, line and key."""
        return place_of(self.written.text, self.written.path, at)

    def band(self, score: float) -> str:
        """Whether a score is ``good``, ``fair`` or ``poor``."""
        return "good" if score >= self.good else "fair" if score >= self.fair else "poor"


def shipped() -> Written:
    """The model that comes with Tenure."""
    return Written(f"{NAME}.toml", (files(__package__) / f"{NAME}.toml").read_text("utf-8"))


def read(written: Written) -> Model:
    """What a file says. Raises ``UsageError`` with file, line and what to do, for the first thing that is wrong."""
    said = TomlReader(written, CODE)
    bands = said.inside(("bands",), {"good": _points, "fair": _points})
    top = said.inside((), _TOP)
    for name in ("definition", "components", "bands"):
        said.need((name,))
    components = tuple(_component(said, name) for name in top["components"])
    names = {component.name for component in components}
    segments = {
        segment: said.inside(("segments", segment), dict.fromkeys(sorted(names), _weight))
        for segment in top.get("segments", {})
    }
    said.need(("bands", "good"))
    said.need(("bands", "fair"))
    if bands["fair"] >= bands["good"]:
        raise said.bad(("bands", "fair"), "The band fair begins above the band good.", "Exchange the two.")
    model = Model(
        written, top["definition"], components, segments, bands["good"], bands["fair"], top.get("minimum_days", 0),
        top.get("minimum_coverage", Decimal(0)), top.get("written", Decimal(1)),
    )  # fmt: skip
    for segment in ("", *segments):
        if not sum(model.weight(component, segment) for component in components):
            raise said.bad(("components",), "No component has a weight.", "Give at least one a weight above 0.")
    return model


def _component(said: TomlReader, name: str) -> Component:
    at = ("components", name)
    found = said.inside(at, _COMPONENT)
    for key in ("curve", "weight", "days"):
        said.need((*at, key))
    kinds = [kind for kind in ("metric", "judgement", "risk") if kind in found]
    if len(kinds) != 1:
        raise said.bad(
            at, f"{name} needs a metric, a judgement or a risk, and only one.", 'As: metric = "active_usage_rate"'
        )
    if kinds[0] != "metric" and ("variant" in found or "trend" in found):
        raise said.bad(at, f"{name} is a {kinds[0]}, which has no variant and no trend.", "Leave them out.")
    curve, weight = found.pop("curve"), found.pop("weight")
    return Component(name, Signal(**found), curve, weight)


def _points(value: Any) -> Decimal:
    return _number(value, "a number of points from 0 to 100", 0, 100)


def _share(value: Any) -> Decimal:
    return _number(value, "a share from 0 to 1", 0, 1)


def _weight(value: Any) -> Decimal:
    return _number(value, "a number, 0 or more", 0, 1_000_000)


def _number(value: Any, must_be: str, least: int, most: int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise RefusedError(must_be)
    number = Decimal(value)
    if not number.is_finite() or not least <= number <= most:
        raise RefusedError(must_be)
    return number


def _curve(value: Any) -> tuple[tuple[Decimal, Decimal], ...]:
    must_be = "pairs of a value and points from 0 to 100, the values rising, as [[0, 0], [0.5, 60], [1, 100]]"
    if not isinstance(value, list) or len(value) < 2 or not all(isinstance(p, list) and len(p) == 2 for p in value):
        raise RefusedError(must_be)
    pairs = tuple((_number(v, must_be, -(10**12), 10**12), _number(p, must_be, 0, 100)) for v, p in value)
    if any(later[0] <= earlier[0] for earlier, later in pairwise(pairs)):
        raise RefusedError(must_be)
    return pairs


def _risk(value: Any) -> int:
    if value not in RISKS or isinstance(value, bool):
        raise RefusedError(f"one of {', '.join(map(str, RISKS))}, which are days")
    return int(value)


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(inner, dict) for inner in value.values()):
        raise RefusedError("a table for each, as [components.use]")
    return value


def _group(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RefusedError("a table, as [bands]")
    return value


_TOP: dict[str, Check] = {
    "definition": accept.word, "minimum_days": accept.whole(0, LONGEST), "minimum_coverage": _share, "written": _share,
    "bands": _group, "components": _table, "segments": _table,
}  # fmt: skip
_COMPONENT: dict[str, Check] = {
    "metric": accept.word, "variant": accept.words, "judgement": accept.word, "risk": _risk, "days": accept.whole(1, LONGEST),
    "trend": accept.boolean, "curve": _curve, "weight": _weight,
}  # fmt: skip
