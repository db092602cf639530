"""Requests, as a story tells them."""

from __future__ import annotations

from itertools import count
from typing import Any

_NUMBERS = count(1)


def request(account: str, on: str = "2026-03-10", kind: str = "feature", **more: Any) -> dict[str, Any]:
    """A wish for a feature, unless said otherwise."""
    return {"request_id": f"Q{next(_NUMBERS):05}", "account_id": account, "kind": kind, "created_at": on, **more}
