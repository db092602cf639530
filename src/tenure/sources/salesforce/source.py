"""Salesforce by its own interface (REST, SOQL). Reasons: DECISIONS.md beside this file.

Objects are asked for in the order of their last change, those in the waste bin among them, each page from where the one before
ended: a cursor of Salesforce's would be forgotten after a while.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenure.sources.api import (
    Api,
    Given,
    Object,
    Option,
    Page,
    Row,
    Secret,
    Source,
    State,
    Stream,
    Told,
    Window,
    Writing,
    iso,
    moment,
    window,
)
from tenure.sources.salesforce.names import COLUMNS, column

VERSION = "v61.0"
#: Records on a page; the most that Salesforce gives.
_MOST = 2_000
_DATA = f"/services/data/{VERSION}"
_TOKEN = "/services/oauth2/token"  # noqa: S105 - an address
#: The streams whose fields of an organisation's own are kept.
_KEPT = frozenset({"account"})
#: Fields made of others, and files.
_NOT_ASKED = frozenset({"address", "location", "base64", "complexvalue"})


@dataclass(frozen=True)
class _Kind:
    """A kind of records. ``name``: of its table; ``object``: as Salesforce calls it; ``changed``: the field of its last change."""

    name: str
    object: str
    changed: str = "SystemModstamp"
    optional: bool = True


KINDS = (
    _Kind("account", "Account", optional=False),
    _Kind("account_history", "AccountHistory", "CreatedDate"),
    _Kind("contact", "Contact"),
    _Kind("user_role", "UserRole"),
    _Kind("user", "User"),
    _Kind("product_2", "Product2"),
    _Kind("opportunity", "Opportunity"),
    _Kind("opportunity_line_item", "OpportunityLineItem"),
    _Kind("account_team_member", "AccountTeamMember"),
    _Kind("task", "Task"),
    _Kind("task_relation", "TaskRelation"),
    _Kind("event", "Event"),
    _Kind("event_relation", "EventRelation"),
    _Kind("email_message", "EmailMessage"),
)


def _pages(kind: _Kind) -> Callable[[Api, State], Iterator[Page]]:
    def pages(api: Api, state: State) -> Iterator[Page]:
        at = window(api, state)
        fields = _fields(api, kind)
        last = state.get("last")
        while True:
            found = api.get(f"{_DATA}/queryAll", {"q": _asked(kind, fields, at, last)})["records"]
            if not found:
                yield Page([], at.done())
                return
            last = [iso_of(found[-1][kind.changed]), found[-1]["Id"]]
            yield Page(found, at.going(last=last))

    return pages


def _fields(api: Api, kind: _Kind) -> list[str]:
    """The fields that this organisation has of those that are read, and its own where they are kept."""
    told = api.get(f"{_DATA}/sobjects/{kind.object}/describe")["fields"]
    known = COLUMNS[kind.name]
    read = {
        one["name"]
        for one in told
        if one.get("type") not in _NOT_ASKED
        and (column(kind.name, one["name"]) in known or (kind.name in _KEPT and one["name"].endswith("__c")))
    }
    return sorted(read | {"Id", kind.changed})


def _asked(kind: _Kind, fields: Sequence[str], at: Window, last: Sequence[str] | None) -> str:
    """The question for the next page: after the last record that is kept, in the order of change and id."""
    wanted = []
    if at.since is not None:
        wanted.append(f"{kind.changed} >= {iso(at.since)}")
    if last:
        when, key = last
        wanted.append(f"({kind.changed} > {when} OR ({kind.changed} = {when} AND Id > '{key}'))")
    where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
    return f"SELECT {', '.join(fields)} FROM {kind.object}{where} ORDER BY {kind.changed}, Id LIMIT {_MOST}"


def iso_of(text: str) -> str:
    """A time as Salesforce writes it, ``2026-01-01T00:00:00.000+0000``, as a question takes it."""
    told = moment(text)
    assert told is not None, "every record has the time of its change"
    return told


def _rows(kind: _Kind) -> Callable[[Object], Mapping[str, Sequence[Row]]]:
    def rows(found: Object) -> Mapping[str, Sequence[Row]]:
        row: dict[str, Any] = {name: None for name in COLUMNS[kind.name] if not name.startswith("_fivetran")}
        row |= {column(kind.name, name): value for name, value in found.items() if name != "attributes"}
        return {kind.name: [row]}

    return rows


def _renewed(api: Api, secrets: Given) -> Mapping[str, str]:
    """A new token: by what a person allowed once (``refresh_token``), else as the application itself."""
    fields = {"client_id": secrets["client_id"], "client_secret": secrets["client_secret"]}
    if secrets.get("refresh_token"):
        fields |= {"grant_type": "refresh_token", "refresh_token": secrets["refresh_token"]}
    else:
        fields |= {"grant_type": "client_credentials"}
    return {"token": api.form(_TOKEN, fields)["access_token"]}


def _write(api: Api, told: Sequence[Told]) -> Mapping[str, str]:
    """Set fields of accounts, two hundred at once; each is taken or refused by itself."""
    records = [{"attributes": {"type": "Account"}, "id": one.id, **one.fields} for one in told]
    answer = api.patch(f"{_DATA}/composite/sobjects", {"allOrNone": False, "records": records})
    return {
        one.id: "; ".join(str(error.get("message")) for error in found.get("errors") or ()) or "refused"
        for one, found in zip(told, answer, strict=True)
        if not found.get("success")
    }


STREAMS = tuple(
    Stream(
        kind.name, _pages(kind), _rows(kind), key=lambda found: str(found["Id"]), optional=kind.optional,
        at=lambda found, changed=kind.changed: moment(found.get(changed)),  # type: ignore[misc]
    )
    for kind in KINDS
)  # fmt: skip

SOURCE = Source(
    name="salesforce",
    title="Salesforce",
    base=lambda options: f"https://{options['domain']}",
    hosts=("*.salesforce.com",),
    headers=lambda secrets, _options: {"authorization": f"Bearer {secrets.get('token') or 'none'}"},
    streams=STREAMS,
    try_=f"{_DATA}/limits",
    options=(Option("domain", "your own domain at Salesforce, as acme.my.salesforce.com"),),
    secrets=(
        Secret("client_id", "the consumer key of a connected app that may use the client credentials flow"),
        Secret("client_secret", "its consumer secret"),
        Secret("refresh_token", "of a person, where the app acts for one", optional=True),
        Secret("token", "the access token", optional=True, kept=True),
    ),
    renew=_renewed,
    pace=5.0,
    about={
        "account": "Accounts, with their owner and your own fields",
        "account_history": "Who owned them before",
        "account_team_member": "Account teams",
        "contact": "People at them",
        "user": "Your people",
        "user_role": "Their roles",
        "opportunity": "Opportunities, won, lost and open",
        "opportunity_line_item": "What was sold in them",
        "product_2": "Products",
        "task": "Calls, e-mails and other tasks that were done",
        "task_relation": "Who took part in them",
        "event": "Meetings",
        "event_relation": "Who took part in these",
        "email_message": "Which e-mails came in",
    },
    options_of=lambda host: {"domain": host},
    writing=Writing("account", _write, 200),
)
