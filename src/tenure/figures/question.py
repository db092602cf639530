"""What is asked of a metric, and everything its SQL depends on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from tenure.core.config import Settings, settings_hash
from tenure.core.written import Written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.metrics.kinds import FactKey, Factor

#: Dimensions that are columns of ``account`` and may change over time.
ATTRIBUTES = ("segment", "tier", "region", "country", "industry", "language", "lifecycle")
#: Dimensions of whoever owns the account; a shared account has a row for each owner.
OWNERSHIP = ("owner", "team", "manager")
#: Everything a figure of accounts can be sliced by, besides custom attributes.
DIMENSIONS = (*OWNERSHIP, *ATTRIBUTES, "cohort", "parent", "is_customer")
#: Dimensions that split an account into what it holds, and the columns that do it.
DETAIL = {"product": "product_id", "plan": "plan"}

#: The dimension of who owns an account now (``Question.held``); nobody can ask for it by name.
HELD = " now"
#: The table of rows that were laid for several questions.
LAID = "laid_rows"
#: The dimension of the account itself (``Question.each``), likewise.
EACH = " account"


def column(dimension: str) -> str:
    """The column in which a dimension comes out."""
    return f"by_{dimension}"


def one_of(dimension: str) -> str:
    """What stands in compiled SQL, as a text, for the values of a dimension that count together (``Question.among``)."""
    return f"one of {dimension}\x1f"


def or_none(dimension: str) -> str:
    """What stands there for ``yes`` where what has no value counts among them."""
    return f"or none of {dimension}\x1f"


@dataclass(frozen=True)
class Question:
    """One metric, sliced: all of a request but its times.

    ``variant``: an option for each axis, ``((axis, option), ...)`` in the metric's order. ``by``: the dimensions
    shown. ``where``: further dimensions that are only filtered by. ``grain`` and ``window`` as in ``core.period``.
    ``scoped``: only of the accounts in the table that ``figures.scope`` names ``SEEN``. ``held``: sliced also by who
    owns the account now, from the table ``HOLDER``. ``among``: further dimensions of which any of several values counts, before anything is
    added up: what does not add up, as a median, is not made of the parts. ``laid``: the dimensions with which the metric's rows were laid in
    the table ``LAID`` (``figures.together``), of which it is made then. ``own``: the definition, where the metric is the workspace's own, so that
    its compiled form is another as soon as the file is; ``zone``: the one in which dates written out there are meant.
    """

    metric: str
    variant: tuple[tuple[str, str], ...] = ()
    by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    grain: str = "month"
    window: str = "period"
    scoped: bool = False
    held: bool = False
    each: bool = False
    among: tuple[str, ...] = ()
    laid: tuple[str, ...] = ()
    own: Written | None = None
    zone: str = ""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Everything that rows must carry: shown first, then filtered by."""
        return tuple(dict.fromkeys((*self.by, *self.where, *self.among)))

    def option(self, axis: str, default: str) -> str:
        """The option chosen on an axis."""
        return dict(self.variant).get(axis, default)


def factor_of(question: Question, factor: Factor, axes: Mapping[str, tuple[str, ...]]) -> Question:
    """The question of a figure that another one is made of; ``axes``: those of its metric."""
    named = {axis: option for axis, options in axes.items() for option in options if option in factor.variant}
    chosen = tuple((axis, named.get(axis) or question.option(axis, options[0])) for axis, options in axes.items())
    if factor.months_before:
        return replace(question, metric=factor.metric, variant=chosen, grain="month", window="period")
    return replace(question, metric=factor.metric, variant=chosen, window=factor.window or question.window)


@dataclass(frozen=True)
class Ground:
    """What the SQL stands on besides the question.

    ``settings``: the hash of those that matter (``meaning_of``). ``custom``: the accounts' custom attributes. ``foreign``: whether amounts
    come in several currencies. ``dialect``: the engine's SQL.
    """

    settings: str
    custom: tuple[str, ...] = ()
    foreign: bool = False
    dialect: str = "duckdb"


#: The grains and windows for which facts are kept. In all other SQL neither occurs: the periods are a table.
KEPT = (("month", "period"), ("month", "12m"))


def meaning_of(settings: Settings, *, foreign: bool) -> str:
    """A hash of the settings that SQL depends on; the others (zone, fiscal year, small n, ...) are applied elsewhere.

    The reporting currency matters only where amounts come in others too (``foreign``).
    """
    plain = Settings(currency=settings.currency if foreign else "", timezone="UTC")
    return settings_hash(
        replace(
            plain,
            customers=settings.customers,
            renewals=settings.renewals,
            ownership=settings.ownership,
            retention=settings.retention,
            relationship=settings.relationship,
            use=settings.use,
            handover=settings.handover,
            hours_per_account=settings.hours_per_account,
            milestones=settings.milestones,
            voice=settings.voice,
            lifetime=settings.lifetime,
            support=settings.support,
            budget_rates=settings.budget_rates,
        )
    )


def fingerprint(what: Question | FactKey, ground: Ground, code: str) -> str:
    """A name for the compiled form, stable across processes: same question or fact, ground and code, same SQL."""
    if isinstance(what, Question) and (what.grain, what.window) not in KEPT:
        what = replace(what, grain="", window="")
    told = json.dumps([type(what).__name__, asdict(what), asdict(ground), code], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]
