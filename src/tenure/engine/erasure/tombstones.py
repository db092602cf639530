"""Who was erased: the ids as salted hashes, by which a person who comes in again is noticed, and what stands in their place."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.warehouse.archive import flush
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import explained
from tenure.warehouse.table import Type
from tenure.warehouse.tables import all_tables

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.warehouse.load import Report
    from tenure.warehouse.store import Store

FILE = "erased.json"


@dataclass(frozen=True)
class Tombstone:
    """Somebody who was erased. ``mark``: the salted hash of the id; ``token``: what stands in its place; ``at``: UTC."""

    mark: str
    token: str
    at: str


@dataclass
class Tombstones:
    """Those of a workspace. ``salt`` is its own, so that nobody can compare those of two."""

    salt: str
    stones: dict[str, Tombstone] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Path) -> Tombstones:
        """As the file says; without one, of nobody."""
        try:
            said = json.loads((home / FILE).read_text(encoding="ascii"))
        except FileNotFoundError:
            return cls(secrets.token_hex(32))
        stones = [Tombstone(one["mark"], one["token"], one["at"]) for one in said["people"]]
        return cls(said["salt"], {stone.mark: stone for stone in stones})

    def mark(self, person: str) -> str:
        """The salted hash of an id."""
        return hmac.new(bytes.fromhex(self.salt), person.encode(), hashlib.sha256).hexdigest()

    def token(self, person: str, now: datetime) -> str:
        """What is to stand in the place of an id: as before where it was erased before."""
        mark = self.mark(person)
        if mark not in self.stones:
            self.stones[mark] = Tombstone(mark, f"erased-{secrets.token_hex(6)}", now.isoformat(timespec="seconds"))
        return self.stones[mark].token

    def among(self, people: Iterable[str]) -> list[str]:
        """Those of some ids whose people were erased."""
        return [person for person in people if self.mark(person) in self.stones] if self.stones else []

    def write(self, home: Path) -> None:
        """On disk when this returns, for nobody else to read. Raises ``UnavailableError``."""
        part = home / f".{FILE}.part"
        said = {"salt": self.salt, "people": [vars(stone) for stone in self.stones.values()]}
        try:
            part.unlink(missing_ok=True)
            with open(part, "x", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                json.dump(said, file, indent=1)
            flush(part)
            part.replace(home / FILE)
            flush(home)
        except OSError as error:
            raise explained(error, home / FILE) from error


def known_again(store: Store, tombstones: Tombstones, *, since: int = 0) -> list[str]:
    """The ids of erased people that a warehouse holds in batches from ``since`` on, in order."""
    if not tombstones.stones:
        return []
    found: set[str] = set()
    for table in all_tables().values():
        for column in table.people:
            name = quoted(column.name)
            each = f"unnest(from_json({name}, '[\"VARCHAR\"]'))" if column.type is Type.LIST else name
            rows = store.rows(
                f"SELECT DISTINCT {each} FROM main.{quoted(table.name)} WHERE batch >= {since} AND {name} IS NOT NULL"
            )
            found.update(person for (person,) in rows if person)
    return sorted(tombstones.among(found))


def noticed(desk: Desk, reports: Iterable[Report]) -> tuple[str, ...]:
    """A remark where a load brought somebody who was erased."""
    batches = [report.batch for report in reports if report.batch is not None and report.loaded + report.superseded]
    tombstones = Tombstones.of(desk.home)
    if not batches or not tombstones.stones:
        return ()
    again = known_again(desk.store, tombstones, since=min(batches))
    if not again:
        return ()
    shown = ", ".join(again[:5]) + (f" and {len(again) - 5} more" if len(again) > 5 else "")
    return (f"Erased before, and now known again: {shown}. If they are not to be: tenure person erase {again[0]}",)
