"""What people should know of a folder of Intercom's tables."""

from __future__ import annotations

from collections.abc import Iterator

from tenure.sources.intercom.objects import CONVERSATION, MEMBER, PART, undeleted
from tenure.sources.intercom.words import (
    ASKS,
    BESIDE,
    KNOWN_CHANNELS,
    NOTED,
    PARTS,
    PRIORITIES,
    RATED,
    SAID,
    STATES,
    TURNS,
    WRITES_AS,
    listed,
)
from tenure.sources.vendor import Ask

_WORDS = (
    ("conversation_history", "source_type", "channel", KNOWN_CHANNELS, "has no counterpart and is kept as it is"),
    ("conversation_history", "priority", "priority", PRIORITIES, "has no counterpart: left empty"),
    ("conversation_history", "state", "state", STATES, "is not known: taken for open"),
    ("conversation_part_history", "part_type", "part type", PARTS, "is not known: nothing is read of it"),
    ("conversation_part_history", "author_type", "author type", tuple(WRITES_AS),
     "is not known: whether that was a reply, neither"),
)  # fmt: skip
_ASKED = f"(source_author_type IN ({listed(ASKS)}) OR first_contact_reply_created_at IS NOT NULL)"
_LINKS = (
    ("contact_company_history", "contact_id", "contact_history", "contacts"),
    ("conversation_contact_history", "conversation_id", "conversation_history", "conversations"),
    ("conversation_tag_history", "conversation_id", "conversation_history", "conversations"),
)


def remarks(ask: Ask) -> Iterator[str]:
    """What has no counterpart, which rows nothing takes, and whose account is not known."""
    for stream, column, what, known, then in _WORDS:
        for word, count in ask(
            f"SELECT {column}, count(DISTINCT id) FROM {stream} WHERE {column} NOT IN ({listed(known)}) "
            f"AND {_ASKED if stream == 'conversation_history' else True} GROUP BY 1 ORDER BY 1"
        ):
            yield f"{stream}: the {what} {word!r} ({count:,}) {then}."
    ((nameless,),) = ask("SELECT count(*) FROM company_history WHERE name IS NULL")
    if nameless:
        yield f"company_history: without a name: {nameless:,}; an account is not known without one: not loaded."
    yield from _parts_aside(ask)
    for stream, column, of, what in _LINKS:
        ((count,),) = ask(
            f"SELECT count(*) FROM {stream} WHERE coalesce({column}, '') NOT IN (SELECT id FROM {of} WHERE id IS NOT NULL) "
            "AND lower(coalesce(_fivetran_active, 'true')) = 'true'"
        )
        if count:
            yield f"{stream}: rows of {what} that are in no file: {count:,}; not loaded."
    yield from _homeless(ask)
    ((teams,),) = ask(
        "SELECT count(*) FROM (SELECT admin_id FROM "
        f"{undeleted('team_admin')} GROUP BY 1 HAVING count(DISTINCT team_id) > 1)"
    )
    if teams:
        yield f"team_admin: admins in several teams: {teams:,}; they are given none."


def _parts_aside(ask: Ask) -> Iterator[str]:
    """Parts of which nothing is loaded, that say nothing of their author, or are of conversations that are not there."""
    used = listed((*SAID, *NOTED, *BESIDE, *TURNS, RATED))
    for kind, count in ask(
        f"SELECT part_type, count(DISTINCT id) FROM conversation_part_history WHERE part_type NOT IN ({used}) "
        f"AND part_type IN ({listed(PARTS)}) AND (assigned_to_type IS DISTINCT FROM 'admin' OR assigned_to_id IS NULL) "
        "GROUP BY 1 ORDER BY 1"
    ):
        yield f"conversation_part_history: nothing is read of {kind} ({count:,})."
    ((parts,),) = ask(
        f"SELECT count(*) FROM ({PART}) "
        "WHERE coalesce(conversation_id, '') NOT IN (SELECT id FROM conversation_history WHERE id IS NOT NULL)"
    )
    if parts:
        yield (
            f"conversation_part_history: parts of conversations that are in no file: {parts:,}; what of them is loaded, "
            "tenure check lists as orphans."
        )


def _homeless(ask: Ask) -> Iterator[str]:
    """Conversations that are no tickets, and tickets without an account."""
    ((unasked,),) = ask(f"SELECT count(*) FROM ({CONVERSATION}) WHERE begun IS NULL")
    if unasked:
        yield (
            "conversation_history: begun by us or by a machine, and no contact has said anything: "
            f"{unasked:,}; these are no tickets."
        )
    ((contacts,),) = ask(f"SELECT count(*) FROM ({MEMBER}) WHERE len(accounts) > 1")
    if contacts:
        yield f"contact_company_history: contacts of several companies: {contacts:,}; they are given no account."
    why = {"several": "of contacts of several companies", "none": "of contacts without a company"}
    for reason, count in ask(
        f"SELECT why, count(*) FROM ({CONVERSATION}) WHERE begun IS NOT NULL AND account_id IS NULL GROUP BY 1 ORDER BY 1"
    ):
        yield f"conversation_history: tickets {why[reason]}: {count:,}; whose they are is not known."
