"""Facts that cannot have rows are not asked for: by hand on small tables, and all that is published either way is the same."""

from __future__ import annotations

from pathlib import Path

import duckdb
import ibis
import pytest

from tenure.core.config import Settings
from tenure.engine.verbs.run import Run
from tenure.engine.workspace import Local, Workspace
from tenure.figures import kept
from tenure.figures.needed import needed
from tenure.figures.published import current
from tenure.figures.question import Ground
from tenure.figures.writer import Writer
from tenure.metrics.kinds import FactKey
from tests.workspaces import clock, copy_to

A, B, C = (ibis.table({"k": "string", "n": "int64"}, name=name) for name in "abc")
COUNTED = A.group_by("k").agg(n=A.n.sum())
CASES = {
    "a table": (A, ["a"]),
    "those of a table": (A.filter(A.n > 1).select("k").distinct(), ["a"]),
    "what is joined on both sides": (A.inner_join(B, "k").select(A.k), ["a", "b"]),
    "what is looked up may be missing": (A.left_join(B, "k").select(A.k), ["a"]),
    "those of which there is one": (A.semi_join(B, "k"), ["a", "b"]),
    "those of which there is none": (A.anti_join(B, "k"), ["a"]),
    "either side of an outer join": (A.outer_join(B, "k").select(B.k), []),
    "one of two": (A.union(B), ["a b"]),
    "one of two beside a third": (A.union(B).inner_join(C, "k").select(C.n), ["a b", "c"]),
    "what both of two need": (A.inner_join(C, "k").select(A.k, A.n).union(B.semi_join(C, "k")), ["a b", "c"]),
    "a sum for each": (COUNTED, ["a"]),
    "the sum of nothing is a row": (A.agg(n=A.n.sum()), []),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_groups_of_which_one_must_have_rows(what):
    rows, groups = CASES[what]
    assert [" ".join(group) for group in needed(rows)] == groups


def test_what_is_published_is_the_same_where_everything_is_asked_for(tmp_path, monkeypatch):
    homes = [copy_to(tmp_path / name) for name in ("some", "all")]
    publish(homes[0])
    made: list[str] = []

    def may(_: Writer, key: FactKey) -> bool:
        made.append(key.table)
        return True

    monkeypatch.setattr(Writer, "_may_have_rows", may)
    publish(homes[1])
    assert len(made) > 50
    some, everything = map(told, homes)
    assert some == everything
    assert any(rows for _, rows in some.values())
    assert not all(rows for _, rows in some.values())


def publish(home: Path) -> None:
    """Make everything anew, as of one moment."""
    workspace = Workspace(home, Local(home, clock), clock=clock)
    workspace.call("run", Run(full=True))
    workspace.close()


def told(home: Path) -> dict[str, tuple[object, object]]:
    """The columns and the rows of every table that is published."""
    published = current(home)
    assert published is not None
    found: dict[str, tuple[object, object]] = {}
    for name in (published.sealed, published.open):
        part = name.split("-")[0]
        with duckdb.connect(str(home / "published" / name), read_only=True) as con:
            for (table,) in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall():
                columns = con.execute(f'DESCRIBE "{table}"').fetchall()
                found[f"{part} {table}"] = columns, con.execute(f'FROM "{table}" ORDER BY ALL').fetchall()
    return found


def test_what_is_compiled_for_one_workspace_knows_nothing_of_anothers_attributes(tmp_path, monkeypatch):
    monkeypatch.setenv("TENURE_CACHE", str(tmp_path))
    monkeypatch.setattr(kept, "_had", {})
    settings = Settings(currency="EUR", timezone="UTC")
    ours = kept.recipe(FactKey("identity"), Ground("word", ("vip",)), settings)
    assert kept.recipe(FactKey("identity"), Ground("word", ("copy",)), settings) is ours
    assert "custom" not in ours.sql
    assert '"custom:vip"' in kept.recipe(FactKey("stint"), Ground("word", ("vip",)), settings).sql
