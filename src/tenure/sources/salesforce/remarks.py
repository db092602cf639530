"""What people should know of a folder of Salesforce's tables: what has no counterpart, what was left out, and why."""

from __future__ import annotations

from collections.abc import Iterator

from tenure.sources.salesforce.terms import CHANNEL, KINDS, LINE_PRICE, OUTSIDERS, ROLES, case, yes
from tenure.sources.vendor import Ask

_NO_TIME = "coalesce(system_modstamp, last_modified_date, _fivetran_synced) IS NULL"
#: Event types that say what the event is; of any other it is a meeting.
_EVENT_TYPES = ("call", "email", "meeting")


_WITH_HISTORY = ("account", "contact", "opportunity")


def remarks(ask: Ask) -> Iterator[str]:
    """See ``Vendor.remarks``."""
    yield from _users(ask)
    yield from _accounts(ask)
    yield from _opportunities(ask)
    yield from _tasks(ask)
    yield from _events(ask)
    for stream, deleted in (
        ("account", "is_deleted"), ("contact", "is_deleted"), ("opportunity", "is_deleted"), ("task", "is_deleted"),
        ("event", "is_deleted"), ("product_2", "is_deleted"), ("user", "_fivetran_deleted"),
    ):  # fmt: skip
        count = _count(ask, stream, f"{yes(deleted)} AND {_NO_TIME}")
        if count:
            yield f"{stream}: {count:,} deleted, and no column says when: they still count."
        over = f"_fivetran_active IS NOT NULL AND NOT {yes('_fivetran_active')} AND _fivetran_start IS NULL"
        dated = f"(SELECT id FROM {stream}_history WHERE id IS NOT NULL)" if stream in _WITH_HISTORY else "('')"
        if count := _count(ask, stream, f"{over} AND NOT {yes(deleted)} AND id NOT IN {dated}"):
            yield f"{stream}: {count:,} in force no more, and no column says since when: they still count."
    yield from _orphans(ask)


def _count(ask: Ask, stream: str, condition: str) -> int:
    ((count,),) = ask(f'SELECT count(*) FROM "{stream}" t WHERE {condition}')
    return int(count)


def _words(ask: Ask, sql: str) -> str:
    """``'Prep' (2), none (1)``: what the SQL gives, a word and how often; empty where it gives nothing."""
    return ", ".join(f"{word!r} ({count:,})" if word else f"none ({count:,})" for word, count in ask(sql))


def _users(ask: Ask) -> Iterator[str]:
    outside = ", ".join(f"'{name}'" for name in OUTSIDERS)
    if told := _words(
        ask, f'SELECT user_type, count(*) FROM "user" WHERE user_type IN ({outside}) GROUP BY 1 ORDER BY 1'
    ):
        yield f"user: {told} are none of us, and left out."
    if told := _words(
        ask,
        f"SELECT user_type, count(*) FROM \"user\" WHERE user_type NOT IN ({outside}, 'Standard') GROUP BY 1 ORDER BY 1",
    ):
        yield f"user: the type {told} is not known; these are taken for our own people."
    role = f"coalesce({case('lower(u.title)', ROLES)}, {case('lower(r.name)', ROLES)})"
    ours = f"(u.user_type IS NULL OR u.user_type NOT IN ({outside}))"
    join = (
        'FROM "user" u LEFT JOIN (SELECT id, min(name) AS name FROM user_role GROUP BY id) r ON r.id = u.user_role_id'
    )
    if told := _words(
        ask, f"SELECT coalesce(u.title, r.name), count(*) {join} WHERE {ours} AND {role} IS NULL GROUP BY 1 ORDER BY 1"
    ):
        yield f"user: neither title nor role says what they do in Tenure's words: {told}; they are loaded as csm."
    idle = _count(ask, "user", "is_active IS NOT NULL AND NOT " + yes("is_active"))
    if idle:
        yield f"user: {idle:,} not active; since when is not in the file, so they have no end."


def _accounts(ask: Ask) -> Iterator[str]:
    known = "(SELECT account_id FROM account_history WHERE field IN ('Owner', 'OwnerId'))"
    dated = "(SELECT id FROM account_history WHERE _fivetran_start IS NOT NULL AND id IS NOT NULL)"
    count = _count(
        ask,
        "account",
        f"owner_id IS NOT NULL AND id NOT IN {dated} AND id NOT IN (SELECT coalesce(x, '') FROM {known} k(x))",
    )
    if count:
        yield (
            f"account: {count:,} without a history of their owner, who holds from the last change on. Load what was before: "
            "tenure load assignment FILE."
        )
    undated = _count(ask, "account", f"owner_id IS NOT NULL AND _fivetran_start IS NULL AND {_NO_TIME}")
    if undated:
        yield f"account: {undated:,} with an owner, and no column says since when: no owner loaded."
    deleted = _count(ask, "account_history", f"_fivetran_start IS NOT NULL AND {yes('is_deleted')}")
    if deleted:
        yield f"account_history: {deleted:,} versions tell of a deletion only, and are read as that."
    if told := _words(
        ask,
        "SELECT field, count(*) FROM account_history WHERE field IS NOT NULL AND (field NOT IN ('Owner', 'OwnerId') OR "
        "new_value IS NULL) GROUP BY 1 ORDER BY 1",
    ):
        yield f"account_history: of changes of fields only the owner's are read; left out: {told}."
    names = _count(ask, "account_history", "field IN ('Owner', 'OwnerId') AND new_value NOT LIKE '005%'")
    if names:
        yield f"account_history: {names:,} changes of owner name no user's id: left out (the same change is told by id)."


def _opportunities(ask: Ask) -> Iterator[str]:
    said = f"{case('lower(type)', KINDS)} IS NULL"
    if told := _words(ask, f"SELECT type, count(*) FROM opportunity WHERE {said} GROUP BY 1 ORDER BY 1 NULLS LAST"):
        yield (
            f"opportunity: no kind that Tenure knows is said by the type {told}: new while an account has bought nothing (unless "
            "the type says existing), else upsell."
        )
    if _count(ask, "opportunity", "amount IS NOT NULL") and not _count(
        ask, "opportunity", "currency_iso_code IS NOT NULL"
    ):
        yield "opportunity: no currency is told; amounts are taken to be in the workspace's."
    other = _count(ask, "opportunity_history", "_fivetran_start IS NULL")
    if other:
        yield f"opportunity_history: {other:,} rows are no versions of opportunities (no _fivetran_start): left out."
    deleted = _count(ask, "opportunity_history", f"_fivetran_start IS NOT NULL AND {yes('is_deleted')}")
    if deleted:
        yield f"opportunity_history: {deleted:,} versions tell of a deletion only, and are read as that."
    unpriced = f"{LINE_PRICE} IS NULL"
    for wrong, what in (
        (yes("is_deleted"), "deleted"), ("product_2_id IS NULL", "without a product"), (unpriced, "without a readable price"),
    ):  # fmt: skip
        if count := _count(ask, "opportunity_line_item", wrong):
            yield f"opportunity_line_item: {count:,} {what}; not counted."
    ((lines, products),) = ask(
        "SELECT count(*), count(DISTINCT (opportunity_id, product_2_id)) FROM opportunity_line_item "
        f"WHERE NOT {yes('is_deleted')}"
    )
    if lines > products:
        yield f"opportunity_line_item: {lines:,} lines are told as {products:,}: those of one product are added up."


def _tasks(ask: Ask) -> Iterator[str]:
    done = f"({yes('is_closed')} OR lower(coalesce(status, '')) = 'completed')"
    if told := _words(
        ask, f"SELECT t.type, count(*) FROM task t WHERE {CHANNEL} IS NULL GROUP BY 1 ORDER BY 1 NULLS LAST"
    ):
        yield f"task: neither calls, mails nor meetings, and so no contacts, by type: {told}."
    for condition, what in (
        (f"NOT {done}", "not done yet: no contacts"),
        (f"{done} AND {yes('is_recurrence')}", "only stand for a series: no contacts"),
        (f"{done} AND lower(coalesce(call_type, '')) = 'internal'", "calls among ourselves: no contacts"),
    ):
        if count := _count(ask, "task", f"{CHANNEL} IS NOT NULL AND {condition}"):
            yield f"task: {count:,} {what}."
    untold = _count(
        ask,
        "task",
        f"{CHANNEL} = 'email' AND id NOT IN (SELECT activity_id FROM email_message WHERE activity_id IS NOT NULL)",
    )
    if untold:
        yield f"task: of {untold:,} mails no email_message says who wrote; they are taken to be ours."


def _events(ask: Ask) -> Iterator[str]:
    known = ", ".join(f"'{name}'" for name in _EVENT_TYPES)
    if told := _words(
        ask,
        f"SELECT type, count(*) FROM event WHERE lower(coalesce(type, '')) NOT IN ({known}) GROUP BY 1 ORDER BY 1 NULLS LAST",
    ):
        yield f"event: taken for meetings, as an event is one, by type: {told}."
    for column, what in (("is_child", "an invitee's copy of another"), ("is_recurrence", "only stand for a series")):
        if count := _count(ask, "event", yes(column)):
            yield f"event: {count:,} {what}: not counted."


def _orphans(ask: Ask) -> Iterator[str]:
    """Rows that name one which is in no file; they are loaded, and join when it comes."""
    for stream, column, parent, what in (
        ("account", "parent_id", "account", "belong to accounts"),
        ("account", "master_record_id", "account", "were merged into accounts"),
        ("account", "owner_id", "user", "are owned by users"), ("contact", "account_id", "account", "are of accounts"),
        ("opportunity", "account_id", "account", "are of accounts"),
        ("opportunity", "owner_id", "user", "are owned by users"),
        ("opportunity_line_item", "opportunity_id", "opportunity", "are of opportunities"),
        ("opportunity_line_item", "product_2_id", "product_2", "are of products"),
        ("task", "account_id", "account", "are of accounts"), ("event", "account_id", "account", "are of accounts"),
    ):  # fmt: skip
        parents = f'(SELECT id FROM "{parent}" WHERE id IS NOT NULL)'
        if count := _count(ask, stream, f"{column} IS NOT NULL AND {column} NOT IN {parents}"):
            yield f"{stream}: {count:,} {what} that are in no file here."
