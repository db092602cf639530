"""Use of the product, as a story tells it."""

from __future__ import annotations

from typing import Any

from tests.world import World

#: A product with two key features, a third one and a log-in.
FEATURES = (
    {"feature_id": "plan", "name": "Plan", "product_id": "core", "is_key": True},
    {"feature_id": "share", "name": "Share", "product_id": "core", "is_key": True},
    {"feature_id": "look", "name": "Look", "product_id": "core"},
    {"feature_id": "login", "name": "Log-in", "product_id": "core", "is_login": True},
)


def did(account: str, person: str | None, at: str, feature: str = "plan", **more: Any) -> dict[str, Any]:
    """Something done."""
    return {"account_id": account, "person_id": person, "feature": feature, "occurred_at": at, "count": 1, **more}


def seats(
    account: str, number: float | None, start: str = "2020-01-01", end: str | None = None, **more: Any
) -> dict[str, Any]:
    """An entitlement to the product, with so many seats."""
    what = {} if "feature_id" in more else {"product_id": "core"}
    return {"account_id": account, "seats": number, "valid_from": start, "valid_to": end, **what, **more}


def told(*rows: dict[str, Any], entitled: tuple[dict[str, Any], ...] = (), **more: Any) -> World:
    """A world with the features, what was done and what may be used."""
    world = World(**more).account("acme", segment="SMB").account("birch", segment="ENT").add("feature", *FEATURES)
    if entitled:
        world.add("entitlement", *entitled)
    return world.add("usage", *rows)
