"""Scores go by what is published where that tells the same, and by what was worked out before while it is true."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta

import pytest

from tenure.core import config
from tenure.core.period import instant, local_day
from tenure.engine.desk import Desk
from tenure.figures.lent import Lender
from tenure.figures.reader import FAR, Moment, Reader, Rows
from tenure.metrics.kinds import FactKey
from tenure.scores.risk.panel import SIGNALS
from tenure.scores.signal import Known, Signal, all_known, customers
from tests.engine.conftest import Bench

STINT, CASE, LEVEL = FactKey("stint"), FactKey("case"), FactKey("level")


def plain(desk: Desk) -> Reader:
    """A reader of the warehouse that makes everything itself."""
    con = desk.store.cursor()

    def run(sql: str) -> Rows:
        done = con.execute(sql)
        return [item[0] for item in done.description or ()], done.fetchall()

    return Reader(run, desk.fresh(desk.clock()).ground, desk.settings)


def told(found: Mapping[Signal, Mapping[str, Known]]) -> dict[Signal, dict[str, tuple[object, ...]]]:
    return {signal: {of: (one.value, one.n, one.age) for of, one in values.items()} for signal, values in found.items()}


def rounded(found: Mapping[Signal, Mapping[str, Known]]) -> dict[Signal, dict[str, tuple[object, ...]]]:
    """Values as far as adding up in another order leaves them."""
    return {
        signal: {of: (pytest.approx(one.value, rel=1e-12), one.n, one.age) for of, one in values.items()}
        for signal, values in found.items()
    }


def test_what_is_lent_is_what_is_made(company: Bench) -> None:
    settings, today = config.read(company.home), local_day(company.now, "Europe/Berlin")
    signals = list(SIGNALS.values())
    with Desk(company.home, clock=lambda: company.now) as desk:
        published = desk.fresh(company.now)
        made = plain(desk)
        for day, known in ((today, FAR), (today - timedelta(days=91), FAR)):
            want, there = all_known(signals, made, day, known, settings), customers(made, day, known, settings)
            assert sum(map(len, want.values())) > 200
            for _ in range(2):  # the second time it is remembered
                with desk.in_warehouse(published, remember=True) as reader:
                    assert list(customers(reader, day, known, settings)) == list(there)
                    assert told(all_known(signals, reader, day, known, settings)) == rounded(want)
                    only = there.ids[7]
                    assert list(customers(reader, day, known, settings, only)) == [there[7]]
                    one = all_known(signals, reader, day, known, settings, only)
                    assert told(one) == {
                        of: {k: v for k, v in values.items() if k == only} for of, values in rounded(want).items()
                    }
            with desk.in_warehouse(published) as reader:
                assert list(customers(reader, day, known, settings)) == list(there)
                assert told(all_known(signals, reader, day, known, settings)) == rounded(want)


def test_facts_are_lent_while_nothing_happens(company: Bench) -> None:
    settings, today = config.read(company.home), date(2026, 11, 21)
    morning = instant(today, settings.timezone)
    company.load("ticket", f"ticket_id,account_id,created_at\nt-new,a0001,{today}T09:00:00+01:00\n")
    with Desk(company.home, clock=lambda: company.now) as desk:
        found, con = desk.fresh(company.now), desk.store.cursor()
        with closing(Lender(con, company.home, found, settings)) as lender:
            assert lender.lend(STINT, Moment(morning))
            lent = lender.lend(CASE, Moment(morning))
            assert lent is not None
            assert con.execute(lent.stirred["ticket_id"]).fetchall() == [("t-new",)]  # it came since
            at_once = lender.lend(CASE, Moment(found.now))
            assert at_once is not None
            assert not at_once.stirred
            assert not lender.lend(CASE, Moment(morning, known=morning))
            assert not lender.lend(STINT, Moment(morning, known=morning))


def test_a_little_later_they_are_lent_as_long_as_nothing_began_meanwhile(company: Bench) -> None:
    """Figures are made for now, which is some time after what is published was; a subscription that begins in an hour is none of it yet."""
    settings = config.read(company.home)
    later, after = company.now + timedelta(minutes=59), company.now + timedelta(minutes=61)
    start = f"{company.now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    company.load("subscription", f"subscription_id,account_id,amount,started_at\nsoon,a0001,10,{start}\n")
    with Desk(company.home, clock=lambda: company.now) as desk:
        found, con = desk.fresh(company.now), desk.store.cursor()
        with closing(Lender(con, company.home, found, settings)) as lender:
            lent = lender.lend(STINT, Moment(later))
            assert lent is not None
            assert not lent.stirred
            assert lender.lend(LEVEL, Moment(later)) is not None
            assert lender.lend(STINT, Moment(after)) is None
            assert lender.lend(LEVEL, Moment(after)) is None
        made = plain(desk)
        made.stand((), Moment(later))
        made.provide(LEVEL)
        with desk.in_warehouse(found) as reader:
            reader.stand((), Moment(later))
            reader.provide(LEVEL)
            sql = f"SELECT * FROM {LEVEL.table} ORDER BY ALL"
            assert reader.run(sql)[1] == made.run(sql)[1]
