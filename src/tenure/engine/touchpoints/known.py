"""What the warehouse knows that mail and calendars need: who is who, and what was made of them before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tenure.engine.survivors import INTO, survivor
from tenure.engine.touchpoints.rules import Rules
from tenure.sources.ics import rows as ics
from tenure.sources.mail import rows as mail
from tenure.sources.mail.contact import Contact
from tenure.sources.parties import Csm, Parties, Person
from tenure.warehouse.versions import derive

if TYPE_CHECKING:
    from tenure.warehouse.store import Store

_STATES = ("account", "csm", "inquiry", "person")
#: Who of us is asked what is no ticket and no sale.
_ASKED = ("csm", "manager", "leader", "account_manager", "onboarding")
_NOW = "known_to = TIMESTAMP '9999-12-31'"
_INQUIRY = ("inquiry_id", "account_id", "csm_id", "asked_at", "answered_at")
#: What a touchpoint of mail was made of, as JSON, and with its parts.
_MADE = f"json_extract_string(custom, '$.{mail.MADE_OF}')"
_PARTS = '{"message": "VARCHAR", "id": "VARCHAR", "refers": ["VARCHAR"]}'
_TAKEN_BACK = "SELECT key FROM retraction WHERE table_name = 'touchpoint'"


def parties(store: Store, zone: str, rules: Rules) -> Parties:
    """Everybody of whom the warehouse knows the address. Whoever was merged stands for who took the place."""
    derive(store.con, zone, _STATES)
    into = dict(store.rows(INTO.format(rows=f"(SELECT * FROM account_version WHERE {_NOW}) AS told")))

    def stands(account: str | None) -> str:
        return survivor(account, into) if account else ""

    csms = store.rows(
        f"SELECT DISTINCT csm_id, email, bool_or(coalesce(role, 'csm') IN {_ASKED}) OVER (PARTITION BY csm_id)"
        f" FROM csm_version WHERE {_NOW}"
    )
    people = store.rows(
        f"SELECT person_id, email, account_id, coalesce(is_internal, false), coalesce(is_service, false)"
        f" FROM person_version WHERE {_NOW} AND email IS NOT NULL"
    )
    domains = store.rows(f"SELECT DISTINCT domain, account_id FROM account_version WHERE {_NOW} AND domain IS NOT NULL")
    return Parties.of(
        (Csm(csm_id, email or "", is_asked) for csm_id, email, is_asked in csms),
        (Person(person, email, stands(account), internal, service) for person, email, account, internal, service in people),
        ((domain, stands(account)) for domain, account in domains),
        rules.our_domains, rules.public_domains,
    )  # fmt: skip


def of_mail(store: Store, zone: str, found: Collection[Contact]) -> mail.Known:
    """What was made of the threads that some contacts belong to: those with a message that one is, names, or is named by."""
    if not found:
        return mail.Known()
    nodes = sorted({node for one in found for node in (one.message, one.identity, *one.refers) if node})
    linked = _touchpoints(
        store, "account_id, thread_id", mail.PREFIX,
        "list_contains(?, account_id) AND list_has_any(list_concat([made.message, made.id], made.refers), ?)",
        [sorted({one.account for one in found}), nodes],
    )  # fmt: skip
    columns = "touchpoint_id account_id csm_id direction occurred_at person_ids is_automated text".split()
    rows = _touchpoints(
        store, ", ".join([*columns, _MADE]), mail.PREFIX, "(account_id, thread_id) IN (SELECT unnest(?), unnest(?))",
        [[account for account, _ in linked], [thread for _, thread in linked]],
    )  # fmt: skip
    derive(store.con, zone, ["inquiry"])
    names = [mail.inquiry_id(account, thread.removeprefix(mail.PREFIX)) for account, thread in linked]
    asked = store.rows(
        f"SELECT {', '.join(_INQUIRY)} FROM inquiry_version WHERE {_NOW} AND inquiry_id IN (SELECT unnest(?::VARCHAR[]))",
        [names],
    )
    return mail.Known(
        {row[0]: mail.contact_of(dict(zip([*columns, mail.MADE_OF], row, strict=True))) for row in rows},
        {row[0]: dict(zip(_INQUIRY, map(_text, row), strict=True)) for row in asked},
        _gone(store, mail.PREFIX),
    )


def of_calendars(store: Store, opens: datetime) -> ics.Known:
    """What was made of calendars, of meetings from a time (UTC) on."""
    told = ", ".join(f"json_extract_string(custom, '$.{name}')" for name in (ics.SEEN_IN, ics.MEETING))
    since = f"occurred_at >= TIMESTAMP '{opens.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"
    rows = _touchpoints(store, f"touchpoint_id, occurred_at, {told}", ics.PREFIX, since)
    there = {key: (at.replace(tzinfo=UTC), calendar, meeting) for key, at, calendar, meeting in rows}
    return ics.Known(there, _gone(store, ics.PREFIX))


def said(store: Store) -> int:
    """How many touchpoints of mail and calendars have what was said in them."""
    ours = f"(starts_with(touchpoint_id, '{mail.PREFIX}') OR starts_with(touchpoint_id, '{ics.PREFIX}'))"
    return int(store.value(f"SELECT count(*) FROM main.touchpoint WHERE {ours} AND text IS NOT NULL"))


def _touchpoints(
    store: Store, columns: str, prefix: str, where: str, values: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """The touchpoints that count of those whose ids begin so."""
    return store.rows(
        f"SELECT DISTINCT {columns} FROM (SELECT *, from_json({_MADE}, '{_PARTS}') AS made FROM touchpoint) t"
        f" WHERE starts_with(touchpoint_id, '{prefix}') AND {where}"
        f" AND touchpoint_id NOT IN ({_TAKEN_BACK}) AND batch NOT IN"
        " (SELECT batch FROM batch WHERE retracted_by IS NOT NULL)",
        values,
    )


def _gone(store: Store, prefix: str) -> frozenset[str]:
    return frozenset(key for (key,) in store.rows(f"{_TAKEN_BACK} AND starts_with(key, '{prefix}')"))


def _text(value: Any) -> str:
    return mail.text_of(value.replace(tzinfo=UTC)) if isinstance(value, datetime) else value or ""
