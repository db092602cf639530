"""Looking rows up by key, all at once."""

from __future__ import annotations

import numpy as np

from tenure.sources.demo.days import Ints


def find(sought: Ints, keys: Ints) -> Ints:
    """The place of each sought key among ``keys``, which are all different; -1 where it is not there."""
    order = np.argsort(keys)
    place = pick(order, np.minimum(np.searchsorted(keys[order], sought), len(keys) - 1), -1)
    return np.where(pick(keys, place, -1) == sought, place, -1)


def pick(values: Ints, place: Ints, otherwise: int) -> Ints:
    """The value at each place, ``otherwise`` where the place is -1."""
    found: Ints = np.append(values, otherwise)[place]
    return found
