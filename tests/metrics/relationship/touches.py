"""Touchpoints, as a story tells them."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.world import ACME, BIRCH, World

_NUMBERS = count(1)


def call(account: str, at: str, **more: Any) -> dict[str, Any]:
    """A call, in which both sides speak."""
    return {"touchpoint_id": f"T{next(_NUMBERS)}", "account_id": account, "channel": "call", "direction": "both",
            "occurred_at": at, **more}  # fmt: skip


def mail(account: str, at: str, direction: str = "out", **more: Any) -> dict[str, Any]:
    """A mail, by us unless said otherwise."""
    return call(account, at, channel="email", direction=direction, **more)


def told(*rows: dict[str, Any], **more: Any) -> World:
    """Acme and Birch, and these touchpoints."""
    return World(**more).account(ACME, segment="SMB").account(BIRCH, segment="ENT").add("touchpoint", *rows)
