"""Acts of advocacy, as a story tells them."""

from __future__ import annotations

from itertools import count
from typing import Any

_NUMBERS = count(1)


def act(account: str, kind: str, at: str, **more: Any) -> dict[str, Any]:
    """Something an account did for us."""
    return {"advocacy_id": f"V{next(_NUMBERS):04}", "account_id": account, "kind": kind, "occurred_at": at, **more}


def referral(account: str, at: str, outcome: str | None, **more: Any) -> dict[str, Any]:
    """A referral, of whom it is not known unless said."""
    return act(account, "referral", at, outcome=outcome, **more)
