"""``verify``: whether the audit log holds, and whether what lies on the disk is what was put there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from tenure.core import chainfiles
from tenure.core.errors import TenureError
from tenure.engine.verified import archived, chained, derived, inboxed, warehoused
from tenure.engine.verified.part import Damage, Part
from tenure.warehouse.audit import CHAIN
from tenure.warehouse.store import explained

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

#: Bytes that are read whole without ``deep``: a second or so of a disk's time.
CHEAP = 256_000_000


@dataclass(frozen=True)
class Verify:
    """``deep``: read everything, and hold the warehouse against one that is made anew. ``heads``: ends of chains as they were
    kept elsewhere (``inbox:1204:9f86d0...``); those of other chains are left to whoever has these.
    """

    deep: bool = False
    heads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verified:
    """What was found, part by part."""

    parts: tuple[Part, ...]
    deep: bool

    @property
    def good(self) -> bool:
        """Whether nothing is damaged."""
        return not any(part.damage for part in self.parts)


def verify(desk: Desk, request: Verify) -> Verified:
    """Look at the log, the inbox, the archive, the warehouse and what is published, and change nothing but what a crash left.

    Raises ``UsageError`` for a head that is none.
    """
    heads = [chainfiles.parsed_head(text) for text in request.heads]
    budget = None if request.deep else CHEAP
    looks: dict[str, Callable[[], Part]] = {
        "log": lambda: chained.look(desk, [head for chain, head in heads if chain == CHAIN]),
        "inbox": lambda: inboxed.look(desk, budget),
        "archive": lambda: archived.look(desk, budget),
        "warehouse": lambda: warehoused.look(desk, budget, deep=request.deep),
        "published": lambda: derived.look(desk),
    }
    parts = []
    for number, (name, look) in enumerate(looks.items()):
        desk.progress(f"verifying {name}", number, len(looks))
        parts.append(_found(desk, name, look))
    return Verified(tuple(parts), request.deep)


def _found(desk: Desk, name: str, look: Callable[[], Part]) -> Part:
    """What was found of a part; what keeps it from being looked at is its damage."""
    try:
        return look()
    except duckdb.InterruptException:
        raise
    except TenureError as error:
        return Part(name, {}, (Damage(error.where or name, error.message, error.fix),))
    except (OSError, ValueError, duckdb.Error) as error:
        told = explained(error, desk.home / name)
        fix = told.fix if isinstance(told, TenureError) else "Restore it from a backup."
        return Part(name, {}, (Damage(name, f"It cannot be read: {str(error).splitlines()[0]}", fix),))
