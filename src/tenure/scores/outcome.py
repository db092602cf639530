"""What the texts of an outcome mean: whether it happened."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tenure.core.errors import DataError
from tenure.core.features import Floats, Labels

_YES = set(
    "1 true t yes y on churn churned lost left gone cancelled canceled cancel exited attrited attrition inactive closed "
    "terminated default defaulted event dead positive bad won converted".split()
) | {"attrited customer", "voluntary churn"}
_NO = set(
    "0 false f no n off retained stayed active renewed renew kept current existing open negative good alive censored "
    "loyal none".split()
) | {"existing customer", "not churned", "no churn", "non-churn", "not churn"}
_NOT_KNOWN = {"", "na", "n/a", "nan", "null", "#n/a", "?", "<na>", "unknown"}
_SHOWN = 40
_NUMBER = r"[-+]?\d+(\.\d*)?"


@dataclass(frozen=True)
class Outcome:
    """Of each row: ``happened`` is 1, 0, or NaN where it is not known. ``event``: the text of the file that means it happened.

    ``guessed``: no word said which of the two it is, so that the rarer was taken.
    """

    happened: Floats
    event: str
    guessed: bool


def read_outcome(column: Labels, event: str | None, where: Callable[[int], str]) -> Outcome:
    """Make out which of two texts is the event: that named by ``event`` (others are then none), else by common words, the
    higher of two numbers, or the rarer of two texts.

    ``where``: the place of a row in the file, for messages. Raises ``DataError`` for what has not two values.
    """
    known = [place for place, level in enumerate(column.levels) if level.lower() not in _NOT_KNOWN]
    if event is not None:
        hit = [place for place in known if column.levels[place].lower() == event.strip().lower()]
        if not hit:
            listed = ", ".join(repr(column.levels[place][:_SHOWN]) for place in known[:10])
            raise DataError(
                f"No row has the outcome {event!r}.", code="no_such_event", where=where(0).rpartition(":")[0].rpartition(":")[0],
                fix=f"There are: {listed}.",
            )  # fmt: skip
        return _told(column, known, hit, guessed=False)
    meaning = {place: _meaning(column.levels[place]) for place in known}
    counts = np.bincount(column.codes, minlength=len(column.levels))
    values = {_canonical(column.levels[place]) for place in known}
    if None not in meaning.values():
        return _told(column, known, [place for place, yes in meaning.items() if yes], guessed=False)
    if len(values) > 2:
        raise _more_than_two(column, meaning, counts, where)
    yes, guessed = _event_of(column, meaning, counts)
    return _told(column, known, yes, guessed=guessed)


def _canonical(text: str) -> str:
    """Texts that are the same value: ``1`` and ``1.0``, ``Yes`` and ``yes``, ``True`` and ``True.``"""
    return f"{float(text):g}" if re.fullmatch(_NUMBER, text) else text.lower().strip(" .'\"")


def _meaning(text: str) -> bool | None:
    plain = _canonical(text)
    return True if plain in _YES else False if plain in _NO else None


def _event_of(column: Labels, meaning: dict[int, bool | None], counts: np.ndarray) -> tuple[list[int], bool]:
    """The levels that mean the event, where not all words are known; and whether that is a guess."""
    values = {place: _canonical(column.levels[place]) for place in meaning}
    if all(re.fullmatch(_NUMBER, value) for value in values.values()):
        high = max(values.values(), key=float)
        return [place for place, value in values.items() if value == high], len(set(values.values())) > 1
    said = {yes for yes in meaning.values() if yes is not None}
    if len(said) == 1:  # one is a word that is known, so that the other is its opposite
        return [place for place, yes in meaning.items() if yes or (yes is None and said == {False})], False
    sizes: dict[str, int] = {}
    for place, value in values.items():
        sizes[value] = sizes.get(value, 0) + int(counts[place])
    rarer = min(sorted(sizes, reverse=True), key=sizes.__getitem__, default="")
    return [place for place, value in values.items() if value == rarer], True


def _more_than_two(
    column: Labels, meaning: dict[int, bool | None], counts: np.ndarray, where: Callable[[int], str]
) -> DataError:
    odd = [place for place, yes in meaning.items() if yes is None]
    if len(odd) == len(meaning):  # no word is known: the two most frequent may be what is meant
        odd = sorted(odd, key=lambda place: (-counts[place], place))[2:]
    rows = np.flatnonzero(np.isin(column.codes, odd))
    text = column.levels[int(column.codes[rows[0]])]
    distinct = len({_canonical(column.levels[place]) for place in meaning})
    return DataError(
        f"The outcome is not one of two: {text[:_SHOWN]!r} is neither that it happened nor that it did not, and there are "
        f"{distinct:,} different values.",
        code="not_binary", where=where(int(rows[0])),
        fix="Write 1 or 0 (yes or no), or say which value is the event: --event VALUE.",
    )  # fmt: skip


def _told(column: Labels, known: list[int], yes: list[int], *, guessed: bool) -> Outcome:
    meaning = np.full(len(column.levels), np.nan)
    meaning[known] = 0.0
    meaning[yes] = 1.0
    counts = np.bincount(column.codes, minlength=len(column.levels))
    event = column.levels[max(yes, key=lambda place: counts[place])] if yes else ""
    return Outcome(meaning[column.codes], event, guessed)
