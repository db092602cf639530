"""What was found of one part."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Damage:
    """What is wrong, where, and what to do about it."""

    where: str
    message: str
    fix: str


@dataclass(frozen=True)
class Part:
    """What was looked at of one part of a workspace. ``counts``: of what how much was; ``unread``: how many files were not read
    whole, as that takes long. ``head``: a chain's end, to be kept elsewhere; ``upto``: when its last entry was written.
    """

    part: str
    counts: dict[str, int]
    damage: tuple[Damage, ...] = ()
    unread: int = 0
    head: str = ""
    upto: str = ""


#: Of one kind of damage so many are told.
MOST = 20


def few(found: list[Damage], where: str) -> tuple[Damage, ...]:
    """The first of many, and how many more there are."""
    if len(found) <= MOST:
        return tuple(found)
    more = Damage(where, f"There are {len(found) - MOST:,} more like these.", found[-1].fix)
    return (*found[:MOST], more)
