"""How complete hand-overs from sales are: for each account, and for whoever hands over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Item:
    """Something to be passed on. ``state``: done, open or late; ``late_by``: the days by which it was or is late."""

    item: str
    giver: str
    taker: str
    due: date | None
    done: date | None
    state: str
    late_by: int


@dataclass(frozen=True)
class Handover:
    """A customer's hand-over from sales. ``noted``: anything was noted of it at all."""

    account: str
    name: str
    items: tuple[Item, ...]
    noted: bool

    @property
    def done(self) -> int:
        """How many items are done."""
        return sum(one.state == "done" for one in self.items)

    @property
    def late(self) -> int:
        """How many are late."""
        return sum(one.state == "late" for one in self.items)

    @property
    def complete(self) -> bool:
        """Whether all are done."""
        return bool(self.items) and self.done == len(self.items)


@dataclass(frozen=True)
class Giver:
    """What one person handed over: accounts, of them complete; items, of them done and in time."""

    person: str
    accounts: int
    complete: int
    items: int
    done: int
    on_time: int


def item(name: str, giver: str, taker: str, due: date | None, done: date | None, day: date) -> Item:
    """An item as it stands on a day. It lasts until its due day is over."""
    if done is not None:
        return Item(name, giver, taker, due, done, "done", max(0, (done - due).days) if due else 0)
    late = due is not None and due < day
    return Item(name, giver, taker, due, None, "late" if late else "open", (day - due).days if due and late else 0)


def givers(handovers: Iterable[Handover]) -> list[Giver]:
    """By whoever hands over, the names in order: an account counts for each who has an item of it."""
    by: dict[str, list[tuple[str, Item]]] = {}
    for handover in handovers:
        for one in handover.items:
            if one.giver:
                by.setdefault(one.giver, []).append((handover.account, one))
    return [_giver(person, by[person]) for person in sorted(by)]


def _giver(person: str, given: Sequence[tuple[str, Item]]) -> Giver:
    accounts: dict[str, list[Item]] = {}
    for account, one in given:
        accounts.setdefault(account, []).append(one)
    items = [one for _, one in given]
    return Giver(
        person, len(accounts), sum(all(one.state == "done" for one in mine) for mine in accounts.values()), len(items),
        sum(one.state == "done" for one in items), sum(one.state == "done" and not one.late_by for one in items),
    )  # fmt: skip
