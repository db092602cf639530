"""Whoever asks something is answered while the keeper works: of the last state that is published, and of no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tenure import keeper
from tenure.core.chain import KEEPER, By
from tenure.core.errors import UnavailableError, UsageError
from tenure.engine import beside, verbs
from tenure.engine.desk import Desk
from tenure.engine.verbs.health import Health
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.rows import Query, Rows
from tenure.engine.verbs.run import Run
from tenure.engine.verbs.snapshot import Snapshot
from tenure.figures.published import FOLDER
from tenure.figures.reader import FAR, Moment
from tenure.keeper.client import reach
from tenure.keeper.place import Place
from tenure.keeper.turns import Turns
from tenure.keeper.wire import Answer, Call, Failure
from tenure.metrics.kinds import FactKey
from tests.keeper.conftest import PATIENCE, serving, until
from tests.workspaces import clock

ANN = By("user:1")
SUBSCRIPTIONS = Rows("subscription", Query())
Work = Callable[[Desk], Any]


class Held:
    """Verbs of this test: what each does, and whether it may go on."""

    def __init__(self) -> None:
        self.work: dict[str, Work] = {}
        self.here, self.on = threading.Event(), threading.Event()

    def wait(self) -> None:
        """Stand where the test wants it, until it says so."""
        self.here.set()
        assert self.on.wait(PATIENCE)

    def stand(self, _desk: Desk) -> str:
        """A verb that does nothing else."""
        self.wait()
        return "done"


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    found, original = Held(), verbs.carry_out

    def carry_out(desk: Desk, verb: str, request: Any) -> Any:
        return found.work[verb](desk) if verb in found.work else original(desk, verb, request)

    monkeypatch.setattr("tenure.engine.workspace.carry_out", carry_out)
    yield found
    found.on.set()


def say(home: Path, verb: str, request: Any = None, by: By = ANN) -> Any:
    """What the keeper says in the end. Asked by a thread of its own where the answer may be long in coming."""
    connection = reach(Place(home))
    assert connection
    with connection:
        connection.send(Call(verb, request, by))
        while not isinstance(said := connection.recv(), Answer | Failure):
            pass
    if isinstance(said, Failure):
        raise said.error()
    return said.value


@contextmanager
def working(home: Path, held: Held, work: Work, by: By = ANN) -> Iterator[Future[Any]]:
    """While a verb stands where it waits; at the end of the block it has gone on, and ended."""
    held.work["work"] = work
    held.here.clear()
    held.on.clear()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(say, home, "work", None, by)
        try:
            assert held.here.wait(PATIENCE)
            yield answer
        finally:
            held.on.set()
            answer.exception()


def more(home: Path, amount: int = 25) -> Load:
    """Another subscription, of so much a month."""
    path = home / f"of {amount}.csv"
    path.write_text(f"subscription_id,account_id,amount,started_at\nof {amount},acme,{amount},2026-03-01\n")
    return Load((str(path),), "subscription")


def amounts(home: Path) -> list[float]:
    """The amounts of subscriptions, told by the keeper, which alone can."""
    return sorted(float(row["amount"]) for row in say(home, "rows", SUBSCRIPTIONS).rows)


BEFORE, AFTER = [50, 100], [25, 50, 100]


def test_while_rows_are_written_the_state_before_is_told(home: Path, held: Held) -> None:
    def work(desk: Desk) -> str:
        with desk.store.transaction() as con:
            con.execute("DELETE FROM main_rows.subscription")
            held.wait()
            raise UsageError("Not like that.", code="no", fix="Otherwise.")

    with serving(home), working(home, held, work) as answer:
        assert amounts(home) == BEFORE
        assert not answer.done()
    assert isinstance(answer.exception(), UsageError)
    with serving(home):
        assert amounts(home) == BEFORE


def test_what_is_loaded_is_told_once_it_is_published_and_not_before(home: Path, held: Held) -> None:
    def loads(desk: Desk) -> None:
        verbs.carry_out(desk, "load", more(home))
        held.wait()
        verbs.carry_out(desk, "run", Run())

    with serving(home):
        workspace = keeper.open(home, clock=clock)
        assert workspace.show("mrr", end="2026-05")[-1].value == 150
        with working(home, held, loads):
            assert amounts(home) == BEFORE
            assert workspace.show("mrr", end="2026-05")[-1].value == 150, "figures and rows are of one state"
            assert workspace.explain("mrr", at="2026-05").sums == {"closing_now": 150}
        assert amounts(home) == AFTER
        assert workspace.show("mrr", end="2026-05")[-1].value == 175
        assert workspace.explain("mrr", at="2026-05").sums == {"closing_now": 175}


def test_what_is_published_is_told_while_its_verb_works_on(home: Path, held: Held) -> None:
    def publishes(desk: Desk) -> None:
        verbs.carry_out(desk, "load", more(home))
        verbs.carry_out(desk, "run", Run())
        held.wait()

    with serving(home), working(home, held, publishes) as answer:
        assert amounts(home) == AFTER
        assert not answer.done()


def test_the_state_is_one_whenever_its_reader_looks(home: Path, held: Held) -> None:
    """A reader that came before the load reads on in what it came to, though what was published then has been dropped meanwhile."""
    came, on = threading.Event(), threading.Event()
    seen: list[Any] = []

    def reads(desk: Desk) -> str:
        sql = "SELECT count(*), (SELECT max(batch) FROM main.batch) FROM subscription_version"
        seen.append(desk.store.rows(sql))
        came.set()
        assert on.wait(PATIENCE)
        seen.append(desk.store.rows(sql))
        with desk.in_warehouse(desk.fresh(desk.clock())) as reader:
            seen.append(reader.run(sql)[1])
        return desk.fresh(desk.clock()).open

    held.work["review"] = reads
    with serving(home), ThreadPoolExecutor(1) as pool:
        say(home, "rows", SUBSCRIPTIONS)
        before = keeper.open(home, clock=clock).state()
        assert before
        reading = pool.submit(say, home, "review")
        assert came.wait(PATIENCE)
        say(home, "load", more(home))
        for _ in range(3):  # of what was published the last but one is kept
            say(home, "run", Run(full=True))
        assert not (home / FOLDER / before.found.open).exists()
        assert amounts(home) == AFTER
        on.set()
        assert reading.result(PATIENCE) == before.found.open
        assert seen[0] == seen[1] == seen[2]
        assert seen[0][0][0] == 2


def test_what_somebody_told_is_in_what_is_read_after_it(home: Path, held: Held) -> None:
    """Of the keeper's own work the state before will do; of a person's the next question waits for the figures."""
    with serving(home), ThreadPoolExecutor(1) as pool:
        say(home, "run", Run())
        say(home, "load", more(home), KEEPER)
        with working(home, held, held.stand, KEEPER):
            assert amounts(home) == BEFORE
        assert amounts(home) == AFTER, "nobody works, and who asks has it published"
        say(home, "load", more(home, 10))
        with working(home, held, held.stand, KEEPER):
            asked = pool.submit(amounts, home)
            until(lambda: "waiting" in _progress(home))
            assert not asked.done()
        assert asked.result(PATIENCE) == [10, *AFTER]


def _progress(home: Path) -> str:
    """What one who asks the same is told first."""
    connection = reach(Place(home))
    assert connection
    with connection:
        connection.send(Call("rows", SUBSCRIPTIONS, ANN))
        said = connection.recv()
    return getattr(said, "what", "")


def test_who_stops_reading_stops_nobody_else(home: Path, held: Held) -> None:
    with serving(home) as server:
        held.work["review"] = lambda desk: desk.store.rows("SELECT count(*) FROM range(200000000000)")
        with working(home, held, held.stand) as answer:
            connection = reach(Place(home))
            assert connection
            connection.send(Call("review", None, ANN))
            until(lambda: len(server._stops) == 2)
            connection.close()
            until(lambda: len(server._stops) == 1)
            assert not answer.done()
        assert answer.result() == "done"


def test_who_stops_the_work_stops_nobody_who_reads(home: Path, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "PATIENCE", PATIENCE)
    ended = threading.Event()

    def works(desk: Desk) -> None:
        try:
            desk.store.rows("SELECT count(*) FROM range(200000000000)")
        finally:
            ended.set()

    def reads(desk: Desk) -> tuple[type, int]:
        held.here.set()
        while not ended.is_set():
            desk.store.rows("SELECT count(*) FROM range(1000000)")
        return type(desk), len(desk.store.rows("FROM subscription_version"))

    held.work |= {"review": reads, "long": works}
    with serving(home) as server, ThreadPoolExecutor(1) as pool:
        say(home, "run", Run())
        connection = reach(Place(home))
        assert connection
        connection.send(Call("long", None, ANN))
        until(lambda: len(server._stops) == 1)
        reading = pool.submit(say, home, "review")
        assert held.here.wait(PATIENCE)
        assert not ended.is_set()
        connection.close()
        assert reading.result(PATIENCE) == (beside.Reading, 2)
        assert amounts(home) == BEFORE


def test_errors_do_not_cross(home: Path, held: Held) -> None:
    with serving(home):
        with working(home, held, held.stand) as answer:
            with pytest.raises(UsageError, match="mrrr"):
                keeper.open(home, clock=clock).explain("mrrr")
            assert not answer.done()
            assert amounts(home) == BEFORE
        assert answer.result() == "done"


def test_what_fails_beside_is_asked_at_the_desk(home: Path, held: Held) -> None:
    name = "Jane Doe"

    def reads(desk: Desk) -> str:
        if type(desk) is not Desk:
            raise ValueError(name)
        return "at the desk"

    with serving(home):
        say(home, "run", Run())
        held.work["review"] = reads
        assert say(home, "review") == "at the desk"
        assert amounts(home) == BEFORE
    log = (home / ".keeper" / "log").read_text()
    assert "ValueError" in log
    assert name not in log


def test_nobody_writes_from_beside(home: Path, held: Held) -> None:
    tried: list[str] = []

    def writes(desk: Desk) -> str:
        if type(desk) is Desk:
            return "at the desk"
        tried.append("once")
        desk.store.con.execute("DELETE FROM main_rows.subscription")
        return "written"

    with serving(home):
        say(home, "run", Run())
        held.work["review"] = writes
        assert say(home, "review") == "at the desk"
        assert amounts(home) == BEFORE
    assert tried == ["once"]


def test_the_warehouse_is_closed_over_nobodys_head(home: Path, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of it is made while somebody reads: who does is stopped, and then answered in turn."""
    monkeypatch.setattr(beside, "PATIENCE", 0.0)
    came = threading.Event()

    def reads(desk: Desk) -> str:
        if type(desk) is Desk:
            return "in turn"
        came.set()
        desk.store.rows("SELECT count(*) FROM range(200000000000)")
        return "beside"

    folder = home / "copies"
    folder.mkdir()
    with serving(home), ThreadPoolExecutor(1) as pool:
        say(home, "run", Run())
        held.work["review"] = reads
        reading = pool.submit(say, home, "review")
        assert came.wait(PATIENCE)
        assert say(home, "snapshot", Snapshot(str(folder), warehouse=True)).files
        assert not (home / "warehouse.duckdb.wal").exists()
        assert reading.result(PATIENCE) == "in turn"
        assert amounts(home) == BEFORE


def test_a_keeper_that_stops_takes_who_reads_with_it(home: Path, held: Held) -> None:
    with serving(home) as server, ThreadPoolExecutor(1) as pool:
        say(home, "run", Run())
        held.work["review"] = lambda desk: desk.store.rows("SELECT count(*) FROM range(200000000000)")
        reading = pool.submit(say, home, "review")
        until(lambda: len(server._stops) == 1)
        server.close()
        assert isinstance(reading.exception(PATIENCE), UnavailableError)


def test_own_work_comes_after_everybody_who_asks(home: Path, held: Held) -> None:
    order: list[str] = []
    held.work |= {"own": lambda _: order.append("own"), "asked": lambda _: order.append("asked")}
    with serving(home) as server, ThreadPoolExecutor(2) as pool:
        with working(home, held, held.stand):
            own = pool.submit(server._of_our_own, "own", None)
            until(lambda: bool(server._turns._gate._waiters))  # type: ignore[attr-defined]
            asked = pool.submit(say, home, "asked")
            until(lambda: server._turns._asking == 1)
        own.result(PATIENCE)
        asked.result(PATIENCE)
    assert order == ["asked", "own"]


def test_own_work_comes_though_somebody_always_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenure.keeper.turns.LONGEST", 0.1)
    turns, looks = Turns(), iter(range(20))
    turns._asking = 1  # as one goes the next one comes

    def look() -> None:
        assert next(looks, None) is not None, "it waits for ever"

    turns.take(look, own=True)


def test_what_is_asked_beside_is_explained_with_what_is_lent(home: Path, held: Held) -> None:
    """Health is explained out of the warehouse and of what is published, which the one who works has open too."""
    with serving(home):
        alone = say(home, "health", Health("acme"))

        def work(desk: Desk) -> None:
            with desk.in_warehouse(desk.fresh(desk.clock())) as reader:
                reader.stand((), Moment(desk.clock(), FAR))
                reader.provide(FactKey("stint"))
                held.wait()

        with working(home, held, work) as answer:
            assert say(home, "health", Health("acme")) == alone
            assert not answer.done()
        answer.result()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are not told here")
def test_what_is_lent_is_open_once_for_all_who_read_of_a_moment(home: Path, held: Held) -> None:
    def borrows(desk: Desk) -> int:
        with desk.in_warehouse(desk.fresh(desk.clock())) as reader:
            reader.stand((), Moment(desk.clock(), FAR))
            reader.provide(FactKey("stint"))
            return lent_files()

    held.work["plays"] = borrows  # a verb that only reads
    with serving(home):
        say(home, "run", Run())
        with working(home, held, held.stand):
            assert [say(home, "plays") for _ in range(4)] == [1] * 4
            assert lent_files() == 1
        until(lambda: not lent_files())


def lent_files() -> int:
    """How many published files this process has open by the paths by which they are lent, which are gone."""
    paths = []
    for one in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            paths.append(str(one.readlink()))
    return sum(".part" in path and "lent_" in path for path in paths)
