"""Intercom by its own interface. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from tenure.core.errors import DataError
from tenure.sources.api import Api, Object, Option, Page, Row, Secret, Source, State, Stream, moment, window

VERSION = "2.11"
#: Objects on a page; each conversation is asked for once more, and a page is kept whole.
_MOST, _CONVERSATIONS, _COMPANIES = 100, 20, 50
#: What is searched by time is told by the day, for contacts at least.
_A_DAY = timedelta(days=1, minutes=10)
_GONE = 404
_HOSTS = {"us": "api.intercom.io", "eu": "api.eu.intercom.io", "au": "api.au.intercom.io"}


def _searched(
    kind: str, most: int, whole: Callable[[Api, Object], Object | None]
) -> Callable[[Api, State], Iterator[Page]]:
    """What changed of contacts or conversations, in the order of its change, made whole one by one."""

    def pages(api: Api, state: State) -> Iterator[Page]:
        at = window(api, state, _A_DAY)
        after = state.get("after")
        since = int(at.since.timestamp()) if at.since else 0
        while True:
            answer = api.post(
                f"/{kind}/search",
                {
                    "query": {"operator": "AND", "value": [{"field": "updated_at", "operator": ">", "value": since}]},
                    "sort": {"field": "updated_at", "order": "ascending"},
                    "pagination": {"per_page": most, **({"starting_after": after} if after else {})},
                },
            )
            listed = answer.get(kind) or answer.get("data") or ()
            found = [one for each in listed if (one := whole(api, each)) is not None]
            after = ((answer.get("pages") or {}).get("next") or {}).get("starting_after")
            yield Page(found, at.going(after=after) if after else at.done())
            if not after:
                return

    return pages


def _conversation(api: Api, found: Object) -> Object | None:
    """A conversation with its parts; None of one that was deleted meanwhile."""
    try:
        whole: Object = api.get(f"/conversations/{found['id']}")
    except DataError as error:
        if getattr(error, "status", 0) != _GONE:
            raise
        return None
    return whole


def _contact(api: Api, found: Object) -> Object:
    """A contact with all of its companies: an answer has the first few."""
    companies = found.get("companies") or {}
    if companies.get("has_more"):
        found["companies"] = {"data": api.get(f"/contacts/{found['id']}/companies")["data"]}
    return found


def _companies(api: Api, state: State) -> Iterator[Page]:
    """All of them, page by page: there is no asking for those that changed."""
    at = window(api, state)
    page = int(state.get("page", 1))
    while True:
        answer = api.post(f"/companies/list?page={page}&per_page={_COMPANIES}", {})
        pages = answer.get("pages") or {}
        page += 1
        more = page <= int(pages.get("total_pages") or 0)
        yield Page(answer.get("data") or (), at.going(page=page) if more else at.done())
        if not more:
            return


def _all(path: str, within: str) -> Callable[[Api, State], Iterator[Page]]:
    """A list that is told at once."""

    def pages(api: Api, state: State) -> Iterator[Page]:
        at = window(api, state)
        yield Page(api.get(path)[within], at.done())

    return pages


def _inner(found: Object, *names: str) -> Any:
    """What lies deep within an object; None where something on the way is missing."""
    value: Any = found
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _conversation_rows(found: Object) -> Mapping[str, Sequence[Row]]:
    key, updated = str(found["id"]), moment(found.get("updated_at"))
    row = {
        "id": key, "created_at": moment(found.get("created_at")), "updated_at": updated, "company_id": None,
        "source_author_type": _inner(found, "source", "author", "type"), "source_author_id": _inner(found, "source", "author", "id"),
        "source_type": _inner(found, "source", "type"), "source_subject": _inner(found, "source", "subject"),
        "priority": found.get("priority"), "state": found.get("state"), "open": found.get("open"),
        "first_contact_reply_created_at": moment(_inner(found, "first_contact_reply", "created_at")),
        "assignee_id": found.get("admin_assignee_id") or None, "assignee_type": "admin", "waiting_since": moment(found.get("waiting_since")),
        "statistics_first_admin_reply_at": moment(_inner(found, "statistics", "first_admin_reply_at")),
        "conversation_rating_value": _inner(found, "conversation_rating", "rating"),
        "conversation_rating_remark": _inner(found, "conversation_rating", "remark"),
        "conversation_rating_created_at": moment(_inner(found, "conversation_rating", "created_at")),
        "conversation_rating_contact_id": _inner(found, "conversation_rating", "contact", "id"),
    }  # fmt: skip
    contacts, tags = _inner(found, "contacts", "contacts") or (), _inner(found, "tags", "tags") or ()
    return {
        "conversation_history": [row],
        "conversation_contact_history": [
            {"conversation_id": key, "contact_id": one["id"], "conversation_updated_at": updated} for one in contacts
        ],
        "conversation_tag_history": [
            {"conversation_id": key, "tag_id": one["id"], "conversation_updated_at": updated} for one in tags
        ],
        "conversation_part_history": [_part(key, one) for one in _inner(found, "conversation_parts", "conversation_parts") or ()],
    }  # fmt: skip


def _part(conversation: str, found: Object) -> Row:
    return {
        "id": found["id"], "conversation_id": conversation, "part_type": found.get("part_type"),
        "author_type": _inner(found, "author", "type"), "author_id": _inner(found, "author", "id"),
        "created_at": moment(found.get("created_at")), "updated_at": moment(found.get("updated_at")),
        "body": found.get("body") or None, "assigned_to_type": _inner(found, "assigned_to", "type"),
        "assigned_to_id": _inner(found, "assigned_to", "id"),
    }  # fmt: skip


def _contact_rows(found: Object) -> Mapping[str, Sequence[Row]]:
    updated = moment(found.get("updated_at"))
    row = {
        **{name: found.get(name) for name in ("id", "external_id", "role", "name", "email")},
        "created_at": moment(found.get("created_at")), "updated_at": updated,
    }  # fmt: skip
    links = [
        {"contact_id": found["id"], "company_id": one["id"], "contact_updated_at": updated}
        for one in _inner(found, "companies", "data") or ()
    ]
    return {"contact_history": [row], "contact_company_history": links}


def _company_rows(found: Object) -> Mapping[str, Sequence[Row]]:
    row = {
        **{name: found.get(name) for name in ("id", "company_id", "name", "industry")},
        "created_at": moment(found.get("created_at")), "updated_at": moment(found.get("updated_at")),
    }  # fmt: skip
    return {"company_history": [row]}


def _team_rows(found: Object) -> Mapping[str, Sequence[Row]]:
    return {
        "team": [{"id": found["id"], "name": found.get("name")}],
        "team_admin": [{"team_id": found["id"], "admin_id": str(one)} for one in found.get("admin_ids") or ()],
    }


def _updated(found: Object) -> str | None:
    return moment(found.get("updated_at"))


STREAMS = (
    Stream("admin", _all("/admins", "admins"), lambda found: {"admin": [{n: found.get(n) for n in ("id", "name", "email")}]}),
    Stream("team", _all("/teams", "teams"), _team_rows, optional=True),
    Stream("tag", _all("/tags", "data"), lambda found: {"tag": [{"id": found["id"], "name": found.get("name")}]}, optional=True),
    Stream("company", _companies, _company_rows, at=_updated),
    Stream("contact", _searched("contacts", _MOST, _contact), _contact_rows, at=_updated),
    Stream("conversation", _searched("conversations", _CONVERSATIONS, _conversation), _conversation_rows, at=_updated),
)  # fmt: skip

SOURCE = Source(
    name="intercom",
    title="Intercom",
    base=lambda options: f"https://{_HOSTS[options['region']]}",
    hosts=tuple(_HOSTS.values()),
    headers=lambda secrets, _options: {"authorization": f"Bearer {secrets['token']}", "intercom-version": VERSION},
    streams=STREAMS,
    try_="/admins",
    options=(Option("region", "where your data lies: us, eu or au", "us", "us|eu|au"),),
    secrets=(Secret("token", "the access token of an app that may read conversations, people and companies"),),
    pace=10.0,
    about={
        "company": "Companies",
        "contact": "People at them",
        "admin": "Your people",
        "team": "Their teams",
        "conversation": "Conversations, with their answers and ratings",
        "tag": "Tags of conversations",
    },
    options_of=lambda host: {"region": next(region for region, own in _HOSTS.items() if own == host)},
)
