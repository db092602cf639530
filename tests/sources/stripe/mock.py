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


def small_account(most: int = 100) -> Account:
    """Two customers: one pays seats, three and then four; the other has left."""
    found = Account(most)
    new = second("2025-01-02")
    found.put("products", id="prod_1", name="Desk", created=new)
    monthly = {"interval": "month", "interval_count": 1, "usage_type": "licensed"}
    found.put(
        "prices", id="seat", product="prod_1", currency="usd", unit_amount=5000, unit_amount_decimal="5000", nickname="Seat",
        type="recurring", billing_scheme="per_unit", recurring=monthly, transform_quantity=None, created=new,
    )  # fmt: skip
    found.put(
        "prices", id="yen", product="prod_1", currency="jpy", unit_amount=None, unit_amount_decimal="980.5", nickname=None,
        type="recurring", billing_scheme="per_unit", recurring=monthly, transform_quantity=None, created=new,
    )  # fmt: skip
    half = {
        "id": "half",
        "object": "coupon",
        "percent_off": 12.5,
        "amount_off": None,
        "currency": None,
        "duration": "forever",
    }
    for key, name, mail in (("cus_a", "Acme", "ann@acme.example"), ("cus_b", "Birch", None), ("cus_c", "Cedar", None)):
        found.put(
            "customers",
            id=key,
            name=name,
            email=mail,
            currency="usd",
            created=new,
            address={"country": "DE"},
            discount=None,
        )
    subscribed(
        found,
        "sub_1",
        "cus_a",
        "si_1",
        "seat",
        4,
        discounts=[{"id": "di_1", "coupon": half, "start": new, "end": None}],
    )
    subscribed(
        found, "sub_2", "cus_b", "si_2", "seat", 1, status="canceled", ended_at=second("2025-03-15"), canceled_at=second("2025-03-01"),
        cancellation_details={"reason": "cancellation_requested", "feedback": "too_expensive", "comment": None},
    )  # fmt: skip
    subscribed(found, "sub_3", "cus_c", "si_3", "yen", 2)
    billed(
        found, "in_1", "cus_a", "2025-02-01", [("il_1", 15000, "sub_1", "si_1", 3), ("il_2", 20000, "sub_1", "si_1", 4)]
    )
    found.put("charges", id="ch_1", customer="cus_a", invoice="in_1", amount=35000, amount_captured=35000, captured=True,
              currency="usd", status="succeeded", created=second("2025-02-02"), payment_intent="pi_1")  # fmt: skip
    found.put(
        "refunds",
        id="re_1",
        charge="ch_1",
        amount=500,
        currency="usd",
        status="succeeded",
        created=second("2025-02-05"),
    )
    found.put("credit_notes", id="cn_1", invoice="in_1", customer="cus_a", total=700, amount=700, currency="usd", status="issued",
              created=second("2025-02-06"))  # fmt: skip
    return found


def subscribed(
    found: Account, key: str, customer: str, item: str, price: str, quantity: int, **more: Any
) -> dict[str, Any]:
    began = second("2025-01-02")
    line = {"id": item, "object": "subscription_item", "price": {"id": price}, "plan": {"id": price}, "quantity": quantity,
            "created": began, "subscription": key}  # fmt: skip
    told = {"status": "active", "created": began, "start_date": began, "current_period_start": second("2025-05-02"),
            "current_period_end": second("2025-06-02"), "cancel_at_period_end": False, "discount": None, **more}  # fmt: skip
    return found.put("subscriptions", id=key, customer=customer, items=listed(line), **told)


def billed(found: Account, key: str, customer: str, day: str, lines: list[tuple[str, int, str, str, int]]) -> None:
    """An invoice: its first line is on the answer, the others are asked for."""
    rows = [
        {"id": line, "object": "line_item", "type": "subscription", "amount": amount, "currency": "usd", "price": {"id": "seat"},
         "plan": {"id": "seat"}, "subscription": sub, "subscription_item": item, "quantity": quantity,
         "period": {"start": second(day) + nth * 86400 * 31, "end": second(day) + (nth + 1) * 86400 * 31}, "livemode": True}
        for nth, (line, amount, sub, item, quantity) in enumerate(lines)
    ]  # fmt: skip
    total = sum(amount for _, amount, *_ in lines)
    found.put(
        "invoices", id=key, customer=customer, status="paid", paid=True, total=total, tax=None, total_excluding_tax=total,
        currency="usd", created=second(day), period_end=second(day), due_date=None, charge=None, payment_intent="pi_1",
        status_transitions={"finalized_at": second(day) + 3600, "paid_at": second(day) + 7200}, paid_out_of_band=False,
        amount_paid=total, starting_balance=0, ending_balance=0, lines={**listed(*rows), "has_more": False},
    )  # fmt: skip
