"""Stripe by its own interface. Reasons: DECISIONS.md beside this file.

A first pass lists everything; from then on the events tell what changed, and each object that they name is asked for as it
stands now. Events are kept for thirty days: who comes later lists everything again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tenure.core.errors import DataError
from tenure.sources.api import Api, Object, Page, Row, Secret, Source, State, Stream, Window, flat, moment, window

#: The version in whose words the tables are written: later ones moved a subscription's period to its items, and an invoice's
#: charge to its payments.
VERSION = "2024-06-20"
#: Objects on a page; the most that Stripe gives.
_MOST = 100
#: How long ago an event may be to be counted on.
_REMEMBERED = timedelta(days=29)
_GONE = 404
_TIMES = (
    "created", "start_date", "start", "end", "ended_at", "canceled_at", "cancel_at", "current_period_start", "current_period_end",
    "trial_start", "trial_end", "due_date", "period_start", "period_end", "status_transitions_finalized_at",
    "status_transitions_paid_at",
)  # fmt: skip


def _row(found: Object, names: Sequence[str], **more: Any) -> dict[str, Any]:
    """The row of an object: these columns, with ``customer_id`` for an id or a whole ``customer``, and times as texts."""
    wide = flat(found)
    row: dict[str, Any] = {}
    for name in names:
        value = wide.get(name, _id(found.get(name.removesuffix("_id"))) if name.endswith("_id") else None)
        row[name] = moment(value) if name in _TIMES else value
    return row | more


def _id(found: Any) -> Any:
    return found.get("id") if isinstance(found, Mapping) else found


def _inner(found: Object, name: str) -> list[Object]:
    """The objects of a list within an object."""
    return list((found.get(name) or {}).get("data") or ())


_CUSTOMER = ("id", "name", "description", "email", "created", "currency", "address_country", "livemode")
_PRICE = (
    "id", "product_id", "currency", "unit_amount", "unit_amount_decimal", "recurring_interval", "recurring_interval_count",
    "recurring_usage_type", "billing_scheme", "nickname", "type", "transform_quantity_divide_by", "transform_quantity_round",
    "livemode",
)  # fmt: skip
_SUBSCRIPTION = (
    "id", "customer_id", "status", "created", "start_date", "ended_at", "canceled_at", "cancel_at", "cancel_at_period_end",
    "current_period_start", "current_period_end", "trial_start", "trial_end", "pause_collection_behavior", "livemode",
    "cancellation_details_reason", "cancellation_details_feedback", "cancellation_details_comment",
)  # fmt: skip
_COUPON = ("id", "amount_off", "percent_off", "currency", "duration", "duration_in_months")
_INVOICE = (
    "id", "customer_id", "status", "paid", "livemode", "total", "tax", "total_excluding_tax", "currency",
    "status_transitions_finalized_at", "created", "period_end", "due_date", "charge_id", "payment_intent_id", "paid_out_of_band",
    "amount_paid", "starting_balance", "ending_balance", "status_transitions_paid_at",
)  # fmt: skip
_LINE = (
    "id", "type", "amount", "currency", "price_id", "plan_id", "subscription_id", "subscription_item_id", "quantity",
    "period_start", "period_end", "livemode",
)  # fmt: skip
_CHARGE = (
    "id", "invoice_id", "payment_intent_id", "amount", "amount_captured", "captured", "currency", "status", "created", "livemode",
)  # fmt: skip


def _discounts(found: Object, kind: str, **whose: str | None) -> dict[str, list[Row]]:
    """The discounts of a customer or a subscription, with their coupons, which may be in no list any more."""
    many = [one for one in found.get("discounts") or () if isinstance(one, Mapping)]
    own = {one["id"]: one for one in [found.get("discount"), *many] if isinstance(one, Mapping)}
    rows: list[Row] = [
        _row(dict(one), ("id", "start", "end", "invoice_id", "invoice_item_id"), coupon_id=one["coupon"]["id"], **whose)
        | ({"checkout_session_id": _id(one.get("checkout_session"))} if kind == "discount" else {})
        for one in own.values()
    ]
    coupons: list[Row] = [_row(one["coupon"], _COUPON) for one in own.values()]
    return {kind: rows, "coupon": coupons}


def customer_rows(found: Object) -> Mapping[str, Sequence[Row]]:
    """A customer, or what is left of a deleted one."""
    rows: dict[str, Sequence[Row]] = {"customer": [_row(found, _CUSTOMER, is_deleted=bool(found.get("deleted")))]}
    return rows | _discounts(found, "discount", customer_id=found["id"], subscription_id=None)


def subscription_rows(found: Object) -> Mapping[str, Sequence[Row]]:
    """A subscription and its items."""
    items = [
        _row(item, ("id", "price_id", "plan_id", "quantity", "created"), subscription_id=found["id"])
        for item in _inner(found, "items")
    ]
    rows: dict[str, Sequence[Row]] = {"subscription": [_row(found, _SUBSCRIPTION)], "subscription_item": items}
    customer = _id(found.get("customer"))
    return rows | _discounts(found, "subscription_discount", subscription_id=found["id"], customer_id=customer)


def invoice_rows(found: Object) -> Mapping[str, Sequence[Row]]:
    """An invoice and its lines, or what is left of a deleted draft."""
    lines = [_row(line, _LINE, invoice_id=found["id"]) for line in _inner(found, "lines")]
    return {"invoice": [_row(found, _INVOICE, is_deleted=bool(found.get("deleted")))], "invoice_line_item": lines}


def _rows(table: str, names: Sequence[str]) -> Callable[[Object], Mapping[str, Sequence[Row]]]:
    """Of objects that are one row each; what is left of deleted ones is none."""
    return lambda found: {table: [] if found.get("deleted") else [_row(found, names)]}


def _whole(api: Api, path: str, found: Object) -> Object:
    """An object with all that its inner lists hold: an answer has the first few."""
    for name in ("items", "lines"):
        inner = found.get(name)
        while isinstance(inner, dict) and inner.get("has_more"):
            where = "/v1/subscription_items" if name == "items" else f"{path}/{found['id']}/lines"
            own = {"subscription": found["id"]} if name == "items" else {}
            more = api.get(where, {**own, "limit": _MOST, "starting_after": inner["data"][-1]["id"]})
            if not more["data"]:
                break
            inner["data"] += more["data"]
            inner["has_more"] = more["has_more"]
    return found


@dataclass(frozen=True)
class _About:
    """Which events tell of a ``kind`` of objects, and what becomes of deleted ones: it ``stays`` as deleted, it ``goes``, or it
    ``rests`` as it was, since what is past still names it.
    """

    kind: str
    types: tuple[str, ...]
    deleted: str = "rests"


def _listed(
    api: Api, path: str, ask: Mapping[str, Any], at: Window, after: str | None, *, dated: bool
) -> Iterator[Page]:
    """Everything there is, newest first; ``dated``: what is older than the source's ``since`` is left."""
    since = int(at.since.timestamp()) if dated and at.since else None
    while True:
        answer = api.get(path, {**ask, "limit": _MOST, "starting_after": after, "created[gte]": since})
        found = [_whole(api, path, one) for one in answer["data"]]
        if not answer["has_more"] or not found:
            yield Page(found, at.done())
            return
        after = found[-1]["id"]
        yield Page(found, at.going(after=after, listing=True))


def _changed(
    api: Api, path: str, ask: Mapping[str, Any], at: Window, after: str | None, about: _About
) -> Iterator[Page]:
    """What events since the last pass name, as it is now."""
    assert at.since is not None
    while True:
        since = int(at.since.timestamp())
        answer = api.get(
            "/v1/events", {"types[]": list(about.types), "created[gte]": since, "limit": _MOST, "starting_after": after}
        )
        told: dict[str, Object] = {}
        for event in answer["data"]:  # the newest first
            told.setdefault(_named(event["data"]["object"], about.kind), event["data"]["object"])
        found, gone = [], []
        for key, snapshot in told.items():
            now = _now(api, f"{path}/{key}", ask)
            if now is not None and not now.get("deleted"):
                found.append(_whole(api, path, now))
            elif (
                about.deleted == "stays" and snapshot.get("object") == about.kind
            ):  # all that is left to be known of it
                found.append({**snapshot, "deleted": True})
            elif about.deleted == "goes":
                gone.append(key)
        if not answer["has_more"] or not answer["data"]:
            yield Page(found, at.done(), gone)
            return
        after = answer["data"][-1]["id"]
        yield Page(found, at.going(after=after, listing=False), gone)


def _named(found: Object, kind: str) -> str:
    """The id of what an event is about: it may tell of something that belongs to it, as a customer's discount."""
    return str(found["id"] if found.get("object") == kind else _id(found.get(kind)))


def _now(api: Api, path: str, ask: Mapping[str, Any]) -> Object | None:
    """An object as it stands; None where there is none any more."""
    try:
        found: Object = api.get(path, {"expand[]": _inside(ask)})
    except DataError as error:
        if getattr(error, "status", 0) != _GONE:
            raise
        return None
    return found


def _inside(ask: Mapping[str, Any]) -> list[str]:
    """What is to be told in full, of one object instead of a list."""
    return [name.removeprefix("data.") for name in ask.get("expand[]", ())]


def _stream(
    about: _About, path: str, rows: Callable[[Object], Mapping[str, Sequence[Row]]], *,
    dated: bool = False, optional: bool = False, **ask: Any,
) -> Stream:  # fmt: skip
    asked = {f"{key}[]" if isinstance(value, list) else key: value for key, value in ask.items()}

    def pages(api: Api, state: State) -> Iterator[Page]:
        at = window(api, state)
        recent = "through" in state and at.since is not None and at.since > api.now - _REMEMBERED
        if state.get("listing", "began" not in state and not recent):
            whole = Window(api.since, at.began)  # also where the last pass is too long ago for events
            return _listed(api, path, asked, whole, state.get("after"), dated=dated)
        return _changed(api, path, asked, at, state.get("after"), about)

    return Stream(about.kind, pages, rows, at=lambda found: moment(found.get("created")), optional=optional)


def _events(kind: str, names: str, deleted: str = "rests", under: str = "") -> _About:
    return _About(kind, tuple(f"{under or kind}.{name}" for name in names.split()), deleted)


_THREE = "created updated deleted"
STREAMS = (
    _stream(
        _events("customer", f"{_THREE} discount.created discount.updated discount.deleted", "stays"), "/v1/customers",
        customer_rows,
    ),
    _stream(_events("product", _THREE), "/v1/products", _rows("product", ("id", "name", "livemode"))),
    _stream(_events("price", _THREE), "/v1/prices", _rows("price", _PRICE)),
    _stream(_events("coupon", _THREE), "/v1/coupons", _rows("coupon", _COUPON)),
    _stream(
        _events("subscription", f"{_THREE} paused resumed", under="customer.subscription"), "/v1/subscriptions",
        subscription_rows, status="all", expand=["data.discounts"],
    ),
    _stream(
        _events("invoice", f"{_THREE} finalized paid payment_failed voided marked_uncollectible sent", "goes"), "/v1/invoices",
        invoice_rows, dated=True,
    ),
    _stream(
        _events("charge", "captured failed pending refunded succeeded updated"), "/v1/charges", _rows("charge", _CHARGE),
        dated=True,
    ),
    _stream(
        _About("refund", ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated")), "/v1/refunds",
        _rows("refund", ("id", "charge_id", "amount", "currency", "status", "created")), dated=True,
    ),
    _stream(
        _events("dispute", "created updated closed funds_withdrawn funds_reinstated", under="charge.dispute"), "/v1/disputes",
        _rows("dispute", ("id", "charge_id", "amount", "currency", "status", "created", "livemode")), dated=True, optional=True,
    ),
    _stream(
        _events("credit_note", "created updated voided"), "/v1/credit_notes",
        _rows("credit_note", ("id", "invoice_id", "total", "amount", "currency", "status", "created", "livemode")), dated=True,
        optional=True,
    ),
)  # fmt: skip

SOURCE = Source(
    name="stripe",
    title="Stripe",
    base=lambda _options: "https://api.stripe.com",
    hosts=("api.stripe.com",),
    headers=lambda secrets, _options: {"authorization": f"Bearer {secrets['key']}", "stripe-version": VERSION},
    streams=STREAMS,
    try_="/v1/customers?limit=1",
    secrets=(
        Secret(
            "key",
            "a restricted key (rk_...) that may read all of Core and Billing",
        ),
    ),
    pace=20.0,
    about={
        "customer": "Customers",
        "subscription": "Subscriptions, with their items and discounts",
        "product": "Products",
        "price": "Prices",
        "coupon": "Coupons",
        "invoice": "Invoices, with their lines",
        "charge": "Payments",
        "refund": "Refunds",
        "dispute": "Disputed payments",
        "credit_note": "Credit notes",
    },
)
