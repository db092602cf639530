"""Which rows are learned from together and which are held out: by what rows hold, never by where they stand."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from tenure.core.features import Codes, Column, Features, Floats, Labels, Places

Keys = NDArray[np.uint64]

FOLDS = 5

_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def row_keys(table: Features) -> Keys:
    """A number for each row, the same wherever and beside whatever the row stands; rows that are alike have the same."""
    total = np.zeros(table.rows, dtype=np.uint64)
    for name, column in table.columns.items():
        total += mixed(_values(column) ^ _text_key(name))
    return mixed(total)


def label_keys(labels: Labels) -> Keys:
    """A number for each row by its label."""
    return mixed(_values(labels))


def _values(column: Column) -> Keys:
    if isinstance(column, Labels):
        levels = np.array([_text_key(level) for level in (*column.levels, "\0")], dtype=np.uint64)
        return levels[column.codes]
    values = np.where(np.isnan(column.values), np.nan, column.values + 0.0)  # one NaN, and no zero below zero
    return np.ascontiguousarray(values).view(np.uint64)


def _text_key(text: str) -> np.uint64:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def mixed(keys: Keys) -> Keys:
    """SplitMix64: every bit of the result depends on every bit of the key."""
    found = keys + _ODD
    found = (found ^ (found >> np.uint64(30))) * _MIX[0]
    found = (found ^ (found >> np.uint64(27))) * _MIX[1]
    return found ^ (found >> np.uint64(31))


def in_order(keys: Keys, outcome: Floats) -> Places:
    """The rows in an order of their own, which is that of no file."""
    return np.lexsort((outcome, keys))


def deal(outcome: Floats, keys: Keys, groups: Codes | None = None, folds: int = FOLDS) -> NDArray[np.intp]:
    """The fold of each row, 0 to ``folds`` - 1: events, and rows, are spread evenly, and groups stay together.

    ``keys``: of rows, or where there are ``groups`` the same for all rows of one.
    """
    if groups is None:
        unit, first = np.arange(len(outcome)), np.arange(len(outcome))
        keys = _told_apart(keys, outcome)
    else:
        _, first, unit = np.unique(groups, return_index=True, return_inverse=True)
    events = np.bincount(unit, outcome)
    sizes = np.bincount(unit)
    order = np.lexsort((keys[first], -sizes, -events))
    turn = np.arange(len(order)) % (2 * folds)  # there and back, so that no fold always gets the larger one
    dealt = np.empty(len(order), dtype=np.intp)
    dealt[order] = np.where(turn < folds, turn, 2 * folds - 1 - turn)
    return dealt[unit]


def _told_apart(keys: Keys, outcome: Floats) -> Keys:
    """Keys of which rows that are alike have different ones. With the same they would be spread evenly too: each fold would
    have the same share of events among them as the others, and noise could be told.
    """
    order = np.lexsort((outcome, keys))
    place = np.arange(len(order))
    begins = np.append(True, keys[order][1:] != keys[order][:-1])
    found = np.empty_like(keys)
    found[order] = mixed(keys[order] + (place - np.maximum.accumulate(np.where(begins, place, 0))).astype(np.uint64))
    return found
