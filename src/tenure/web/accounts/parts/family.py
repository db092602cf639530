"""The group that an account belongs to: its parent, its children, and what they are together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.web.accounts.part import Part
from tenure.web.kit import formats, scores

if TYPE_CHECKING:
    from tenure.engine import Sight

#: So many generations are followed, up and down.
_DEEP = 6
#: As many of a group are listed.
_MOST = 200
#: Before any day that is told.
_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Member:
    """An account of the group. ``depth``: how far below its head; ``here``: it is the one whose page this is."""

    id: str
    name: str
    depth: int
    here: bool
    owner: str
    arr: str
    share: str
    health: scores.Score
    risk: scores.Risk
    renews: str


@dataclass(frozen=True)
class Family(Part):
    """``arr``: of all together; ``health``: their mean, weighted by ARR, over those of which it is known; ``known``: the share of ARR
    that is so; ``narrow``: some may be out of sight. No members: the account stands alone.
    """

    members: tuple[Member, ...]
    customers: int
    arr: str
    health: str
    known: str
    at_risk: str
    narrow: bool
    as_of: datetime


_COLUMNS = (
    "account_id", "name", "owner_name", "owner", "arr", "is_customer", "renewal_due", "health", "health_band",
    "health_change_91", "churn_risk_90", "risk_band", "at_risk",
)  # fmt: skip


def family(sight: Sight, account_id: str, name: str) -> Family:
    """The group of an account, as far as it is in sight."""
    depths, as_of = _depths(sight, account_id)
    ids = list(depths)[:_MOST] if len(depths) > 1 else []
    found = sight.rows(
        "accounts", columns=_COLUMNS, where=[("account_id", "one_of", ids)], limit=len(ids)
    ).rows if ids else ()  # fmt: skip
    about = {row["account_id"]: row for row in found}
    rows = [about[one] for one in ids if one in about]
    currency = sight.settings().currency
    total = sum((row["arr"] or Decimal(0) for row in rows), Decimal(0))
    scored = [row for row in rows if row["health"] is not None and row["arr"]]
    weight = sum((row["arr"] for row in scored), Decimal(0))
    mean = sum((row["health"] * row["arr"] for row in scored), Decimal(0)) / weight if weight else None
    risks = [row["at_risk"] for row in rows if row["at_risk"] is not None]
    return Family(
        account_id, name, "family",
        tuple(_member(row, depths[row["account_id"]], account_id, total, currency, as_of) for row in rows),
        sum(bool(row["is_customer"]) for row in rows), formats.money(total, currency), formats.number(mean, 0),
        formats.percent(weight / total, 0) if total else "–", formats.money(sum(risks, Decimal(0)) if risks else None, currency),
        sight.scope.narrow, as_of,
    )  # fmt: skip


def _depths(sight: Sight, account_id: str) -> tuple[dict[str, int], datetime]:
    """The ids of the group, each below its parent, with how deep it lies. A circle in the data is walked once."""
    head, seen = account_id, {account_id}
    parents = _parents(sight, [head])
    for _step in range(_DEEP):
        above = parents.get(head)
        if above is None or above in seen or not _is_seen(sight, above):
            break
        seen.add(above)
        head = above
        parents = _parents(sight, [head])
    children: dict[str, list[str]] = {}
    known, level, as_of = {head}, [head], None
    for _step in range(_DEEP):
        where = [("parent_id", "one_of", level)]
        page = sight.rows("account", columns=("account_id",), where=where, order=("name", "account_id"), limit=2_000)
        named = list(dict.fromkeys(row["account_id"] for row in page.rows if row["account_id"] not in known))
        parents, as_of = _parents(sight, named), page.as_of
        level = [one for one in named if parents[one] in level]
        for one in level:
            known.add(one)
            children.setdefault(parents[one] or "", []).append(one)
        if not level:
            break
    assert as_of is not None
    return dict(_below(head, children, 0)), as_of


def _is_seen(sight: Sight, account_id: str) -> bool:
    return bool(
        sight.rows("accounts", columns=("account_id",), where=[("account_id", "equals", account_id)], limit=1).rows
    )


def _parents(sight: Sight, ids: list[str]) -> dict[str, str | None]:
    """The parent of each account, as its latest row says that was not told of other attributes."""
    columns = ("account_id", "parent_id", "valid_from", "is_amended")
    rows = sight.every("account", columns=columns, where=[("account_id", "one_of", ids)], order=("account_id",))
    in_order = sorted(rows, key=lambda row: (not row["is_amended"], row["valid_from"] or _BEGINNING))
    return {row["account_id"]: row["parent_id"] for row in in_order}


def _below(head: str, children: dict[str, list[str]], depth: int) -> list[tuple[str, int]]:
    found = [(head, depth)]
    for child in children.get(head, ()):
        found += _below(child, children, depth + 1)
    return found


def _member(row: dict[str, Any], depth: int, here: str, total: Decimal, currency: str, now: datetime) -> Member:
    share = (row["arr"] or Decimal(0)) / total if total else None
    return Member(
        row["account_id"], row["name"] or row["account_id"], depth, row["account_id"] == here,
        row["owner_name"] or row["owner"] or "–", formats.money(row["arr"], currency), formats.percent(share, 0),
        scores.score_of(row), scores.risk_of(row), formats.since(row["renewal_due"], now),
    )  # fmt: skip
