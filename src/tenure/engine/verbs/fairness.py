"""``fairness``: what came of the accounts of each owner or team, against what was to be expected of them at hand-over."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from tenure.core.errors import DataError, UsageError, unknown
from tenure.figures import kept
from tenure.figures.finish import plain
from tenure.figures.request import Asked, resolved
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.casemix.exposure import BY, account_months
from tenure.scores.casemix.handover import PORTRAIT, handovers, known_of
from tenure.scores.casemix.judge import By, Judged, judged
from tenure.scores.casemix.outcome import OUTCOMES, Outcome
from tenure.scores.casemix.ranking import FEWEST, months_needed
from tenure.scores.casemix.used import ATTENDANCE, used

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.published import Published
    from tenure.figures.request import Request
    from tenure.scores.casemix.expected import Known
    from tenure.scores.casemix.exposure import AccountMonth, LeftOut
    from tenure.scores.casemix.handover import Handovers, Told
    from tenure.scores.casemix.standing import Standing

#: What can be said of one group: it is not different from what was expected, or beyond the limits of 95 or 99.8 %.
Remark = Literal[
    "not different", "better, beyond 95 %", "worse, beyond 95 %", "better, beyond 99.8 %", "worse, beyond 99.8 %"
]
#: What the method cannot do, in words, for whoever reads its numbers.
LIMITS = (
    "Only what was known of an account at hand-over is allowed for. What was not loaded looks like the owner's doing.",
    "Accounts were not given out by lot: this shows what came of them, not who caused it.",
    "Everybody is held against what the company makes of such accounts; those with quite other ones compare badly.",
    "It stands beside a talk about somebody's work, never in its place.",
)


@dataclass(frozen=True)
class Fairness:
    """``metric``: one of those that can be compared; ``by``: ``owner`` or ``team``; ``start``, ``end``: months, as for ``show``.
    ``scope``: whose people.
    """

    metric: str = "customer_retention_rate"
    by: str = "owner"
    start: str = ""
    end: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Compared:
    """One owner or team. ``id`` and ``name``. ``size``: its account-months, or contracts due; ``observed`` beside ``expected``,
    both in the comparison's unit; ``ratio``: the one through the other, None where nothing is expected.

    ``limits_95``, ``limits_998``: what chance keeps the ratio within (low, high). ``shrunk``: the ratio to be believed, within
    ``low`` and ``high`` with 95 %. ``better``: the probability that it is really better than expected. ``inherited_risk``: what
    was to be expected of its accounts, as a multiple of the company's average. ``events``: as how many expected events it
    tells. ``rank``: the ranks it may have (from, to), None where nobody is ranked; ``better_than``, ``worse_than``: of whom it
    can be told apart.
    """

    id: str
    name: str
    size: Decimal
    observed: Decimal
    expected: Decimal
    ratio: float | None
    limits_95: tuple[float | None, float | None]
    limits_998: tuple[float | None, float | None]
    shrunk: float
    low: float | None
    high: float | None
    better: float
    inherited_risk: float | None
    events: float
    rank: tuple[int, int] | None
    better_than: tuple[str, ...]
    worse_than: tuple[str, ...]
    remark: Remark


@dataclass(frozen=True)
class Comparison:
    """A comparison. ``what``: what is counted (``customers lost``), ``of`` so many (``account-months``), in ``unit`` (``count`` or ``money``). ``groups``: by name.

    ``observed``, ``size``: of the whole company, also of what nobody owns. ``dispersion``: how far groups spread, 1
    where chance alone makes them differ; ``widened``: it widens the limits. ``spread``: the standard deviation of the true
    ratios that is believed in. ``ranked``: enough is expected for ranks; ``alike``: nobody can be told from anybody. Through
    a narrow scope what tells of others is None, and nobody is ranked.

    ``features``: what expectations were learnt from; ``left_out``: what tells the group nearly as well as its name;
    ``gain``: by which part expectations foretell better than the company's rate for all (log-loss, out of fold).
    ``dated_back`` of ``handovers``: those of which nothing was known at the time, so that what is known now counts.
    ``less_is_better``: what is counted are losses.
    """

    metric: str
    by: str
    period_start: date
    period_end: date
    what: str
    of: str
    unit: str
    groups: tuple[Compared, ...]
    observed: Decimal | None
    size: Decimal | None
    dispersion: float | None
    widened: bool
    spread: float | None
    ranked: bool
    alike: bool
    features: tuple[str, ...]
    left_out: tuple[str, ...]
    gain: float
    handovers: int
    dated_back: int
    excluded: dict[str, int]
    notes: tuple[str, ...]
    limits: tuple[str, ...] = LIMITS
    less_is_better: bool = True


def fairness(desk: Desk, request: Fairness) -> Comparison:
    """The comparison. Expectations are learnt from the whole company, whatever the scope: from the accounts of a few they
    could not be. Through a narrow scope only its own people are shown.

    Raises ``UsageError`` for a metric that cannot be compared and for teams that a scope does not hold whole, ``DataError``
    where there is nothing to compare or a check holds what it stands on.
    """
    by = by_of(request)
    return compare(desk, gather(desk, request), by, request.scope)


@dataclass(frozen=True)
class Gathered:
    """What comparisons of a metric stand on: its account-months, and what was known of each when it was handed over."""

    asked: Request
    months: Sequence[AccountMonth]
    excluded: LeftOut
    handovers: Handovers
    known: Known


def gather(desk: Desk, request: Fairness, told: Told | None = None) -> Gathered:
    """What the comparison of a metric stands on, whoever is compared. ``told``: what earlier ones found out about hand-overs. Raises as
    ``fairness`` does.
    """
    by_of(request)
    now, settings = desk.clock(), desk.settings
    found = desk.fresh(now)
    asked = _asked(request, settings, now)
    plan = kept.plan(asked.question, found.ground, settings)
    _not_held(found, (*plan.tables, *kept.recipe(PORTRAIT, found.ground, settings).tables, ATTENDANCE.table))
    desk.progress("account-months", 0, 0)
    with desk.reader(asked, plan, now) as reader:
        months, excluded = account_months(asked, reader, settings)
    if not months:
        raise DataError(
            "There are no account-months to compare.", code="nothing_to_compare",
            fix="Load subscriptions and assignments, or ask for other months: tenure doctor",
        )  # fmt: skip
    with desk.in_warehouse(found) as reader:
        known = handovers(months, reader, settings, now, lambda done, of: desk.progress("hand-overs", done, of), told)
    with desk.published(found) as ready:
        use = used(ready, settings, now, found.first_month, max(each.handed for each in months))
    return Gathered(asked, months, excluded, known, known_of(months, known, use, settings))


def compare(desk: Desk, of: Gathered, by: By, scope: Scope = EVERYTHING) -> Comparison:
    """The comparison of owners or teams. Raises as ``fairness`` does."""
    desk.progress("expectations", 0, 0)
    asked, months = of.asked, of.months
    judgement = judged(months, of.known, by, OUTCOMES[asked.entry.slug])
    base = _base(asked, by, _seen(scope, by, months, judgement.names), months, of.handovers, of.excluded)
    called = _names(desk) if by == "owner" else {}
    return _within(base, judgement, called) if scope.narrow else _whole(base, judgement, called)


def seen_by(of: Comparison, owners: Collection[str]) -> Comparison:
    """A comparison of owners as far as it tells of nobody but these."""
    groups = tuple(
        replace(
            each, rank=None, better_than=tuple(name for name in each.better_than if name in owners),
            worse_than=tuple(name for name in each.worse_than if name in owners),
        )
        for each in of.groups
        if each.id in owners
    )  # fmt: skip
    return replace(
        of, groups=groups, observed=None, size=None, dispersion=None, spread=None, ranked=False,
        alike=not any(each.better_than for each in groups), handovers=0, dated_back=0, excluded={}, notes=(),
    )  # fmt: skip


def report_of(metric: str, by: By, window: tuple[date, date] | None = None) -> str:
    """The name of the report as which a comparison is kept: that of the last months that are over, or of the days of a ``window``."""
    return f"fairness_{metric}_{by}" + (f"_{window[0]}_{window[1]}" if window else "")


def by_of(request: Fairness) -> By:
    """Who is compared. Raises ``UsageError`` for a metric or groups that cannot be."""
    if request.metric not in OUTCOMES:
        listing = f"Compared can be: {', '.join(OUTCOMES)}."
        raise unknown("metric to compare", request.metric, OUTCOMES, listing=listing)
    if request.by not in BY:
        raise unknown("comparison", request.by, BY, listing=f"Compare by: {', '.join(BY)}.")
    return "owner" if request.by == "owner" else "team"


def _asked(request: Fairness, settings: Settings, now: datetime) -> Request:
    """The account-months asked for: of months that are over, for what is not over has not lost yet what it will."""
    asked = resolved(Asked(request.metric, request.start, request.end, window="period", by=BY), settings, now)
    over = tuple(pair for pair in asked.spans if pair[0].closes < now)
    if not over:
        raise UsageError("None of these months is over.", code="no_period", fix="Ask for months that are.")
    return replace(asked, spans=over)


def _not_held(found: Published, tables: Iterable[str]) -> None:
    reasons = sorted({found.held[name] for name in tables if name in found.held})
    if reasons:
        raise DataError("A check holds what this stands on.", code="held", where=reasons[0], fix="See: tenure check")


def _seen(scope: Scope, by: By, months: Sequence[AccountMonth], names: tuple[str, ...]) -> tuple[str, ...]:
    """The groups that a scope holds: its owners, or the teams all of whose owners are its own."""
    if scope.owners is None:
        return names
    if by == "owner":
        return tuple(name for name in names if name in scope.owners)
    others = {each.team for each in months if each.owner is not None and each.owner not in scope.owners}
    whole = tuple(name for name in names if name not in others)
    if not whole:
        raise UsageError(
            "There are people outside your scope in every team.", code="out_of_scope", fix="Compare by owner."
        )
    return whole


def _names(desk: Desk) -> dict[str, str]:
    """What people are called now."""
    rows = desk.store.rows(
        "SELECT csm_id, name FROM csm_version WHERE known_to = TIMESTAMP '9999-12-31' ORDER BY valid_from NULLS FIRST"
    )
    return {csm: name for csm, name in rows if name}


@dataclass(frozen=True)
class _Base:
    """What a comparison is of: its groups by name, and what their account-months stand on. ``months``: how many calendar months."""

    asked: Request
    by: By
    seen: tuple[str, ...]
    months: int
    handovers: int
    dated_back: int
    excluded: dict[str, int]


def _base(asked: Request, by: By, seen: tuple[str, ...], months: Sequence[AccountMonth], known: Handovers,
          left_out: LeftOut) -> _Base:  # fmt: skip
    """The basis of the groups that are seen: nothing of it tells of others."""
    handed = {(each.account, each.handed) for each in months if getattr(each, by) in seen}
    excluded: Counter[str] = Counter()
    for (owner, team, reason), count in left_out.items():
        if (owner if by == "owner" else team) in seen:
            excluded[reason] += count
    return _Base(asked, by, seen, len(asked.spans), len(handed), len(handed & known.dated_back), dict(excluded))


def _whole(base: _Base, found: Judged, called: dict[str, str]) -> Comparison:
    """The comparison for whoever sees everything."""
    stands = found.standings
    notes = (*_notes_of_all(found, OUTCOMES[base.asked.entry.slug], base.months), *_notes(base, found))
    return replace(
        _within(base, found, called), observed=_exact(found.observed), size=_exact(found.months),
        dispersion=stands.dispersion.phi, spread=stands.spread, ranked=stands.ranked, alike=stands.alike, notes=notes,
        groups=tuple(_compared(each, found.names, called, base) for each in stands.groups),
    )  # fmt: skip


def _within(base: _Base, found: Judged, called: dict[str, str]) -> Comparison:
    """The comparison as far as it tells of nobody but the groups that are seen."""
    what, stands = OUTCOMES[base.asked.entry.slug], found.standings
    groups = tuple(
        replace(_compared(each, found.names, called, base), rank=None)
        for each in stands.groups
        if found.names[each.group] in base.seen
    )
    first, last = base.asked.spans[0][0].period, base.asked.spans[-1][0].period
    return Comparison(
        metric=base.asked.entry.slug, by=base.by, period_start=first.start, period_end=last.end, what=what.word, of=what.of,
        unit="money" if what.money else "count", groups=groups, observed=None, size=None, dispersion=None,
        widened=stands.dispersion.used, spread=None, ranked=False, alike=not any(each.better_than for each in groups),
        features=found.features, left_out=found.left_out, gain=found.expectation.gain, handovers=base.handovers,
        dated_back=base.dated_back, excluded=base.excluded, notes=tuple(_notes(base, found)), less_is_better=what.lost,
    )  # fmt: skip


def _compared(each: Standing, names: tuple[str, ...], called: dict[str, str], base: _Base) -> Compared:
    name = names[each.group]
    inner, outer = each.limits
    return Compared(
        id=name, name=called.get(name, name), size=_exact(each.months), observed=_exact(each.observed),
        expected=_exact(each.expected), ratio=each.ratio, limits_95=(inner.low, inner.high),
        limits_998=(outer.low, outer.high), shrunk=each.shrunk, low=each.interval.low, high=each.interval.high,
        better=each.better, inherited_risk=each.inherited, events=each.events, rank=each.rank,
        better_than=tuple(names[other] for other in each.before if names[other] in base.seen),
        worse_than=tuple(names[other] for other in each.behind if names[other] in base.seen),
        remark=_remark(each, lost=OUTCOMES[base.asked.entry.slug].lost),
    )  # fmt: skip


def _remark(each: Standing, *, lost: bool) -> Remark:
    if not each.outside or each.ratio is None:
        return "not different"
    good = (each.ratio < 1) == lost
    if each.outside == "95":
        return "better, beyond 95 %" if good else "worse, beyond 95 %"
    return "better, beyond 99.8 %" if good else "worse, beyond 99.8 %"


def _notes_of_all(found: Judged, what: Outcome, months: int) -> Iterator[str]:
    """What is to be known of all groups together, in sentences."""
    stands = found.standings
    events = sum(each.events for each in stands.groups)
    if not stands.ranked:
        needed = months_needed(events, months)
        more = f"; {needed} months like these bring as many" if needed else ""
        told = (
            f"what is expected tells as much as {events:.1f} events"
            if not what.counted
            else f"{events:.1f} events are expected"
        )
        yield f"Nobody is ranked: {told}, and ranks take {FEWEST}{more}."
    elif stands.alike:
        yield "Nobody can be told from anybody else: there is no ranking."
    outside, many = sum(bool(each.outside) for each in stands.groups), len(stands.groups)
    if outside and not stands.dispersion.used:
        yield f"Of {many} about {many / 20:.1f} lie beyond 95 % by chance alone; here it is {outside}."
    if stands.dispersion.used:
        yield (
            f"Differences are {stands.dispersion.phi:.1f} times as large as chance makes them, for more than a few: the"
            " limits are widened by the root of that."
        )


def _notes(base: _Base, found: Judged) -> Iterator[str]:
    """What is to be known of how it was come by."""
    if not found.expectation.penalty:
        yield "Nothing known at hand-over foretells this any better than the company's rate: that is everybody's expectation."
    for name in found.left_out:
        yield f"Left out: {name}, which tells the {base.by} nearly as well as a name. What comes of which cannot be told."
    if base.dated_back:
        yield (
            f"{base.dated_back:,} of {base.handovers:,} hand-overs are judged by what is known now: nothing was known of"
            " the account then."
        )


def _exact(value: float) -> Decimal:
    return plain(Decimal(value).quantize(Decimal("0.0001")))
