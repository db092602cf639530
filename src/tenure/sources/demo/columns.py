"""Arrow columns from integer arrays: ids, money, days, instants and words. Nothing here goes through a float.

They are made from the arrays' memory: ``pyarrow.array`` would import pandas, where it is installed, for seconds.
"""

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


def whole(values: Ints, null: Flags | None = None) -> pa.Array:
    """Whole numbers, empty where ``null``."""
    memory = pa.py_buffer(np.ascontiguousarray(values, dtype=np.int64))
    return pa.Array.from_buffers(pa.int64(), len(values), [_valid(null), memory])


def flag(values: Flags) -> pa.Array:
    """Booleans."""
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(values)])


def _valid(null: Flags | None) -> pa.Buffer | None:
    return None if null is None else _bits(~null)


def _bits(values: Flags) -> pa.Buffer:
    return pa.py_buffer(np.packbits(values, bitorder="little"))


def digits(values: Ints) -> pa.Array:
    """Whole numbers as texts."""
    return whole(values).cast(pa.string())


def take(column: pa.Array, rows: Ints) -> pa.Array:
    """The column's values at those places."""
    return column.take(whole(rows))


def either(condition: Flags, yes: pa.Array | pa.Scalar | str, no: pa.Array) -> pa.Array:
    """Row by row, one or the other."""
    return pc.if_else(flag(condition), _scalar(yes) if isinstance(yes, str) else yes, no)


def ident(prefix: str, *numbers: Ints, width: int = 5) -> pa.Array:
    """Text ids like ``A-00012`` or ``C-00012-2``: the first number padded, the others as they are."""
    parts = [pc.utf8_lpad(digits(numbers[0]), width, "0")]
    parts += [digits(number) for number in numbers[1:]]
    return pc.binary_join_element_wise(_scalar(prefix), *parts, _scalar("-"))


def join(*parts: pa.Array | str) -> pa.Array:
    """Texts put together row by row."""
    return pc.binary_join_element_wise(
        *(_scalar(part) if isinstance(part, str) else part for part in parts), _scalar("")
    )


def _scalar(text: str) -> pa.Scalar:
    return texts([text])[0]


def money(values: Ints, scale: int = 2, null: Flags | None = None) -> pa.Array:
    """Decimals from whole numbers of the last digit: with ``scale`` 2, cents."""
    words = np.empty((len(values), 2), dtype=np.int64)  # decimal128 is two little-endian words
    words[:, 0], words[:, 1] = values, values >> 63
    made = pa.Array.from_buffers(pa.decimal128(18, scale), len(values), [None, pa.py_buffer(words.tobytes())])
    return made if null is None else blank(made, null)


def civil(days: Ints) -> pa.Array:
    """Dates; empty where ``NEVER``."""
    return whole(np.where(days >= NEVER, 0, days), days >= NEVER).cast(pa.int32()).cast(pa.date32())


def instant(seconds: Ints) -> pa.Array:
    """Instants in UTC; empty where ``NEVER``."""
    never = seconds >= NEVER * DAY
    return whole(np.where(never, 0, seconds), never).cast(pa.timestamp("s", tz="UTC"))


def texts(words: Sequence[str | None]) -> pa.Array:
    """Texts as they are, empty for ``None``."""
    raw = [(word or "").encode() for word in words]
    ends = np.cumsum([0, *map(len, raw)], dtype=np.int32)
    null = np.array([word is None for word in words], dtype=np.bool_)
    buffers = [_valid(null), pa.py_buffer(ends), pa.py_buffer(b"".join(raw))]
    return pa.Array.from_buffers(pa.string(), len(raw), buffers)


def word(codes: Ints, words: Sequence[str | None]) -> pa.Array:
    """The word of each code; empty where the code is negative."""
    return texts(words).take(whole(np.maximum(codes, 0), codes < 0))


def blank(column: pa.Array, null: Flags) -> pa.Array:
    """The column with the rows of ``null`` emptied."""
    return either(null, pa.nulls(1, column.type)[0], column)
