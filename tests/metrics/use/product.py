"""Use of the product, as a story tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ibis

from tenure.figures.reader import Reader
from tenure.figures.request import Asked, resolved
from tenure.metrics.world import Periods
from tenure.metrics.world import World as Known
from tests.world import World

if TYPE_CHECKING:
    import ibis.expr.types as ir

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
    account: str, number: float | str | None, start: str = "2020-01-01", end: str | None = None, **more: Any
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


def laid(
    world: World, function: Callable[[Known, Periods], ir.Table], period: str, reader: Reader | None = None
) -> list[dict[str, Any]]:
    """The rows of a function of the world as known and the periods, for one period, as a reader reads them."""
    reader = reader or world.reader()
    request = resolved(Asked("stickiness", period, period), world.settings, world.now)
    known = Known(world.settings)
    rows = function(known, Periods("month", "period"))
    sql = request.moment.fill(str(ibis.to_sql(rows, dialect=reader.ground.dialect)), request.spans)
    return reader.fetch(sorted(known.asked), sql, request.spans, request.moment)
