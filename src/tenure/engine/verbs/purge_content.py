"""``purge_content``: what was said in mail and meetings, out of the touchpoints that were made of them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from tenure.core.acts import Act
from tenure.core.errors import UsageError
from tenure.engine.erasure.renewed import remove, renew
from tenure.engine.erasure.sources import as_stored
from tenure.engine.touchpoints import known
from tenure.engine.touchpoints.rules import FILE, rules
from tenure.warehouse import archive
from tenure.warehouse.load import KIND

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.warehouse.inbox import Record

_SOURCES, _TEXT = ("mail", "ics"), "text"


@dataclass(frozen=True)
class PurgeContent:
    """``by`` whom. ``dry_run``: only say what would be."""

    by: str
    dry_run: bool = False


@dataclass(frozen=True)
class Purged:
    """``touchpoints`` that had what was said, in so many ``files`` of the archive."""

    touchpoints: int
    files: int
    dry_run: bool


def purge_content(desk: Desk, request: PurgeContent) -> Purged:
    """Take out what was said where it is no more to be kept. Everything else of the touchpoints stays, and so does every figure.

    Raises ``UsageError`` while ``touchpoints.toml`` has it kept, ``DataError`` for a file of the archive that is damaged.
    """
    if rules(desk.home).content != "none":
        raise UsageError(
            "What is said is to be kept, says touchpoints.toml.", code="content_kept", where=FILE,
            fix='Write content = "none" there first. For titles alone: purge, write "subject", and have sources read again.',
        )  # fmt: skip
    told = known.said(desk.store)
    files: dict[str, archive.Archived] = {}
    records = [one for one in desk.inbox.records(state="done", kind=KIND) if _is_said(one)]
    for path, sha256 in {one.payload["archived"]: one.payload["sha256"] for one in records}.items():
        text = archive.verify(desk.home, path, sha256).read_text("utf-8")
        lines = text.removesuffix("\n").split("\n")  # splitlines would also break at what mail has within lines
        new = list(_without(lines))
        if new != lines:
            files[path] = archive.store_bytes(desk.home, "".join(f"{line}\n" for line in new).encode(), ".jsonl")
    if request.dry_run or not files:
        remove(desk, {new.path for new in files.values()})
        return Purged(told, len(files), request.dry_run)
    payloads = {one.seq: as_stored(_now(one, files)) for one in records if one.payload["archived"] in files}
    said = {"by": request.by, "touchpoints": told, "files": len(files)}
    now, name = desk.clock().replace(tzinfo=UTC), f"content:{secrets.token_hex(8)}"
    desk.inbox.rewrite_all(payloads, "tenure", name, said, now, Act.CONTENT_PURGED, {"touchpoints": told})
    renew(desk, set(files))
    return Purged(told, len(files), request.dry_run)


def _is_said(record: Record) -> bool:
    """Whether a file holds touchpoints of mail or of calendars."""
    return record.payload["table"] == "touchpoint" and record.payload["source"] in _SOURCES


def _without(lines: list[str]) -> Iterator[str]:
    for line in lines:
        row: dict[str, Any] = json.loads(line)
        yield json.dumps(row | {_TEXT: ""}, ensure_ascii=False) if row.get(_TEXT) else line


def _now(record: Record, files: dict[str, archive.Archived]) -> dict[str, Any]:
    """What the message of a file says from now on."""
    said = record.payload
    new = files[said["archived"]]
    return {**said, "archived": new.path, "sha256": new.sha256, "original": said.get("original", said["sha256"])}
