"""A model as text: small, and read again in a moment, so that what took long to learn is learned once."""

from __future__ import annotations

import msgspec
import numpy as np

from tenure.scores.additive import Additive
from tenure.scores.learn import Calibrated, Sum
from tenure.scores.linear import Linear
from tenure.scores.prepare import LabelPart, NumberPart, Part, Prepared


class _Number(msgspec.Struct, tag="number", frozen=True):
    name: str
    low: float
    high: float
    mean: float
    scale: float
    gaps: bool


class _Label(msgspec.Struct, tag="label", frozen=True):
    name: str
    levels: tuple[str, ...]
    places: list[int]
    width: int


class _Linear(msgspec.Struct, tag="logistic", frozen=True):
    parts: list[_Number | _Label]
    coefficients: list[float]
    means: list[float]
    base: float


class _Additive(msgspec.Struct, tag="boosted", frozen=True):
    parts: list[_Number | _Label]
    edges: list[list[float]]
    adds: list[list[float]]
    base: float
    trees: int


class Stored(msgspec.Struct, frozen=True):
    """A model that is brought to scale, in lists of numbers and words."""

    model: _Linear | _Additive
    slope: float
    shift: float

    def model_of(self) -> Calibrated:
        """The model, to the last bit the one that was stored."""
        return Calibrated(_read(self.model), self.slope, self.shift)


def stored(model: Calibrated) -> Stored:
    """A model to keep."""
    return Stored(_told(model.model), model.slope, model.shift)


def _told(model: Sum) -> _Linear | _Additive:
    if isinstance(model, Linear):
        return _Linear(_parts(model.prepared), model.coefficients.tolist(), model.means.tolist(), model.base)
    if isinstance(model, Additive):
        edges, adds = ([column.tolist() for column in columns] for columns in (model.edges, model.adds))
        return _Additive(_parts(model.prepared), edges, adds, model.base, model.trees)
    raise TypeError(f"a model of the kind {model.name!r} cannot be kept")


def _parts(prepared: Prepared) -> list[_Number | _Label]:
    return [
        _Label(part.name, part.levels, part.places.tolist(), part.width) if isinstance(part, LabelPart)
        else _Number(part.name, part.low, part.high, part.mean, part.scale, part.gaps)
        for part in prepared.parts
    ]  # fmt: skip


def _read(told: _Linear | _Additive) -> Sum:
    prepared = Prepared(tuple(_part(part) for part in told.parts))
    if isinstance(told, _Linear):
        return Linear(prepared, np.array(told.coefficients), np.array(told.means), told.base)
    edges, adds = (tuple(np.array(column, dtype=np.float64) for column in each) for each in (told.edges, told.adds))
    return Additive(prepared, edges, adds, told.base, told.trees)


def _part(told: _Number | _Label) -> Part:
    if isinstance(told, _Label):
        return LabelPart(told.name, told.levels, np.array(told.places, dtype=np.int32), told.width)
    return NumberPart(told.name, told.low, told.high, told.mean, told.scale, told.gaps)
