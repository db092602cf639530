"""The kinds of cause to act on an account, each as SQL over what is published.

Every kind gives rows ``account_id, kind, thing, since, due, number, urgency, parts``: ``thing`` names what of the account it is
(with kind and account it names the cause), ``number`` how many things it is about, ``urgency`` is a whole number from 0 to 100,
and ``parts`` are the numbers of the sentence, as JSON. They read the table ``mine``, the accounts in sight as they are now.
"""

from __future__ import annotations

from dataclasses import dataclass

from tenure.metrics.kinds import FactKey
from tenure.metrics.use.entitled import SEAT

#: What a kind's SQL may name: the moment, the local month's first day and the instant at which it began, and the days after which
#: an account has gone quiet.
NOW, MONTH, BEGAN, CADENCE = "{now}", "{month}", "{began}", "{cadence}"


@dataclass(frozen=True)
class Kind:
    """A kind of cause. ``table``: the canonical table in which what it is about lies; ``facts``: what its SQL reads besides ``mine``.
    ``sql``: its rows. ``urgency``: how urgent it is, as the documentation says it.
    """

    name: str
    table: str
    facts: tuple[str, ...]
    urgency: str
    sql: str

    @property
    def names(self) -> tuple[str, ...]:
        """What its causes are called: a risk is high or has risen, each other kind goes by its name."""
        return ("risk_high", "risk_risen") if self is RISK else (self.name,)


def _days(since: str) -> str:
    """SQL of the whole days since an instant."""
    return f"CAST(floor((epoch({NOW}) - epoch({since})) / 86400) AS INTEGER)"


def _parts(**parts: str) -> str:
    return "to_json({" + ", ".join(f"'{name}': {sql}" for name, sql in parts.items()) + "})"


def _row(
    kind: str,
    *,
    of: str = "",
    thing: str = "''",
    since: str = "NULL",
    due: str = "NULL",
    number: str = "1",
    urgency: str,
    **parts: str,
) -> str:
    return (
        f"SELECT {of}account_id, {kind} AS kind, {thing} AS thing, CAST({since} AS TIMESTAMP) AS since, CAST({due} AS TIMESTAMP) AS due,"
        f" CAST({number} AS INTEGER) AS number, CAST({urgency} AS INTEGER) AS urgency, {_parts(**parts)} AS parts"
    )


#: What was due so many days ago is no matter of today any more.
_FORGOTTEN = 180
#: Whoever was a customer once and is none any more reaches no goals with us.
NOT_LOST = "(m.is_customer OR m.customer_since IS NULL)"
#: A risk of leaving within 90 days, in percent, that is high; and one that is raised, and is so if it doubled.
_HIGH, _RAISED = 20, 5
_RANK = "CASE {} WHEN 'good' THEN 3 WHEN 'fair' THEN 2 WHEN 'poor' THEN 1 END"

RISK = Kind(
    "risk", "score", (), "40 and the risk in percent, at most 100",
    _row(
        f"CASE WHEN risk_90 >= {_HIGH} THEN 'risk_high' ELSE 'risk_risen' END", since="risk_since",
        urgency="least(100, 40 + risk_90)", risk="CAST(risk_90 / 100 AS DECIMAL(9,6))",
        before="CAST(risk_before / 100 AS DECIMAL(9,6))",
    )
    + f" FROM mine WHERE is_customer AND (risk_90 >= {_HIGH} OR (risk_90 >= {_RAISED} AND risk_90 >= 2 * risk_before))",
)  # fmt: skip

HEALTH = Kind(
    "health_dropped", "score", (), "70 into poor, 50 into fair",
    _row(
        "'health_dropped'", thing="band", since="since_30", urgency="CASE band WHEN 'poor' THEN 70 ELSE 50 END",
        health="health", before="before_30", band="band", band_before="band_before",
    )
    + f" FROM mine WHERE is_customer AND {_RANK.format('band_before')} > {_RANK.format('band')}",
)  # fmt: skip

#: From so many days with contacts in a year on there is a rhythm; of its days between contacts, twice are a silence.
_RHYTHM, _TWICE, _SHORTEST = 4, 2, 14
QUIET = Kind(
    "gone_quiet", "touchpoint", ("rhythm",), "30, and 20 for each time that the days allowed have passed, at most 80",
    "WITH silent AS (SELECT m.account_id, coalesce(r.last, m.customer_since) AS since, r.last IS NULL AS never,"
    f" {CADENCE} AS allowed, CASE WHEN r.days >= {_RHYTHM} THEN greatest(1, CAST(ceil((epoch(r.last) - epoch(r.first))"
    " / 86400 / (r.days - 1)) AS INTEGER)) END AS usual"
    " FROM mine m LEFT JOIN rhythm r ON r.account_id = m.account_id WHERE m.is_customer), limited AS (SELECT *,"
    f" {_days('since')} AS days, CASE WHEN usual IS NULL THEN allowed"
    f" ELSE least(allowed, greatest({_TWICE} * usual, {_SHORTEST})) END AS most FROM silent) "
    + _row(
        "'gone_quiet'", thing="strftime(since, '%Y-%m-%d')", since="since",
        urgency="least(80, 30 + floor(20.0 * days / most))", days="days", most="most", usual="usual", never="never",
        by_usual="most < allowed",
    )
    + " FROM limited WHERE days > most",
)  # fmt: skip

#: As many people, or uses, there must have been a month for a fall to mean something; and what share of them is a fall.
_PEOPLE, _USES = 5, 20
USE = Kind(
    "use_falling", "usage", ("use",), "70 if it fell by half, 50 if by three tenths",
    "WITH months AS (SELECT u.account_id, u.period, sum(u.users) AS users, sum(u.uses) AS uses FROM use u JOIN mine m"
    f" ON m.account_id = u.account_id WHERE m.is_customer AND u.level = 'active' AND u.period >= {MONTH} - INTERVAL 4 MONTH"
    f" AND u.period < {MONTH} GROUP BY ALL), levels AS (SELECT account_id, sum(users) > 0 AS by_people,"
    f" count(*) FILTER (period < {MONTH} - INTERVAL 1 MONTH) AS known,"
    + ", ".join(
        f"coalesce(sum({what}) FILTER (period >= {MONTH} - INTERVAL 1 MONTH), 0) AS {what}_last,"
        f" coalesce(sum({what}) FILTER (period < {MONTH} - INTERVAL 1 MONTH), 0) AS {what}_before" for what in ("users", "uses")
    )
    + " FROM months GROUP BY account_id), fallen AS (SELECT account_id, by_people,"
    " CASE WHEN by_people THEN users_last ELSE uses_last END AS last,"
    " CAST(CASE WHEN by_people THEN users_before ELSE uses_before END / 3 AS DECIMAL(18,1)) AS before FROM levels WHERE known = 3) "
    + _row(
        "'use_falling'", thing=f"strftime({MONTH} - INTERVAL 1 MONTH, '%Y-%m')", since=BEGAN,
        urgency="CASE WHEN last <= before / 2 THEN 70 ELSE 50 END", last="last", before="before",
        what="CASE WHEN by_people THEN 'people' ELSE 'uses' END", month=f"strftime({MONTH} - INTERVAL 1 MONTH, '%Y-%m-%d')",
    )
    + f" FROM fallen WHERE before >= CASE WHEN by_people THEN {_PEOPLE} ELSE {_USES} END AND last <= 0.7 * before",
)  # fmt: skip


def undecided(dues: str) -> str:
    """SQL of whether the next renewal of ``m`` is still open, by the table of the fact ``renewal_due``."""
    return f"EXISTS (SELECT 1 FROM {dues} d WHERE d.account_id = m.account_id AND d.term_end = m.renewal_due AND d.still_open = 1)"


_AHEAD = f"CAST(ceil((epoch(renewal_due) - epoch({NOW})) / 86400) AS INTEGER)"
RENEWAL = Kind(
    "renewal_near", "contract", ("prospect", "renewal_due", "rhythm"),
    "100 within 30 days, 80 within 60, 60 within 90; 20 less where either an opportunity or a contact is there",
    f"WITH near AS (SELECT m.account_id, renewal_due, {_AHEAD} AS ahead, coalesce(o.renewals, 0) > 0 AS opportunity,"
    f" coalesce({_days('r.last')} <= 30, false) AS contact, r.last FROM mine m LEFT JOIN prospect o ON o.account_id = m.account_id"
    f" LEFT JOIN rhythm r ON r.account_id = m.account_id WHERE m.is_customer AND {undecided('renewal_due')}), staged AS (SELECT *,"
    " CASE WHEN ahead <= 30 THEN 30 WHEN ahead <= 60 THEN 60 ELSE 90 END AS stage FROM near WHERE ahead <= 90) "
    + _row(
        "'renewal_near'", thing="strftime(renewal_due, '%Y-%m-%d') || '/' || stage",
        since="renewal_due - to_days(CAST(stage AS INTEGER))", due="renewal_due",
        urgency="CASE stage WHEN 30 THEN 100 WHEN 60 THEN 80 ELSE 60 END - CASE WHEN opportunity OR contact THEN 20 ELSE 0 END",
        days="ahead", opportunity="opportunity", contact="contact",
        silent=_days("last"),
    )
    + " FROM staged WHERE NOT (opportunity AND contact)",
)  # fmt: skip

#: An inquiry without a target of its own is to be answered within so many seconds.
_A_DAY = 86_400


def _overdue(kind: str, of: str, base: int, most: int) -> str:
    worst = "(waited - target, waited, clock)"
    shown = f"b.shown + least(CAST(floor(epoch({NOW}) - epoch(b.starts)) AS BIGINT), b.running)"
    return (
        f"WITH read AS (SELECT w.*, floor(epoch({NOW}) - epoch(w.begins)) AS passed, {shown} AS now_shown FROM waiting w JOIN mine m"
        f" ON m.account_id = w.account_id LEFT JOIN business_time b ON b.schedule_id = w.schedule_id AND b.starts <= {NOW}"
        f" AND b.ends > {NOW} WHERE w.kind = '{of}' AND {_days('w.begins')} <= {_FORGOTTEN}), told AS (SELECT account_id, thing, begins, target IS NOT NULL AS has_target,"
        f" coalesce(target, {_A_DAY}) AS target, CASE WHEN target IS NOT NULL AND clock = 'business' THEN now_shown - begins_shown"
        " ELSE passed END AS waited, coalesce(clock, 'calendar') AS clock FROM read), each AS (SELECT account_id, thing, min(begins) AS begins,"
        f" arg_max(waited, {worst}) AS waited, arg_max(target, {worst}) AS target,"
        f" arg_max(clock, {worst}) AS clock FROM told t WHERE waited > target AND (has_target OR NOT EXISTS (SELECT 1 FROM told o"
        " WHERE o.thing = t.thing AND o.has_target)) GROUP BY account_id, thing) "
        + _row(
            f"'{kind}'", thing="arg_max(thing, (begins, thing))", since="min(begins)", number="count(*)",
            urgency=f"least({most}, {base} + 5 * (count(*) - 1))", waited="CAST(arg_min(waited, (begins, thing)) AS BIGINT)",
            target="CAST(arg_min(target, (begins, thing)) AS BIGINT)", clock="arg_min(clock, (begins, thing))", id="arg_min(thing, (begins, thing))",
        )
        + " FROM each GROUP BY account_id"
    )  # fmt: skip


INQUIRY = Kind(
    "inquiry_unanswered", "inquiry", ("waiting", "business_time"), "70, and 5 for each further one, at most 90",
    _overdue("inquiry_unanswered", "inquiry", 70, 90),
)  # fmt: skip
TICKET = Kind(
    "ticket_overdue", "ticket", ("waiting", "business_time"), "60, and 5 for each further one, at most 80",
    _overdue("ticket_overdue", "ticket", 60, 80),
)  # fmt: skip

ESCALATED = Kind(
    "escalated", "ticket", ("risen",), "95",
    _row(
        "'escalated'", of="r.", thing="arg_max(thing, (since, thing))", since="min(since)", number="count(*)", urgency="95",
        days=_days("min(since)"), id="arg_min(thing, (since, thing))",
    )
    + " FROM risen r JOIN mine m ON m.account_id = r.account_id GROUP BY r.account_id",
)  # fmt: skip

#: Who left longer ago is no news, and so is who was unhappy.
_NEWS, _HEARD = 90, 60
CHAMPION = Kind(
    "champion_left", "person", ("champion",), "80 if no other is there, else 50",
    _row(
        "'champion_left'", of="c.", thing="c.thing", since="c.since", urgency="CASE WHEN c.remaining = 0 THEN 80 ELSE 50 END",
        days=_days("c.since"), remaining="c.remaining", id="c.thing",
    )
    + f" FROM champion c JOIN mine m ON m.account_id = c.account_id WHERE m.is_customer AND {_days('c.since')} <= {_NEWS}",
)  # fmt: skip

UNHEARD = Kind(
    "low_answer", "survey_answer", ("unheard", "rhythm"), "60, and 5 for each further one, at most 80",
    _row(
        "'low_answer'", of="u.", thing="arg_max(thing, (u.since, thing))", since="min(u.since)", number="count(*)",
        urgency="least(80, 60 + 5 * (count(*) - 1))", days=_days("max(u.since)"), score="CAST(arg_max(u.score, (u.since, thing)) AS DECIMAL(9,2))",
        scale="arg_max(u.scale, (u.since, thing))", survey="arg_max(u.survey, (u.since, thing))", id="arg_max(thing, (u.since, thing))",
    )
    + " FROM unheard u JOIN mine m ON m.account_id = u.account_id LEFT JOIN rhythm r ON r.account_id = u.account_id"
    f" WHERE m.is_customer AND {_days('u.since')} <= {_HEARD} AND (r.last IS NULL OR r.last <= u.since) GROUP BY u.account_id",
)  # fmt: skip

#: An item of a hand-over is told so many days before its day.
_SOON = 7


def _late(kind: str, of: str, urgency: str) -> str:
    return (
        _row(
            f"'{kind}'", of="g.", thing="arg_max(g.thing, (g.due_end, g.thing))", since="min(g.due_end)", due="min(g.due_at)", number="count(*)",
            urgency=urgency, days=_days("min(g.due_end)"), name="arg_min(g.name, (g.due_end, g.thing))", id="arg_min(g.thing, (g.due_end, g.thing))",
        )
        + f" FROM pledge g JOIN mine m ON m.account_id = g.account_id WHERE g.kind = '{of}' AND {NOT_LOST} AND g.due_end <= {NOW}"
        f" AND {_days('g.due_end')} <= {_FORGOTTEN} GROUP BY g.account_id"
    )  # fmt: skip


GOAL = Kind("goal_overdue", "goal", ("pledge",), "40", _late("goal_overdue", "goal", "40"))
MILESTONE = Kind("milestone_overdue", "milestone", ("pledge",), "50", _late("milestone_overdue", "milestone", "50"))
HANDOVER = Kind(
    "handover_open", "handover_item", ("pledge",), "60 once an item is late, else 50",
    _row(
        "'handover_open'", of="g.", thing="coalesce(strftime(max(g.due_end), '%Y-%m-%d'), '')", since="min(g.due_end)", due="min(g.due_at)",
        number="count(*)", urgency=f"CASE WHEN min(g.due_end) <= {NOW} THEN 60 ELSE 50 END", days=_days("min(g.due_end)"),
        name="arg_min(g.name, (coalesce(g.due_end, TIMESTAMP '9999-12-31'), g.thing))",
    )
    + f" FROM pledge g JOIN mine m ON m.account_id = g.account_id WHERE g.kind = 'handover' AND {NOT_LOST} AND (g.due_end IS NULL"
    f" OR ({_days('g.due_end')} >= -{_SOON} AND {_days('g.due_end')} <= {_FORGOTTEN})) GROUP BY g.account_id",
)  # fmt: skip

INVOICE = Kind(
    "invoice_overdue", "invoice", ("unpaid",), "80 after 60 days, 60 after 30, before 30",
    _row(
        "'invoice_overdue'", of="u.", thing="arg_max(u.thing, (u.due_end, u.thing))", since="min(u.due_end)", number="count(*)",
        urgency=f"CASE WHEN {_days('min(u.due_end)')} > 60 THEN 80 WHEN {_days('min(u.due_end)')} > 30 THEN 60 ELSE 30 END",
        days=_days("min(u.due_end)"), owed="CAST(CAST(CASE WHEN bool_and(u.owed IS NOT NULL) THEN sum(u.owed) END AS DECIMAL(38,0)) * 0.0001 AS DECIMAL(20,2))", id="arg_min(u.thing, (u.due_end, u.thing))",
    )
    + f" FROM unpaid u JOIN mine m ON m.account_id = u.account_id WHERE u.due_end <= {NOW} AND {_days('u.due_end')} <= {_FORGOTTEN}"
    " GROUP BY u.account_id",
)  # fmt: skip

#: A judgement that is older says nothing any more.
_STALE = 90
JUDGEMENT = Kind(
    "judgement_stale", "judgement", ("pulse",), "20",
    _row("'judgement_stale'", of="j.", thing="strftime(j.since, '%Y-%m-%d')", since="j.since", urgency="20", days=_days("j.since"))
    + f" FROM pulse j JOIN mine m ON m.account_id = j.account_id WHERE m.is_customer AND {_days('j.since')} > {_STALE}",
)  # fmt: skip

#: A licence of so many seats is full from this share on.
_SEATS, _FULL = 5, "0.9"
GROWTH = Kind(
    "growth_candidate", "entitlement", ("licence", "prospect"), "30",
    f"WITH seats AS (SELECT l.account_id, l.users, CAST(round(l.seats / {SEAT}) AS INTEGER) AS seats FROM licence l JOIN mine m"
    " ON m.account_id = l.account_id LEFT JOIN prospect o ON o.account_id = l.account_id"
    f" WHERE m.is_customer AND l.excluded IS NULL AND l.period = {MONTH} - INTERVAL 1 MONTH AND coalesce(o.growths, 0) = 0"
    f" AND l.seats >= {_SEATS} * {SEAT} AND l.users >= {_FULL} * l.seats / {SEAT} AND coalesce(m.band, '') <> 'poor') "
    + _row(
        "'growth_candidate'", thing=f"strftime({MONTH} - INTERVAL 1 MONTH, '%Y-%m')", since=BEGAN, urgency="30",
        users="arg_max(users, (users / seats, users))", seats="arg_max(seats, (users / seats, users))",
    )
    + " FROM seats GROUP BY account_id",
)  # fmt: skip

KINDS = (
    ESCALATED, RENEWAL, RISK, CHAMPION, INQUIRY, HEALTH, USE, QUIET, UNHEARD, TICKET, INVOICE, MILESTONE, HANDOVER, GOAL, GROWTH, JUDGEMENT,
)  # fmt: skip
#: What every cause of a kind is called.
NAMES = tuple(name for one in KINDS for name in one.names)
#: The facts in which they stand; the first two make the table ``mine``.
PORTRAIT, RATED = FactKey("portrait", "month", "period"), FactKey("rated", "month", "period")
_UNDATED = ("business_time",)


def facts() -> tuple[FactKey, ...]:
    """The facts that the kinds read."""
    names = sorted({name for one in KINDS for name in one.facts})
    return PORTRAIT, RATED, *(FactKey(name) if name in _UNDATED else FactKey(name, "month", "period") for name in names)
