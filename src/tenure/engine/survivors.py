"""Into whom accounts were merged, and who of them goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Into whom each account was merged, as was told last: over ``rows`` of ``account``. What repeats a row to change one attribute tells it not.
INTO = (
    "SELECT account_id, arg_max(merged_into, coalesce(valid_from, TIMESTAMP '0001-01-01')) FROM {rows} "
    "WHERE merged_into IS NOT NULL AND is_amended IS NOT TRUE GROUP BY account_id"
)


def survivor(account: str, into: Mapping[str, str]) -> str:
    """Who goes on for an account, by way of others; itself where it was not merged. A circle is walked once."""
    seen: set[str] = set()
    while account in into and account not in seen:
        seen.add(account)
        account = into[account]
    return account
