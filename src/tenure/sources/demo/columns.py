"""Arrow columns from integer arrays: ids, money, days, instants and words. Nothing here goes through a float."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.sources.demo.days import DAY, NEVER, Flags, Ints


def draws(seed: int, subject: str) -> np.random.Generator:
    """The random numbers of one subject, so that a change to one subject leaves the others as they were."""
    return np.random.default_rng([seed, zlib.crc32(subject.encode())])


def ident(prefix: str, *numbers: Ints, width: int = 5) -> pa.Array:
    """Text ids like ``A-00012`` or ``C-00012-2``: the first number padded, the others as they are."""
    parts = [pc.utf8_lpad(pa.array(numbers[0]).cast(pa.string()), width, "0")]
    parts += [pa.array(number).cast(pa.string()) for number in numbers[1:]]
    return pc.binary_join_element_wise(prefix, *parts, "-")


def join(*parts: pa.Array | str) -> pa.Array:
    """Texts put together row by row."""
    return pc.binary_join_element_wise(*parts, "")


def money(values: Ints, scale: int = 2, null: Flags | None = None) -> pa.Array:
    """Decimals from whole numbers of the last digit: with ``scale`` 2, cents."""
    words = np.empty((len(values), 2), dtype=np.int64)  # decimal128 is two little-endian words
    words[:, 0], words[:, 1] = values, values >> 63
    made = pa.Array.from_buffers(pa.decimal128(18, scale), len(values), [None, pa.py_buffer(words.tobytes())])
    return made if null is None else blank(made, null)


def number(values: Ints, null: Flags | None = None) -> pa.Array:
    """Whole numbers, empty where ``null``."""
    return pa.array(values, mask=null)


def civil(days: Ints) -> pa.Array:
    """Dates; empty where ``NEVER``."""
    return pa.array(np.where(days >= NEVER, 0, days).astype(np.int32), pa.int32(), mask=days >= NEVER).cast(pa.date32())


def instant(seconds: Ints) -> pa.Array:
    """Instants in UTC; empty where ``NEVER``."""
    never = seconds >= NEVER * DAY
    return pa.array(np.where(never, 0, seconds), pa.int64(), mask=never).cast(pa.timestamp("s", tz="UTC"))


def word(codes: Ints, words: Sequence[str | None]) -> pa.Array:
    """The word of each code; empty where the code is negative."""
    return pa.array(words, pa.string()).take(pa.array(codes, mask=codes < 0))


def flag(values: Flags) -> pa.Array:
    """Booleans."""
    return pa.array(values)


def blank(column: pa.Array, null: Flags) -> pa.Array:
    """The column with the rows of ``null`` emptied."""
    return pc.if_else(pa.array(null), pa.scalar(None, column.type), column)
