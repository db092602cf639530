"""Large published tables are narrowed to a scope's accounts once: every figure is what it is of the tables as they are."""

from __future__ import annotations

from typing import Any

import pytest

from tenure.core import config
from tenure.engine.verbs.run import Run
from tenure.figures import kept, narrowed
from tenure.figures.answer import answer
from tenure.figures.published import PublishedReader, can_answer, current
from tenure.figures.reader import Rows
from tenure.figures.request import Asked, resolved, spans_read
from tenure.figures.scope import SEEN, Scope
from tests.engine.conftest import Bench

MONTHS: dict[str, Any] = {"start": "2026-05", "end": "2026-10"}


@pytest.fixture
def published(company: Bench) -> Bench:
    """The simulated company, with its figures published."""
    company.workspace().call("run", Run())
    return company


def _owners(of: Bench) -> list[str]:
    rows = of.workspace().rows("accounts", columns=("owner",), limit=100).rows
    return sorted({row["owner"] for row in rows if row["owner"]})


class _Asking:
    """A reader of what is published, that asks metric after metric through scopes."""

    def __init__(self, of: Bench) -> None:
        found = current(of.home)
        assert found
        self.found, self.now, self.settings = found, of.now, config.read(of.home)
        self.reader = PublishedReader(of.home, found, self.settings)

    def show(self, metric: str, scope: Scope, by: tuple[str, ...] = (), **more: Any) -> list[Any] | None:
        """The figures; None where published files do not answer."""
        request = resolved(Asked(metric, by=by, **(MONTHS | more)), self.settings, self.now, scope)
        plan = kept.plan(request.question, self.found.ground, self.settings)
        if not can_answer(self.found, plan.tables, spans_read(request, plan, self.settings)):
            return None
        return answer(request, self.reader, self.settings)

    def laid(self) -> set[str]:
        """The tables that were narrowed, and have rows."""
        tables = [name for (name,) in self.reader.run("SELECT table_name FROM duckdb_tables() WHERE temporary")[1]]
        ours = [name for name in tables if name.endswith(f" {SEEN}")]
        return {name for name in ours if self.reader.run(f'SELECT count(*) FROM "{name}"')[1][0][0]}


def test_every_metric_is_the_same_of_narrowed_tables(published: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, *_ = _owners(published)
    plain, narrow = _Asking(published), _Asking(published)
    scope, by = Scope((first, second)), ("segment",)
    told: dict[bool, list[Any]] = {}
    for is_narrow, asking in ((False, plain), (True, narrow)):
        monkeypatch.setattr(narrowed, "LARGE", 0 if is_narrow else 10**9)
        told[is_narrow] = [asking.show(slug, scope, by) for slug in kept.catalogue()]
    for slug, as_it_is, of_narrowed in zip(kept.catalogue(), told[False], told[True], strict=True):
        assert as_it_is == of_narrowed, slug
    assert sum(bool(figures) for figures in told[True]) > 40
    assert not plain.laid()
    assert len(narrow.laid()) > 5


def test_a_month_is_laid_when_it_is_first_asked_for_and_another_scope_sees_its_own(
    published: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrowed, "LARGE", 0)
    first, second, *_ = _owners(published)
    asking = _Asking(published)
    statements: list[str] = []
    run = asking.reader.run

    def noting(sql: str) -> Rows:
        statements.append(sql)
        return run(sql)

    asking.reader.run = noting

    def laying() -> list[str]:
        found = [sql for sql in statements if sql.startswith("INSERT INTO") and f' {SEEN}"' in sql]
        statements.clear()
        return found

    asking.show("net_revenue_retention", Scope((first,)), start="2026-10", end="2026-10")
    (only,) = laying()
    assert "BETWEEN DATE '2026-09-01' AND DATE '2026-10-01'" in only, "with the month that it is compared with"
    asking.show("net_revenue_retention", Scope((first,)))
    (more,) = laying()
    assert "BETWEEN DATE '2026-04-01' AND DATE '2026-08-01'" in more
    asking.show("gross_revenue_retention", Scope((first,)))
    assert laying() == [], "it stands on the same table"
    theirs = asking.show("net_revenue_retention", Scope((second,)))
    assert len(laying()) == 1
    assert theirs == _Asking(published).show("net_revenue_retention", Scope((second,)))


def test_a_scope_of_more_than_is_worth_it_is_read_as_it_is(published: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_ = _owners(published)
    monkeypatch.setattr(narrowed, "LARGE", 0)
    monkeypatch.setattr(narrowed, "MOST", 0)
    asking = _Asking(published)
    asked: list[tuple[str, dict[str, Any]]] = [
        ("net_revenue_retention", {}),
        ("touchpoint_coverage", {}),
        ("net_revenue_retention", {"start": "2026-01"}),
    ]
    told = [asking.show(metric, Scope((first,)), **more) for metric, more in asked]
    assert len(asking.laid()) == 1, "the first, of which nobody knew yet how many rows it has"
    monkeypatch.setattr(narrowed, "LARGE", 10**9)
    assert told == [_Asking(published).show(metric, Scope((first,)), **more) for metric, more in asked]
