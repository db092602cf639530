"""What stirred since the moment asked about is made anew, and the rest is lent: together that is what would be made."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from tenure.core.period import instant, local_day
from tenure.engine.desk import Desk
from tenure.figures.lent import Lender
from tenure.figures.reader import Moment, Reader
from tenure.metrics.catalogue import metrics
from tenure.metrics.kinds import FactKey
from tenure.metrics.world import FACTS
from tenure.scores.signal import Signal, all_known
from tests.engine.conftest import NOON, TODAY, Bench, loaded
from tests.engine.test_lent import plain, rounded, told

MIDNIGHT = instant(TODAY, "Europe/Berlin")
SUPPORT = [
    Signal(days, metric)
    for days in (7, 91)
    for metric in ("ticket_volume", "sla_attainment", "escalation_rate", "response_time", "one_touch_rate", "reopen_rate",
                   "time_to_resolution", "requester_wait_time", "agent_wait_time")
]  # fmt: skip
#: Long ago, around the day's beginning, in the morning, as it is published, and later.
TIMES = [
    *(MIDNIGHT - timedelta(hours=hours) for hours in (2000, 1400, 700, 300, 90, 40, 26, 3, 1)),
    MIDNIGHT, *(MIDNIGHT + timedelta(hours=hours) for hours in (1, 3, 7, 9, 11)), NOON, NOON + timedelta(hours=5),
    MIDNIGHT - timedelta(microseconds=1),
]  # fmt: skip
ACCOUNTS, TICKETS = [f"a{number}" for number in range(12)], [f"t{number}" for number in range(160)]


def csv(names: str, rows: Iterable[Iterable[object]]) -> str:
    """A file; times in UTC, nothing for None."""
    lines = [
        ",".join("" if one is None else f"{one}Z" if isinstance(one, datetime) else str(one) for one in row)
        for row in rows
    ]
    return "\n".join([names.replace(" ", ","), *lines, ""])


def chance(seed: int) -> dict[str, str]:
    """A support desk on which everything may have happened at any of those times."""
    draw = random.Random(seed)

    def at(part: float = 1) -> datetime | None:
        return draw.choice(TIMES) if draw.random() < part else None

    def one(names: list[str], part: float = 1) -> Any:
        return draw.choice(names) if draw.random() < part else None

    def many(count: int, *row: Any) -> list[list[Any]]:
        return [[number, *(cell() for cell in row)] for number in range(count)]

    people, csms = [f"p{number}" for number in range(20)], ["c1", "c2", "c3"]
    accounts = [[name, name, None, one(["gold", "silver"])] for name in ACCOUNTS]
    changed = [
        [name, f"{name} anew", MIDNIGHT + timedelta(hours=hour), "gold"] for hour, name in enumerate(ACCOUNTS[:9], -1)
    ]
    tickets = [
        [name, one(ACCOUNTS, 0.7), one(people), one(csms, 0.8), one(["low", "high"], 0.9), draw.choice(TIMES), *(at(0.3) for _ in range(4)),
         at(0.1), one(TICKETS, 0.25), one(["s1"], 0.5)]
        for name in TICKETS
    ]  # fmt: skip
    of = lambda: one(TICKETS)  # noqa: E731
    return {
        "account": csv("account_id name valid_from tier", accounts + changed)
        + "gone,Gone,2026-01-01,gold\n",
        "person": csv("person_id account_id last_seen_at", [[name, one(ACCOUNTS), at()] for name in people]),
        "csm": csv("csm_id name valid_from schedule_id", [[name, name, since, "s1"] for name in csms for since in (None, at())]),
        "schedule": csv("schedule_id time_zone weekday opens closes", [["s1", "Europe/Berlin", day, "08:00", "20:00"] for day in range(7)]),
        "sla_target": csv(
            "measure priority tier minutes clock valid_from",
            [[name, priority, tier, draw.choice([60, 240, 2000]), one(["business", "calendar"]), "2025-01-01"]
             for name in ("first_reply", "next_reply", "resolution", "inquiry") for priority, tier in ((None, None), ("high", None), (None, "gold"))],
        ),
        "ticket": csv(
            "ticket_id account_id requester_id assignee_id priority created_at first_reply_at first_solved_at solved_at closed_at"
            " escalated_at merged_into schedule_id", tickets,
        ),
        "ticket_comment": csv("comment_id ticket_id author_role is_public at", many(
            260, of, lambda: one(["agent", "requester", "bot"]), lambda: one(["true", "true", "false"]), at)),
        "ticket_status": csv("ticket_id status at", {
            (of(), one(["new", "open", "pending", "hold", "solved", "closed"]), at()) for _ in range(260)}),
        "ticket_assignee": csv("ticket_id csm_id at", {(of(), one(csms), at()) for _ in range(60)}),
        "escalation": csv("escalation_id account_id ticket_id level opened_at", many(
            25, lambda: one(ACCOUNTS), lambda: one(TICKETS, 0.9), lambda: "manager", at)),
        "inquiry": csv("inquiry_id account_id csm_id asked_at answered_at resolved_at", many(
            60, lambda: one(ACCOUNTS), lambda: one(csms), at, lambda: at(0.6), lambda: at(0.4))),
        "survey_answer": csv("answer_id account_id ticket_id survey scale_min scale_max sent_at answered_at score", many(
            50, lambda: one(ACCOUNTS, 0.5), of, lambda: "nps", lambda: 0, lambda: 10, at, lambda: at(0.7), lambda: draw.randrange(11))),
        "judgement": csv("account_id model at score by", {(one(ACCOUNTS), "csm_pulse", at(), 3, "c1") for _ in range(20)}),
    }  # fmt: skip


def steady() -> list[FactKey]:
    """The facts that may be lent but for what stirred: every one that says so."""
    metrics()
    return [FactKey(fact.name) for fact in FACTS.values() if fact.steady and not fact.timeline and not fact.latest]


def rows_of(reader: Reader, key: FactKey, moment: Moment) -> Counter[tuple[Any, ...]]:
    reader.stand((), moment)
    reader.provide(key)
    return Counter(reader.run(f"SELECT * FROM {key.table}")[1])


def assert_lent_as_made(bench: Bench) -> dict[FactKey, int]:
    """All facts and signals of several moments, lent, are as they are made. Gives how many rows of each fact differ between the
    day's beginning and the publishing.
    """
    today = local_day(bench.now, "Europe/Berlin")
    with Desk(bench.home, clock=lambda: bench.now) as desk:
        found, made = desk.fresh(bench.now), plain(desk)
        with desk.in_warehouse(found) as reader:
            differ = {}
            for now in (MIDNIGHT, MIDNIGHT + timedelta(hours=8), MIDNIGHT - timedelta(days=2), found.now):
                for key in steady():
                    want = rows_of(made, key, Moment(now))
                    assert rows_of(reader, key, Moment(now)) == want, (key.table, now)
                    if now == MIDNIGHT:
                        later = rows_of(made, key, Moment(found.now))
                        differ[key] = (want - later).total() + (later - want).total()
            for day in (today, today - timedelta(days=1)):
                want_of = all_known(SUPPORT, made, day, Moment(MIDNIGHT).known, desk.settings)
                got = all_known(SUPPORT, reader, day, Moment(MIDNIGHT).known, desk.settings)
                assert told(got) == rounded(want_of), day
    return differ


def stirred(bench: Bench, key: FactKey) -> set[str] | None:
    """The things of which a fact is not lent for the day's beginning; None where nothing of it is lent."""
    with Desk(bench.home, clock=lambda: bench.now) as desk:
        con = desk.store.cursor()
        with closing(Lender(con, bench.home, desk.fresh(bench.now), desk.settings)) as lender:
            lent = lender.lend(key, Moment(MIDNIGHT))
            if lent is None:
                return None
            return {thing for sql in lent.stirred.values() for (thing,) in con.execute(sql).fetchall()}


@pytest.mark.parametrize("seed", [1, 2])
def test_by_chance(bench: Bench, seed: int) -> None:
    loaded(bench, chance(seed), history=True)
    differ = assert_lent_as_made(bench)
    case, promise = map(FactKey, ("case", "promise"))
    assert min(differ[case], differ[promise], differ[FactKey("asked")], differ[FactKey("identity")]) > 5
    assert len(stirred(bench, case) or ()) > 20
    assert len(stirred(bench, promise) or ()) > len(stirred(bench, case) or ())
    assert stirred(bench, FactKey("holder")) == set()  # never looks at now
    # An account that stands for another since this morning, and one that does no more: then tickets may be anybody's.
    bench.load(
        "account", f"account_id,name,valid_from,tier,merged_into\na3,a3,{MIDNIGHT + timedelta(hours=2)}Z,gold,a4\n"
    )
    assert stirred(bench, case) is None
    assert_lent_as_made(bench)
    bench.load(
        "account", f"account_id,name,valid_from,tier,merged_into\na3,a3,{MIDNIGHT + timedelta(hours=4)}Z,gold,\n"
    )
    assert_lent_as_made(bench)
    bench.load("sla_target", f"measure,minutes,valid_from\nnext_reply,30,{MIDNIGHT + timedelta(hours=4)}Z\n")
    assert stirred(bench, promise) is None
    assert_lent_as_made(bench)


def test_the_first_that_is_told(bench: Bench) -> None:
    """Whether replies and escalations are recorded at all is so for every ticket, the quiet ones too."""
    noon = "2026-11-21T10:00:00Z"
    loaded(
        bench,
        {
            "account": "account_id,name\na1,A\n",
            "ticket": "ticket_id,account_id,created_at\n"
            + "".join(f"t{number},a1,2026-11-{number + 10}T09:00:00Z\n" for number in range(8)),
            "ticket_comment": f"ticket_id,author_role,is_public,at\nt1,agent,true,{noon}\n",
            "escalation": f"escalation_id,account_id,ticket_id,level,opened_at\ne1,a1,t2,manager,{noon}\n",
        },
        history=True,
    )
    assert stirred(bench, FactKey("case")) == {"t1", "t2"}
    differ = assert_lent_as_made(bench)
    assert differ[FactKey("escalated")] == 1
    with Desk(bench.home, clock=lambda: bench.now) as desk, desk.in_warehouse(desk.fresh(bench.now)) as reader:
        one, known = Signal(91, "escalation_rate"), Moment(MIDNIGHT).known
        assert not all_known([one], reader, TODAY, known, desk.settings)[one]  # nothing was known of them yet
        assert all_known([one], reader, TODAY + timedelta(days=1), known, desk.settings)[one]["a1"].value == 1 / 8
