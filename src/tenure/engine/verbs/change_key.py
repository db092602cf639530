"""``change_key``: a new key for the audit log, with which entries are signed from now on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core import chainfiles
from tenure.core.acts import Act

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class ChangeKey:
    """Nothing needs to be said."""


@dataclass(frozen=True)
class KeyChanged:
    """The ids of the key that signed until now, and of the one that signs from now on."""

    before: str
    after: str


def change_key(desk: Desk, _request: ChangeKey) -> KeyChanged:
    """Make a key. Those of before go on to verify what they signed. Raises ``UsageError`` where keys come from elsewhere."""
    before = chainfiles.keys(desk.home).current
    after = chainfiles.add_key(desk.home).current
    desk.note(Act.KEY_CHANGED, "key", after, before=before)
    return KeyChanged(before, after)
