"""What pages asked for of late is asked again when there are new figures, so that nobody waits for it."""

from __future__ import annotations

import pytest

from tenure.engine import Scope
from tenure.engine.verbs.load import Load
from tenure.web.kit import asking, renewing
from tenure.web.kit.asking import Answers
from tenure.web.kit.renewing import renew
from tests.web.company import owners

VERBS = ("show", "rows", "rated", "renewal_forecast", "agenda", "growth_pipeline")


def _asked(sight):
    """What a page asks through a sight."""
    answers = Answers(sight)
    figures = answers.ask("arr", by=["segment"])
    due = answers.renewal_forecast(by="owner", where=[("state", "equals", "open")])
    return (
        figures,
        answers.rows("accounts", limit=5),
        answers.rated("owner"),
        due,
        answers.agenda(ahead=7),
        answers.growth_pipeline(),
    )


def _new_figures(company):
    """Somebody of every book pays more, which is worked in at once."""
    for place, account in enumerate(("A-00001", "A-00002")):
        file = company.home / f"line-{place}.csv"
        file.write_text(f"subscription_id,account_id,amount,started_at\nmore-{place},{account},1000,2026-01-01\n")
        company.call("load", Load((str(file),), "subscription"))
    company.show("arr")


def _counting(sight):
    """A sight that counts what it is asked."""
    asked = []
    for verb in VERBS:
        real = getattr(sight, verb)
        setattr(sight, verb, lambda *a, real=real, verb=verb, **more: asked.append(verb) or real(*a, **more))
    return sight, asked


def _plain(figures):
    return [(one.period_start, one.slice, one.value, one.n, one.extra) for one in figures]


def _at_rest(_seconds):
    """Nobody else needs the cores."""


def test_who_comes_after_new_figures_finds_them_worked_out(company):
    owner, other = sorted(owners(company))[:2]
    before = _asked(company.seen_by(Scope((owner,))))
    _asked(company.seen_by(Scope((other,))))
    _new_figures(company)
    assert renew(company.home, _at_rest) == 2 * len(VERBS)
    for name in (owner, other):
        sight, asked = _counting(company.seen_by(Scope((name,))))
        found = _asked(sight)
        assert asked == [], "everything was there"
        shown = company.seen_by(Scope((name,))).show("arr", by=["segment"])
        assert _plain(found[0]) == _plain(shown)
        assert found[2].groups == company.seen_by(Scope((name,))).rated("owner").groups
    assert before[0] is not _asked(company.seen_by(Scope((owner,))))[0]
    assert renew(company.home, _at_rest) == 0, "it holds now"


def test_what_was_asked_longer_ago_is_left_to_whoever_asks_for_it(company, monkeypatch):
    mine = Scope((min(owners(company)),))
    _asked(company.seen_by(mine))
    _new_figures(company)
    monkeypatch.setattr(renewing, "LATELY", -1.0)
    assert renew(company.home, _at_rest) == 0
    sight, asked = _counting(company.seen_by(mine))
    _asked(sight)
    assert sorted(asked) == sorted(VERBS)


def test_to_ask_again_is_not_to_look(company):
    """What nobody looks at any more is not kept for ever by being asked again."""
    mine = Scope((min(owners(company)),))
    Answers(company.seen_by(mine), asked_at=7.0).ask("arr")
    _new_figures(company)
    (one,) = [each for each in asking.take_stale(company.state(), 0.0) if each.scope == mine]
    assert one.at == 7.0
    one.again(company.seen_by(mine))
    sight, asked = _counting(company.seen_by(mine))
    Answers(sight, asked_at=6.0).ask("arr")
    assert asked == []
    _new_figures_of_another_line(company)
    assert [each.at for each in asking.take_stale(company.state(), 0.0) if each.scope == mine] == [7.0]


def _new_figures_of_another_line(company):
    file = company.home / "another.csv"
    file.write_text("subscription_id,account_id,amount,started_at\nanother,A-00003,1000,2026-01-01\n")
    company.call("load", Load((str(file),), "subscription"))
    company.show("arr")


def test_it_waits_until_what_came_in_is_worked_in_and_asks_nobody_to_do_it(company):
    mine = Scope((min(owners(company)),))
    _asked(company.seen_by(mine))
    file = company.home / "line.csv"
    file.write_text("subscription_id,account_id,amount,started_at\nmore,A-00001,1000,2026-01-01\n")
    company.call("load", Load((str(file),), "subscription"))
    assert company.state() is None
    assert renew(company.home, _at_rest) == 0
    assert company.state() is None


def test_settings_that_are_half_written_are_looked_at_another_time(company):
    mine = Scope((min(owners(company)),))
    _asked(company.seen_by(mine))
    _new_figures(company)
    settings = company.home / "tenure.toml"
    text = settings.read_text()
    settings.write_text("[")
    assert renew(company.home, _at_rest) == 0
    settings.write_text(text)
    assert renew(company.home, _at_rest) == len(VERBS)


def test_the_latest_is_asked_first_and_the_same_once(company):
    mine = Scope((min(owners(company)),))
    for metric, at in (("arr", 1.0), ("mrr", 3.0), ("net_revenue_retention", 2.0), ("arr", 4.0)):
        Answers(company.seen_by(mine), asked_at=at).ask(metric)
    _new_figures(company)
    found = [(one.name, one.at) for one in asking.take_stale(company.state(), 0.5) if one.scope == mine]
    assert found == [("arr", 4.0), ("mrr", 3.0), ("net_revenue_retention", 2.0)]


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch):
    """What other tests asked of a workspace at the same place is given up; and no five minutes end during a test."""
    for kept in asking._RENEWED:
        kept._answers.clear()
    monkeypatch.setattr(asking, "_MOMENT", 10**9)
