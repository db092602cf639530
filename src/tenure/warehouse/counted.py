"""What an inbox counts: what it has, what it received, and what it has handed on."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tenure.warehouse.messages import EVENT
from tenure.warehouse.sqlite import reporting
from tenure.warehouse.witness import Witness


@dataclass(frozen=True)
class Received:
    """How many events of a source came in on a day (UTC), and how many of them had come before."""

    source: str
    day: date
    events: int
    again: int


@dataclass(frozen=True)
class Handed:
    """Events that were handed on at once, from the number ``first`` to ``last``. ``twice``: how many tell of two things, of a person
    and a company; ``merged``: how often a later one tells the same thing again; ``read``: the rows that the warehouse read.
    """

    first: int
    last: int
    events: int
    twice: int
    merged: int
    read: int

    @property
    def aside(self) -> int:
        """How many say nothing that is kept, or what the map of events leaves out."""
        return self.events + self.twice - self.merged - self.read


class Counted:
    """What of an inbox is about its counts."""

    path: Path
    epoch: str
    _con: sqlite3.Connection
    _witness: Witness

    def handed(self) -> list[Handed]:
        """What was handed on, in order."""
        with reporting(self.path):
            rows = self._con.execute("SELECT * FROM handed ORDER BY first").fetchall()
        return [Handed(*row) for row in rows]

    def received(self) -> list[Received]:
        """How many events came in, by source and day."""
        with reporting(self.path):
            rows = self._con.execute("SELECT source, day, events, again FROM received ORDER BY day, source").fetchall()
        return [Received(source, date.fromisoformat(day), events, again) for source, day, events, again in rows]

    def counts(self) -> dict[str, int]:
        """How many messages are in which state, events among them; states of none are left out."""
        with reporting(self.path):
            return dict(
                self._con.execute("SELECT state, count(*) FROM message GROUP BY state ORDER BY state").fetchall()
            )

    def names(self, kinds: Sequence[str], state: str = "done") -> list[tuple[int, str, str, str]]:
        """Number, kind, source and message id of the messages of some kinds, without what they hold, in order."""
        marks = ", ".join("?" for _ in kinds)
        sql = f"SELECT seq, kind, source, message_id FROM message WHERE state = ? AND kind IN ({marks}) ORDER BY seq"
        with reporting(self.path):
            return self._con.execute(sql, [state, *kinds]).fetchall()

    def last(self) -> int:
        """The largest number that a message ever had."""
        with reporting(self.path):
            rows = self._con.execute("SELECT seq FROM sqlite_sequence WHERE name = 'message'").fetchall()
        return int(rows[0][0]) if rows else 0

    def noted(self) -> int:
        """The largest number of which a witness says that it was there."""
        return self._witness.last(self.epoch)

    def events(self) -> dict[str, tuple[int, int]]:
        """By source, how many events there are, those whose names were pruned among them, and how many wait."""
        of = len(EVENT) + 2
        with reporting(self.path):
            there = self._con.execute(
                f"SELECT substr(source, {of}), count(*) FROM message WHERE source >= '{EVENT}:' "
                f"AND source < '{EVENT};' GROUP BY source"
            ).fetchall()
            waiting = dict(
                self._con.execute(
                    f"SELECT substr(source, {of}), count(*) FROM message INDEXED BY message_pending "
                    f"WHERE state = 'pending' AND kind = '{EVENT}' GROUP BY source"
                ).fetchall()
            )
            gone = dict(self._con.execute("SELECT source, sum(events) FROM pruned GROUP BY source").fetchall())
        counts = {source: gone.get(source, 0) for source in gone} | {
            source: count + gone.get(source, 0) for source, count in there
        }
        return {source: (count, waiting.get(source, 0)) for source, count in counts.items()}

    def between(self, first: int, last: int) -> int:
        """How many events from a number to another were handed on, those whose names were pruned among them."""
        sql = (
            f"SELECT (SELECT count(*) FROM message WHERE seq BETWEEN ? AND ? AND kind = '{EVENT}' AND state = 'done')"
            " + (SELECT coalesce(sum(events), 0) FROM pruned WHERE first BETWEEN ? AND ?)"
        )
        with reporting(self.path):
            return int(self._con.execute(sql, [first, last, first, last]).fetchall()[0][0])
