"""Publishing: facts as immutable files that any number of readers open, and an atomic pointer to the newest.

``sealed-N`` holds the months that are settled and what belongs to all of them; ``open-N`` the month that runs, the
months whose graces still do (a renewal may yet be signed, a reason for a loss yet be told), and what grows with every day.
Most of the time only the open part is made anew, and of that only the facts that stand on what was told since. A file is never changed once the pointer names it, and the pointer is
replaced in one step, so that a reader never sees half of anything.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tenure.core.config import settings_hash
from tenure.core.period import Grain, Window, add_months, instant, local_day, periods
from tenure.figures import filing, footing, kept
from tenure.figures.published import FOLDER, OPEN, SEALED, Published, current, earlier_parts, is_fresh
from tenure.figures.question import Ground, meaning_of
from tenure.figures.reader import FAR, FEW_PERIODS, Moment, Reader, Rows
from tenure.figures.request import paired
from tenure.figures.writer import Writer
from tenure.warehouse import versions
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import Store, literal
from tenure.warehouse.tables import all_tables

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.metrics.kinds import FactKey

#: Months before the current one that are kept ready; older ones are worked out when asked for.
MONTHS = 36
#: Earlier files that may hold open parts of facts; beyond, all of them are made anew in one.
MOST_EARLIER = 4
#: When a fact of the business may first have happened: the earliest of these opens the first month.
_BEGINNINGS = (
    ("subscription", "started_at"),
    ("contract", "started_at"),
    ("invoice", "issued_at"),
    ("survey_answer", "sent_at"),
    ("survey_answer", "answered_at"),
    ("touchpoint", "occurred_at"),
    ("usage", "occurred_at"),
    ("usage_daily", "day"),
    ("entitlement", "valid_from"),
    ("ticket", "created_at"),
    ("inquiry", "asked_at"),
)


def last_of(store: Store) -> tuple[int, int]:
    """The warehouse's last batch, and the last one that took another back."""
    last = store.rows("SELECT coalesce(max(batch), 0), coalesce(max(retracted_by), 0) FROM main.batch")
    return int(last[0][0]), int(last[0][1])


def ground_of(store: Store, settings: Settings) -> Ground:
    """What the SQL of figures stands on in a warehouse."""
    currencies = " UNION ALL ".join(
        f"SELECT 1 FROM {quoted(table + '_version')} WHERE currency IS NOT NULL AND currency <> {literal(settings.currency)}"
        for table in ("subscription", "contract", "invoice", "opportunity")
    )
    foreign = bool(store.rows(f"SELECT count(*) FROM (SELECT * FROM ({currencies}) LIMIT 1)")[0][0])
    return Ground(meaning_of(settings, foreign=foreign), tuple(versions.custom_keys(store.con, "account")), foreign)


def refresh(home: Path, store: Store, settings: Settings, now: datetime, seen: str, *, full: bool = False) -> Published:
    """Bring the versions and the published facts up to date, making anew only what changed.

    ``seen`` names the state of the inbox that the warehouse contains.
    """
    versions.derive(store.con, settings.timezone)
    before = None if full else current(home)
    if before and is_fresh(before, settings, seen, now):
        return before
    with store.reporting():
        return _Publisher(home, store, settings, now, before).publish(seen)


class _Publisher:
    """One refresh: makes the new part or parts, then moves the pointer."""

    def __init__(self, home: Path, store: Store, settings: Settings, now: datetime, before: Published | None) -> None:
        self.folder = home / FOLDER
        self.store = store
        self.settings = settings
        self.now = now
        self.before = before
        self.ground = ground_of(store, settings)
        self.con = store.cursor()
        self.con.execute(FEW_PERIODS)
        self.reader = Reader(self._run, self.ground, settings)
        self.grace = timedelta(days=max(settings.renewals.grace_days, settings.retention.churn_reason_days))
        self.this_month = local_day(now, settings.timezone).replace(day=1)
        self.open_month = self._open_from()
        beginning = self._beginning()
        self.first_month = min(max(beginning, add_months(self.this_month, -MONTHS)), self.open_month)
        self.whole = self.first_month <= beginning
        from tenure.figures.plan import published_facts

        self.facts = footing.published(self.ground)
        self.lists = published_facts(latest=True)
        self.base = self._base()
        self.writer = Writer(self.con, self.reader)
        self.standing: dict[str, str] = {}
        self.earlier: dict[str, str] = {}
        self.threshold = ""

    def publish(self, seen: str) -> Published:
        self.folder.mkdir(exist_ok=True)
        undated = self._undated()
        sealed = self._reusable(undated)
        parts = (OPEN,) if sealed else (SEALED, OPEN)
        if sealed:
            self.standing = self._standing()
            self.earlier = earlier_parts(self.standing)
        made: list[Path] = []
        self.threshold = filing.let_logs_grow(self.con, filing.NEVER)
        try:
            opened = filing.next_name(self.folder, "open")
            made.append(self.folder / opened)
            filing.attach(self.con, self.folder / opened, OPEN)
            if sealed is None:
                sealed = filing.next_name(self.folder, "sealed")
                made.append(self.folder / sealed)
            filing.attach(self.con, self.folder / sealed, SEALED, read_only=SEALED not in parts)
            for name, alias in self.earlier.items():
                filing.attach(self.con, self.folder / name, alias, read_only=True)
            self._make_undated(parts)
            self._make_months(parts)
            self._make_lists()
        except BaseException:
            self._detach()
            for path in made:
                path.unlink(missing_ok=True)
            raise
        holds_until = self._holds_until()
        held = footing.held(self.store.con, self.facts, self.ground, self.settings, self.now)
        self._detach()
        about = tuple(key.table for key in self.facts if key.grain)
        found = Published(
            sealed, opened, self.now, holds_until, seen, *last_of(self.store), undated, settings_hash(self.settings),
            self.ground.settings, kept.code_hash(), self.ground.custom, self.ground.foreign, self.settings.timezone,
            self.first_month, self.whole, self.open_month, tuple(key.table for key in self.facts), about,
            tuple(key.table for key in self.base), held, self.standing,
        )  # fmt: skip
        self._point(found)
        return found

    def _run(self, sql: str) -> Rows:
        done = self.con.execute(sql)
        return [item[0] for item in done.description or ()], done.fetchall()

    def _open_from(self) -> date:
        """The first month that is not settled: one whose end, with the graces after it, still lies ahead."""
        month = self.this_month
        while instant(month, self.settings.timezone) + self.grace > self.now:
            month = add_months(month, -1)
        return month

    def _beginning(self) -> date:
        """The month in which the first fact of the business happened."""
        found = [
            self.con.execute(f"SELECT min({column})::TIMESTAMP FROM {quoted(table + '_version')}").fetchall()[0][0]
            for table, column in _BEGINNINGS
        ]
        first = min((day for day in found if day is not None), default=self.now)
        return local_day(first, self.settings.timezone).replace(day=1)

    def _tables(self, key: FactKey) -> set[str]:
        """The canonical tables that a fact stands on, through others too."""
        return footing.canonical((), [key], self.ground, self.settings)

    def _base(self) -> set[FactKey]:
        """The facts that belong to all months: those that the stints stand on, and what stands on no more than they."""
        undated = [key for key in self.facts if not key.grain]
        tables = set().union(*(self._tables(key) for key in undated if key.fact == "stint"))
        return {key for key in undated if self._tables(key) <= tables}

    def _undated(self) -> str:
        """What the facts that belong to all months depend on, as a word."""
        tables = sorted(set().union(*(self._tables(key) for key in self.base)))
        marks = self.store.rows(
            "SELECT table_name, max(batch), max(retracted_by) FROM main.batch"
            f" WHERE table_name IN ({', '.join(map(literal, tables))}) GROUP BY 1 ORDER BY 1"
        )
        taken = self.store.rows(
            f"SELECT max(batch) FROM main.retraction WHERE table_name IN ({', '.join(map(literal, tables))})"
        )
        return repr([marks, taken])

    def _reusable(self, undated: str) -> str | None:
        """The sealed part of before, if nothing that it holds can have changed."""
        b = self.before
        if b is None or (b.undated, b.ground, b.zone) != (undated, self.ground, self.settings.timezone):  # fmt: skip
            return None
        if b.open_month != self.open_month or b.first_month != self.first_month or self.now >= b.holds_until:
            return None
        return b.sealed if (self.folder / b.sealed).exists() and self._only_new_since(b) else None

    def _only_new_since(self, b: Published) -> bool:
        """Whether every batch since then brought only rows that no settled month can feel."""
        if last_of(self.store)[1] != b.last_retraction:
            return False
        opening = instant(self.open_month, self.settings.timezone) + self.grace
        fresh = self.store.rows("SELECT batch, table_name, superseded FROM main.batch WHERE batch > ?", [b.last_batch])
        felt = set().union(*(self._tables(key) for key in self.facts if key.grain or key in self.base))
        if self._taken_back(b.last_batch) & felt:
            return False
        return all(
            name not in felt
            or (
                not superseded
                and self._begins_after(name, number, opening)
                and not self._rates_again(name, number)
                and not self._adopts(name, number, opening)
                and not self._counts_anew(name, number)
            )
            for number, name, superseded in fresh
        )

    def _taken_back(self, batch: int) -> set[str]:
        """The tables of which batches after this one took rows back."""
        return {
            name
            for (name,) in self.store.rows("SELECT DISTINCT table_name FROM main.retraction WHERE batch > ?", [batch])
        }

    def _begins_after(self, table: str, batch: int, opening: datetime) -> bool:
        times = [column.name for column in all_tables()[table].columns if column.type.value in ("time", "date")]
        if not times:
            return False
        earliest = ", ".join(f"coalesce({quoted(name)}, TIMESTAMP '{FAR}')" for name in times)
        least = f"least({earliest})" if len(times) > 1 else earliest
        found = self.store.rows(f"SELECT min({least}) FROM main.{quoted(table)} WHERE batch = ?", [batch])[0][0]
        return found is None or opening <= found < FAR

    def _rates_again(self, table: str, batch: int) -> bool:
        """Whether a row speaks of a ticket that an earlier one spoke of: the last rating outdoes any before."""
        if "ticket_id" not in all_tables()[table].names:
            return False
        rows = f"main.{quoted(table)}"
        again = f"SELECT 1 FROM {rows} n SEMI JOIN {rows} o ON n.ticket_id = o.ticket_id AND o.batch < n.batch"
        return bool(self.store.rows(f"{again} WHERE n.batch = ? LIMIT 1", [batch]))

    def _counts_anew(self, table: str, batch: int) -> bool:
        """Whether use of settled months may count otherwise: another feature is known, or who is one of our own."""
        if table == "person":
            staff = "SELECT 1 FROM main.person WHERE batch = ? AND (is_internal OR is_service) LIMIT 1"
            return bool(self.store.rows(staff, [batch]))
        return table == "feature"

    def _adopts(self, table: str, batch: int, opening: datetime) -> bool:
        """Whether an answer of a settled month names one of these people or tickets, who were not known yet."""
        if table not in ("person", "ticket"):
            return False
        key = f"{table}_id"
        found = f"SELECT 1 FROM main.survey_answer o SEMI JOIN main.{table} n ON o.{key} = n.{key} AND n.batch = ?"
        return bool(self.store.rows(f"{found} WHERE coalesce(o.sent_at, o.answered_at) < ? LIMIT 1", [batch, opening]))

    def _standing(self) -> dict[str, str]:
        """The facts whose open part does as it is, and the file it lies in: no row was told since of what they stand on.

        What ends or begins by itself makes everything anew (``holds_until``), and so does a new day.
        """
        b = self.before
        if b is None or settings_hash(self.settings) != b.settings:
            return {}
        if local_day(b.now, b.zone) != local_day(self.now, b.zone):
            return {}
        fresh = self.store.rows("SELECT DISTINCT table_name FROM main.batch WHERE batch > ?", [b.last_batch])
        changed = {name for (name,) in fresh}
        changed |= self._taken_back(b.last_batch)
        keys = [key for key in (*self.facts, *self.lists) if key not in self.base]
        standing = {key.table: b.standing.get(key.table, b.open) for key in keys if not self._tables(key) & changed}
        return standing if len(set(standing.values())) <= MOST_EARLIER else {}

    def _open_part(self, key: FactKey) -> str:
        """The name under which the file with a fact's open part is attached."""
        return self.earlier[self.standing[key.table]] if key.table in self.standing else OPEN

    def _holds_until(self) -> datetime:
        """The next moment at which something already known begins or ends."""
        moments = [
            f"SELECT min({quoted(column.name)}) AS moment FROM {quoted(table + '_version')}"
            f" WHERE {quoted(column.name)} > TIMESTAMP '{self.now}'"
            for table in ("subscription", "account", "contract", "assignment", "csm")
            for column in all_tables()[table].columns
            if column.type.value == "time"
        ]
        found = self.con.execute(f"SELECT min(moment) FROM ({' UNION ALL '.join(moments)})").fetchall()[0][0]
        return found or FAR

    def _make_undated(self, parts: tuple[str, ...]) -> None:
        """The facts that are not about months: what belongs to all of them is sealed, the rest is made each time."""
        self.reader.stand((), Moment(self.now))
        for key in footing.in_order((key for key in self.facts if not key.grain), self.ground, self.settings):
            part = SEALED if key in self.base else self._open_part(key)
            if part in parts:
                for rows in self.writer.batches(key, part):
                    self.writer.write(key, part, f"FROM ({rows})")
            self.writer.show(key, f"FROM {part}.main.{key.table}")

    def _make_months(self, parts: tuple[str, ...]) -> None:
        """The facts about months, window by window, in the order in which they stand on each other."""
        months = periods(Grain.MONTH, self.first_month if SEALED in parts else self.open_month, self.this_month, 1)
        whose = {SEALED: f"period < DATE '{self.open_month}'", OPEN: f"period >= DATE '{self.open_month}'"}
        for window in sorted({key.window for key in self.facts if key.grain}):
            spans = paired(months, Window(window), self.settings, self.now)
            self.reader.stand(spans, Moment(self.now))
            facts = (key for key in self.facts if key.window == window)
            for key in footing.in_order(facts, self.ground, self.settings):
                if key.table not in self.standing:
                    self._write_months(key, whose, parts)
                opened = self._open_part(key)
                self.writer.show(key, f"FROM {SEALED}.main.{key.table} UNION ALL FROM {opened}.main.{key.table}")

    def _write_months(self, key: FactKey, whose: dict[str, str], parts: tuple[str, ...]) -> None:
        """A fact's months, in each part those that are its."""
        how = kept.recipe(key, self.ground, self.settings)
        order = [name for name in ("period", "account_id") if name in self.writer.names(key)]
        for batch in self.writer.batches(key, *parts):
            # DuckDB joins well only when it knows how many rows there are.
            self.con.execute(f"CREATE OR REPLACE TEMP TABLE laid AS FROM ({batch})")
            for part in parts:
                # Sorted, so that a figure reads no more of the file than its periods, and what is told of one account little more.
                rows = how.dated(f"(FROM temp.laid WHERE {whose[part]})")
                self.writer.write(key, part, f"{rows} ORDER BY {', '.join(order)}")

    def _make_lists(self) -> None:
        """What is shown of how things are now."""
        months = periods(Grain.MONTH, add_months(self.this_month, -1), self.this_month, 1)
        # The one that runs; at its very first instant, at which it has not begun, the one before.
        self.reader.stand(paired(months, Window.PERIOD, self.settings, self.now)[-1:], Moment(self.now))
        for key in self.lists:
            if key.table in self.standing:
                continue
            # By account, so that one account's row is found without the others.
            for rows in self.writer.batches(key, OPEN):
                self.writer.write(key, OPEN, f"FROM ({rows}) ORDER BY account_id")

    def _detach(self) -> None:
        try:
            filing.detach(self.con, OPEN, SEALED, *self.earlier.values(), threshold=self.threshold)
        finally:
            self.con.close()

    def _point(self, found: Published) -> None:
        before = self.before.files.values() if self.before else ()
        filing.point(self.folder, msgspec.json.encode(found), found.files.values(), before)
