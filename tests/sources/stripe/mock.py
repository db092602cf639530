"""An account at Stripe, as its interface shows it (version 2024-06-20): lists from the newest on, objects, and events."""

from __future__ import annotations

import time
from typing import Any

from tests.sources.vendor_server import Answer, Asked

KEY = "rk_test_51H8secret"
OBJECTS = {
    "customers": "customer", "products": "product", "prices": "price", "coupons": "coupon", "subscriptions": "subscription",
    "invoices": "invoice", "charges": "charge", "refunds": "refund", "disputes": "dispute", "credit_notes": "credit_note",
}  # fmt: skip


class Account:
    """What is at Stripe. ``most``: the most objects on a page, whatever was asked for."""

    def __init__(self, most: int = 100) -> None:
        self.found: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in OBJECTS}
        self.events: list[dict[str, Any]] = []
        self.most = most
        self.key = KEY

    def put(self, kind: str, event: str = "", at: int = 0, **told: Any) -> dict[str, Any]:
        """An object, new or changed; with ``event`` it is told of at a time."""
        one = {"object": OBJECTS[kind], "livemode": True, **self.found[kind].get(told["id"], {}), **told}
        self.found[kind][told["id"]] = one
        if event:
            self.tell(event, at, one)
        return one

    def tell(self, event: str, at: int, about: dict[str, Any]) -> None:
        """An event about an object as it is now."""
        self.events.append(
            {"id": f"evt_{len(self.events)}", "type": event, "created": at, "data": {"object": dict(about)}}
        )

    def drop(self, kind: str, key: str, event: str, at: int) -> None:
        """An object is deleted."""
        self.tell(event, at, self.found[kind].pop(key))

    def answer(self, asked: Asked) -> Any:
        """What Stripe answers to a request."""
        if asked.headers.get("authorization") != f"Bearer {self.key}":
            return Answer(
                401, {"error": {"message": f"Invalid API Key provided: {KEY}", "type": "invalid_request_error"}}
            )
        _, version, kind, *more = asked.path.split("/")
        assert version == "v1"
        assert asked.headers["stripe-version"] == "2024-06-20"
        if kind == "events":
            types, since = asked.query.get("types[]", []), int(asked.one("created[gte]", "0"))
            told = [event for event in reversed(self.events) if event["type"] in types and event["created"] >= since]
            return self._page(told, asked)
        if kind == "invoices" and more[1:] == ["lines"]:
            return self._page(self.found[kind][more[0]]["lines"]["data"], asked)
        if more:
            one = self.found[kind].get(more[0])
            return one or Answer(404, {"error": {"message": f"No such {kind}: '{more[0]}'"}})
        since = int(asked.one("created[gte]", "0"))
        newest = sorted(self.found[kind].values(), key=lambda one: (-one.get("created", 0), one["id"]))
        return self._page([one for one in newest if one.get("created", 0) >= since], asked)

    def _page(self, found: list[dict[str, Any]], asked: Asked) -> dict[str, Any]:
        after = asked.one("starting_after")
        if after:
            found = found[[one["id"] for one in found].index(after) + 1 :]
        some = found[: min(self.most, int(asked.one("limit", "10")))]
        return {"object": "list", "data": some, "has_more": len(found) > len(some), "url": asked.path}


def second(day: str) -> int:
    """A day, or a moment, as Stripe writes times."""
    return int(
        time.mktime(time.strptime(day + ("T00:00:00" if "T" not in day else ""), "%Y-%m-%dT%H:%M:%S")) - time.timezone
    )


def listed(*found: dict[str, Any], more: bool = False) -> dict[str, Any]:
    """A list within an object."""
    return {"object": "list", "data": list(found), "has_more": more}
