"""What Zendesk's tables come to where a map cannot say it. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tenure.sources.vendor import Ask, Made, Personal, Vendor
from tenure.sources.zendesk.zones import IANA

COLUMNS: dict[str, tuple[str, ...]] = {
    "organization": ("id", "external_id", "updated_at"),
    "user": ("id", "role", "organization_id", "updated_at"),
    "ticket": (
        "id", "organization_id", "via_channel", "merged_ticket_ids", "priority", "status", "updated_at",
    ),
    "ticket_schedule": ("ticket_id", "schedule_id", "created_at"),
    "schedule": ("id", "start_time", "end_time", "time_zone", "created_at", "_fivetran_deleted"),
    "schedule_holiday": ("schedule_id", "start_date", "end_date", "name", "_fivetran_deleted"),
    "sla_policy_metric_history": (
        "sla_policy_id", "metric", "priority", "target", "business_hours", "sla_policy_updated_at",
    ),
    "time_zone": ("time_zone", "standard_offset"),
    "daylight_time": ("time_zone", "year", "daylight_start_utc", "daylight_end_utc"),
}  # fmt: skip

_ZONES = ", ".join(f"('{name.replace(chr(39), chr(39) * 2)}', '{zone}')" for name, zone in IANA.items())
_CHANNELS = {"voice": "phone", "messaging": "chat", "native_messaging": "chat"}
_KNOWN_CHANNELS = ("email", "web", "chat", "api", *_CHANNELS)
_PRIORITIES = ("low", "normal", "high", "urgent")
_MEASURES = {"first_reply_time": "first_reply", "next_reply_time": "next_reply"}
_MINUTES_A_DAY = 1440
#: A clock change that lies so far from where a file puts it is another rule, not another way of writing it.
_SAME_CHANGE = timedelta(days=1)


def _case(column: str, words: dict[str, str], otherwise: str) -> str:
    whens = " ".join(f"WHEN '{word}' THEN '{ours}'" for word, ours in words.items())
    return f"CASE {column} {whens} ELSE {otherwise} END"


def _standing(stream: str) -> str:
    """The rows of a stream that the connector has not marked as deleted."""
    return f"(SELECT * FROM {stream} WHERE lower(coalesce(_fivetran_deleted, '')) NOT IN ('true', 't', '1'))"


_ACCOUNT = "SELECT DISTINCT ON (id) id, coalesce(nullif(trim(external_id), ''), id) AS account_id FROM organization "
_ACCOUNT += "ORDER BY id, updated_at DESC"

ACCOUNTS = Made(("organization",), _ACCOUNT)

USERS = Made(
    ("user", "organization"),
    f"""
    WITH latest AS (SELECT DISTINCT ON (id) * FROM "user" ORDER BY id, updated_at DESC), account AS ({_ACCOUNT})
    SELECT u.id, coalesce(a.account_id, u.organization_id) AS account_id,
        {_case("u.role", {"end-user": "requester", "agent": "agent", "admin": "agent"}, "NULL")} AS writes_as
    FROM latest u LEFT JOIN account a ON a.id = u.organization_id
    UNION ALL SELECT '-1', NULL, 'bot'
    ORDER BY id
    """,
)

TICKETS = Made(
    ("ticket", "organization", "ticket_schedule", "schedule"),
    f"""
    WITH latest AS (SELECT DISTINCT ON (id) * FROM ticket ORDER BY id, updated_at DESC),
        account AS ({_ACCOUNT}),
        given AS (
            SELECT DISTINCT ON (ticket_id) ticket_id, schedule_id FROM ticket_schedule
            ORDER BY ticket_id, created_at DESC, schedule_id
        ),
        usual AS (SELECT id FROM {_standing("schedule")} ORDER BY created_at NULLS LAST, id LIMIT 1),
        merged AS (
            SELECT id, min(into_id) AS merged_into FROM (
                SELECT unnest(regexp_extract_all(merged_ticket_ids, '[0-9]+')) AS id, id AS into_id FROM latest
            ) GROUP BY id
        )
    SELECT t.id, coalesce(a.account_id, t.organization_id) AS account_id,
        {_case("t.via_channel", _CHANNELS, "t.via_channel")} AS channel, m.merged_into,
        coalesce(g.schedule_id, (SELECT id FROM usual)) AS schedule_id
    FROM latest t LEFT JOIN account a ON a.id = t.organization_id LEFT JOIN given g ON g.ticket_id = t.id
        LEFT JOIN merged m ON m.id = t.id
    ORDER BY t.id
    """,
)

#: Stretches in minutes since Sunday, cut at midnights.
BUSINESS_HOURS = Made(
    ("schedule",),
    f"""
    WITH zone(name, iana) AS (VALUES {_ZONES}),
        stretch AS (
            SELECT id, time_zone, TRY_CAST(start_time AS BIGINT) AS begins, TRY_CAST(end_time AS BIGINT) AS stops
            FROM {_standing("schedule")}
        ),
        cut AS (
            SELECT *, unnest(range(begins // {_MINUTES_A_DAY}, (stops - 1) // {_MINUTES_A_DAY} + 1)) AS day FROM stretch
        ),
        clock AS (
            SELECT *, greatest(begins - day * {_MINUTES_A_DAY}, 0) AS opens,
                least(stops - day * {_MINUTES_A_DAY}, {_MINUTES_A_DAY}) AS closes
            FROM cut
        )
    SELECT DISTINCT id AS schedule_id, coalesce(iana, time_zone) AS time_zone, (day + 6) % 7 AS weekday,
        format('{{:02d}}:{{:02d}}', opens // 60, opens % 60) AS opens,
        format('{{:02d}}:{{:02d}}', closes // 60, closes % 60) AS closes
    FROM clock LEFT JOIN zone ON zone.name = clock.time_zone
    ORDER BY ALL
    """,
)

DAYS_OFF = Made(
    ("schedule_holiday",),
    f"""
    SELECT schedule_id, CAST(day AS DATE) AS date, min(name) AS name FROM (
        SELECT schedule_id, name, unnest(generate_series(
            TRY_CAST(start_date AS DATE), TRY_CAST(end_date AS DATE), INTERVAL 1 DAY
        )) AS day FROM {_standing("schedule_holiday")}
    ) GROUP BY ALL ORDER BY ALL
    """,
)

PROMISES = Made(
    ("sla_policy_metric_history",),
    f"""
    SELECT {_case("metric", _MEASURES, "NULL")} AS measure, lower(priority) AS priority, target AS minutes,
        CASE WHEN lower(business_hours) IN ('true', 't', '1') THEN 'business' ELSE 'calendar' END AS clock,
        sla_policy_updated_at AS valid_from
    FROM sla_policy_metric_history
    WHERE metric IN ({", ".join(f"'{name}'" for name in _MEASURES)})
        AND (SELECT count(DISTINCT sla_policy_id) FROM sla_policy_metric_history) = 1
    ORDER BY ALL
    """,
)


def remarks(ask: Ask) -> Iterator[str]:
    """What has no counterpart, what was left out, and where the files' clocks differ from the world's."""
    yield from _unknown_words(ask)
    yield from _promises_left_out(ask)
    for stream, wrong in (
        ("schedule", "TRY_CAST(start_time AS BIGINT) IS NULL OR TRY_CAST(end_time AS BIGINT) IS NULL"),
        ("schedule_holiday", "TRY_CAST(start_date AS DATE) IS NULL OR TRY_CAST(end_date AS DATE) IS NULL"),
    ):
        ((count,),) = ask(f"SELECT count(*) FROM {_standing(stream)} WHERE {wrong}")
        if count:
            yield f"{stream}: {count:,} without readable times left out."
    for name, zone in ask(
        f"WITH zone(name, iana) AS (VALUES {_ZONES}) SELECT DISTINCT s.time_zone, iana FROM {_standing('schedule')} s "
        "LEFT JOIN zone ON zone.name = s.time_zone WHERE s.time_zone IS NOT NULL ORDER BY 1"
    ):
        yield from (
            _clock_differences(ask, name, zone)
            if zone
            else (f"schedule: {name!r} is no time zone that Zendesk is known to have; it is taken for an IANA zone.",)
        )


def _unknown_words(ask: Ask) -> Iterator[str]:
    for column, what, known in (
        ("priority", "priority", _PRIORITIES),
        ("via_channel", "channel", _KNOWN_CHANNELS),
    ):
        listed = ", ".join(f"'{word}'" for word in known)
        for word, count in ask(
            f"SELECT {column}, count(*) FROM ticket WHERE {column} NOT IN ({listed}) GROUP BY 1 ORDER BY 1"
        ):
            yield f"ticket: the {what} {word!r} ({count:,}) has no counterpart and is kept as it is."
    for role, count in ask(
        "SELECT coalesce(role, ''), count(*) FROM \"user\" WHERE coalesce(role, '') NOT IN "
        "('end-user', 'agent', 'admin') GROUP BY 1 ORDER BY 1"
    ):
        yield f"user: the role {role!r} ({count:,}) is not known; these are neither people of accounts nor agents."


def _promises_left_out(ask: Ask) -> Iterator[str]:
    ((policies,),) = ask("SELECT count(DISTINCT sla_policy_id) FROM sla_policy_metric_history")
    if policies > 1:
        yield (
            f"sla_policy_metric_history: {policies} policies, and the files don't say of which tickets each holds: no "
            "targets loaded. Load yours: tenure load sla_target FILE."
        )
        return
    for metric, count in ask("SELECT metric, count(*) FROM sla_policy_metric_history GROUP BY 1 ORDER BY 1"):
        if metric not in _MEASURES:
            yield f"sla_policy_metric_history: {metric} ({count:,}) is nothing that Tenure measures: left out."


def _clock_differences(ask: Ask, name: str, zone: str) -> Iterator[str]:
    """Where the files' rules for a zone that a schedule uses are not those of the IANA database, which hold."""
    clock, quoted = ZoneInfo(zone), name.replace("'", "''")
    for (told,) in ask(f"SELECT DISTINCT standard_offset FROM time_zone WHERE time_zone = '{quoted}'"):
        ours = _standard(clock)
        if told is not None and _offset(told) != ours:
            yield f"time_zone: {name} is told to be {told} from UTC; {zone}, which holds, is {_written(ours)}."
    for year, starts, ends in ask(
        "SELECT TRY_CAST(year AS INTEGER), TRY_CAST(daylight_start_utc AS TIMESTAMP), "
        f"TRY_CAST(daylight_end_utc AS TIMESTAMP) FROM daylight_time WHERE time_zone = '{quoted}' ORDER BY 1"
    ):
        changes = _changes(clock, year) if year and 1900 <= year <= 2100 else []
        apart = [at for at in (starts, ends) if at and not any(abs(at - change) <= _SAME_CHANGE for change in changes)]
        if apart:
            told = " and ".join(f"{at:%Y-%m-%d}" for at in apart)
            yield f"daylight_time: {name} is told to change its clock on {told}; {zone}, which holds, does not."


def _standard(clock: ZoneInfo) -> timedelta:
    """The offset without daylight time, this century."""
    january, july = (datetime(2020, month, 1, tzinfo=UTC).astimezone(clock) for month in (1, 7))
    return min(january.utcoffset() or timedelta(), july.utcoffset() or timedelta())


def _offset(text: str) -> timedelta | None:
    sign = -1 if text.startswith("-") else 1
    hours, _, minutes = text.lstrip("+-").partition(":")
    return sign * timedelta(hours=int(hours), minutes=int(minutes or 0)) if hours.isdigit() else None


def _written(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _changes(clock: ZoneInfo, year: int) -> list[datetime]:
    """The days of a year, as instants of UTC without zone, within which a clock changes; and of the next January."""
    found, day = [], datetime.combine(date(year, 1, 1), datetime.min.time(), UTC)
    while day < datetime(year + 1, 2, 1, tzinfo=UTC):
        after = day + timedelta(days=1)
        if day.astimezone(clock).utcoffset() != after.astimezone(clock).utcoffset():
            found.append(day.replace(tzinfo=None) + timedelta(hours=12))
        day = after
    return found


VENDOR = Vendor(
    name="zendesk",
    columns=COLUMNS,
    made={
        "accounts": ACCOUNTS, "users": USERS, "tickets": TICKETS, "business_hours": BUSINESS_HOURS,
        "days_off": DAYS_OFF, "promises": PROMISES,
    },
    remarks=remarks,
    aside=frozenset({
        "audit_log", "brand", "domain_name", "group", "organization_tag", "ticket_chat", "ticket_chat_event",
        "ticket_form_history", "ticket_sla_policy", "ticket_tag", "user_tag",
    }),
    personal={
        "user": Personal(("id",), ("name", "email"), own=True),
        "ticket": Personal(("requester_id",), ("subject",)),
        "ticket_comment": Personal(("user_id",)),
        "ticket_field_history": Personal(("user_id",)),
        "satisfaction_rating": Personal(("requester_id",), ("comment",)),
    },
)  # fmt: skip
