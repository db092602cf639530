"""A chain of the audit log: whether it holds, and still has the ends that were noted outside its database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.core import chainfiles
from tenure.core.chain import Fault, Head, Verified, verify
from tenure.engine.verified.part import Damage, Part, few
from tenure.warehouse.audit import CHAIN

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

_EVIDENCE = "Nobody but Tenure writes there: find out who had access to the file. Compare with a backup, and keep both."
_FIXES = {
    "unknown_key": "Put the key back: into audit/key of the workspace, or into TENURE_AUDIT_KEY, before the one that signs now.",
    "cut": "Entries were removed at the end, or an older database was put in place. Restore it from a backup that has them.",
    "other_head": "The log was written anew, or is another workspace's. Compare with a backup of the time of that head.",
}


def look(desk: Desk, heads: Sequence[Head]) -> Part:
    """The inbox's chain. ``heads``: ends that were kept elsewhere."""
    return part("log", CHAIN, desk.home, desk.inbox.log.rows(), heads)


def part(name: str, chain: str, home: Path, rows: Iterable[Sequence[Any]], heads: Sequence[Head]) -> Part:
    """What was found of a chain's stored rows. ``name``: what the part is called."""
    ring = chainfiles.keys(home, make=False)
    noted = chainfiles.noted_head(home, chain, ring)
    found = verify(chain, ring, rows, [*heads, *([noted] if noted else [])])
    damage = [_damage(chain, fault) for fault in found.faults]
    if noted is None and found.head.count:
        damage.append(_no_head(home, chain))
    return Part(
        name, {"entries": found.head.count, "keys": len(found.keys)}, few(damage, chain), 0,
        chainfiles.told(chain, found.head), _short(found),
    )  # fmt: skip


def _damage(chain: str, fault: Fault) -> Damage:
    return Damage(f"{chain}:{fault.seq}", fault.message, _FIXES.get(fault.code, _EVIDENCE))


def _no_head(home: Path, chain: str) -> Damage:
    path = home / chainfiles.FOLDER / f"{chain}.head"
    if chainfiles.has_head(home, chain):
        message = "What is noted of the end of the log is damaged, or signed with a key that is not here."
    else:
        message = "Nothing notes where the log ends, so entries could be missing at its end."
    fix = "Compare the number of entries with a backup or with a head that was kept elsewhere; then remove the file, if it is there: the next entry notes it anew."
    return Damage(str(path), message, fix)


def _short(found: Verified) -> str:
    """When the last entry was written, to the second."""
    return f"{found.last[:19]}Z" if found.last else ""
