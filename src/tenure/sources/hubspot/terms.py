"""HubSpot's words, and what they are in Tenure's; and how its times and flags are read."""

from __future__ import annotations

from tenure.sources.vendor import moment

#: The words of deal types, in small letters, that can mean one thing only.
KINDS = {
    "newbusiness": "new", "new business": "new", "upsell": "upsell", "cross-sell": "cross_sell",
    "cross_sell": "cross_sell", "crosssell": "cross_sell", "renewal": "renewal", "add-on": "add_on", "addon": "add_on",
}  # fmt: skip

#: A ticket's priority and source. The others are kept as they are, and reported.
PRIORITIES = {"low": "low", "medium": "normal", "high": "high", "urgent": "urgent"}
CHANNELS = {"email": "email", "chat": "chat", "form": "web", "phone": "phone"}

#: What the labels of HubSpot's own pipeline say of who is waited for.
STATUSES = {"new": "new", "waiting on contact": "pending", "waiting on us": "open"}

#: What became of a meeting, a mail or a call that was none.
NOT_HELD = ("CANCELED", "NO_SHOW", "RESCHEDULED")
NOT_SENT = ("BOUNCED", "FAILED", "SCHEDULED", "SENDING")
NOT_CALLED = ("CANCELED", "FAILED", "QUEUED")


#: HubSpot's own types of association that name the primary company of a contact, a deal and a ticket.
PRIMARY = {"contact": "1", "deal": "5", "ticket": "26"}


def yes(column: str) -> str:
    """SQL: whether a flag says yes; empty is no."""
    return f"(lower(coalesce({column}, '')) IN ('true', 't', '1'))"


def case(column: str, words: dict[str, str], otherwise: str = "NULL") -> str:
    """SQL of what each word becomes."""
    whens = " ".join(f"WHEN '{word}' THEN '{ours}'" for word, ours in words.items())
    return f"CASE {column} {whens} ELSE {otherwise} END"


def listed(words: tuple[str, ...]) -> str:
    """SQL: the words between commas."""
    return ", ".join(f"'{word}'" for word in words)


def instant(text: str) -> str:
    """SQL of an instant in UTC, as a timestamp; null where the text is none. Milliseconds since 1970 are one too."""
    epoch = (
        f"CASE WHEN regexp_full_match({text}, '[0-9]{{12,13}}') THEN make_timestamp(CAST({text} AS BIGINT) * 1000) END"
    )
    return f"coalesce({moment(text)}, {epoch})"


def written(text: str) -> str:
    """SQL of an instant's text, in one form; what cannot be read stays as it is, and refuses its row."""
    return f"coalesce(CAST({instant(text)} AS VARCHAR), {text})"


def standing(stream: str) -> str:
    """SQL of the rows of a stream that were not deleted."""
    return f"(SELECT * FROM {stream} WHERE NOT {yes('is_deleted')})"


def company_of(kind: str, source: str = "") -> str:
    """SQL of ``ID, company_id`` for each contact, deal or ticket: its primary company, else its only one, else null.

    ``source``: where the associations are, if not in their own table.
    """
    return (
        f"SELECT {kind}_id, coalesce(min(company_id) FILTER (type_id = '{PRIMARY[kind]}'), CASE WHEN count(DISTINCT company_id) "
        f"= 1 THEN min(company_id) END) AS company_id FROM {source or standing(f'{kind}_company')} GROUP BY {kind}_id"
    )


def kind_of(column: str) -> str:
    """SQL of the kind that a type says; null where it says none. One that is existing business is no first sale."""
    return f"coalesce({case(f'lower({column})', KINDS)}, CASE WHEN lower({column}) LIKE 'existing%' THEN 'upsell' END)"
