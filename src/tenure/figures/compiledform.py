"""What a question compiles to: plain text and what finishing must know of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tenure.metrics.kinds import FactKey, Factor

#: Accounts of a cell whose interval comes from a bootstrap, which needs their single values; above, sums are enough.
BOOTSTRAP_UP_TO = 1_000


@dataclass(frozen=True)
class Plan:
    """A compiled question.

    ``sums``: SQL of the additive sums by period, dimensions, reason of exclusion and step. ``facts``: the facts they
    stand on. ``tables``: all tables they read. ``adds``: the columns of the rows that add up to the figure (numerator
    and denominator, or the value). ``scale``: what sums are to be divided by, ``den_parts``: and denominators, or
    totals, too. ``steps``: the rows' column of steps. ``factors``: the figures that it is the product of, and then it has
    no sums of its own. ``spread``: of a total it is ``poisson`` where it counts events; ``judged``: it is undefined without rows. ``model``: what is fitted to the
    rows, counted by the columns ``of``, with the sums of ``worth``, and what else it is ``given``. The rest repeats what
    finishing needs to know of the metric's part.
    """

    kind: str
    unit: str
    by: tuple[str, ...]
    where: tuple[str, ...]
    sums: str
    facts: tuple[FactKey, ...]
    tables: tuple[str, ...]
    adds: tuple[str, ...]
    spread: str = ""
    judged: bool = False
    stepped: bool = False
    steps: str = ""
    complement: bool = False
    respondents: bool = False
    money_num: bool = False
    money_den: bool = False
    bounded: bool = False
    capped: bool = False
    extras: tuple[str, ...] = ()
    scale: int = 1
    den_parts: int = 1
    order: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    factors: dict[str, Factor] = field(default_factory=dict)
    times: str = "1"
    note: str = ""
    model: str = ""
    of: tuple[str, ...] = ()
    worth: str = ""
    given: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipe:
    """How a fact's table is made: SQL over the tables of the facts it stands on.

    ``stints``: the table of the stints by which its rows are dated, if they are. ``apart``: it is made a few
    periods at a time, each time over ``passing`` facts, which are made for it and dropped. ``tables``: those that these read, too.
    ``steady``, ``timeline``, ``apiece``: as ``metrics.world.Fact`` says; what is steady stands on nothing else.
    ``compared``: the columns of canonical tables, by table, whose times this SQL compares with now; None where that
    cannot be told. ``needed``: groups of tables; where none of a group has a row, there is none here.
    """

    sql: str
    facts: tuple[FactKey, ...]
    tables: tuple[str, ...]
    stints: str = ""
    apart: bool = False
    passing: tuple[FactKey, ...] = ()
    steady: bool = False
    timeline: bool = False
    apiece: tuple[str, ...] = ()
    compared: tuple[tuple[str, str], ...] | None = None
    needed: tuple[tuple[str, ...], ...] = ()

    def dated(self, rows: str) -> str:
        """SQL of what ``sql`` gives, read from the relation ``rows``, each row with the stint that holds at its ``at``."""
        if not self.stints:
            return f"SELECT * FROM {rows} AS laid"
        return (
            f"SELECT laid.*, held.stint_id FROM {rows} AS laid LEFT JOIN {self.stints} AS held ON held.is_lead"
            ' AND held.account_id = laid.account_id AND laid."at" >= held.valid_from AND laid."at" < held.valid_to'
        )
