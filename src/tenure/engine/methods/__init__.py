"""What can be estimated from a file: one file a method, registered by existing.

A method's module ``name`` holds, besides a docstring whose first line is its title:

* ``COLUMNS``: what the file must have,
* ``COUNTED``: the word for what ``n`` counts,
* ``OPTIONS``: the fields of ``Options`` that mean anything to it,
* ``KEYS``: for results by some key, the word for that key,
* ``estimate(table, options)``: the ``Estimated``. It raises ``DataError`` for rows that cannot be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Options:
    """``discount``: per period, of what is to come; ``horizon``: how far ahead to look, in the file's own time."""

    discount: float | None = None
    horizon: float | None = None


@dataclass(frozen=True)
class Estimated:
    """What was found. ``params``: by name; ``loglik``: at these, None where nothing is maximised; ``n``: how many it
    stands on; ``results``: what follows from the parameters, by name; ``notes``: what to bear in mind.
    """

    method: str
    params: dict[str, float | None]
    loglik: float | None
    n: int
    results: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def names() -> list[str]:
    """Every method there is."""
    from tenure.core.registry import locate

    return list(locate(__name__))


def method(name: str) -> ModuleType:
    """A method's module. Raises ``UsageError`` with the nearest names."""
    import importlib

    from tenure.core.errors import unknown

    known = names()
    if name not in known:
        raise unknown("method", name, known, listing=f"There are: {', '.join(known)}.")
    return importlib.import_module(f"{__name__}.{name}")


def plain(values: NDArray[np.float64]) -> list[float | None]:
    """Numbers as they leave: None for what is infinite or unknown."""
    from math import isfinite

    return [value if isfinite(value) else None for value in values.tolist()]
