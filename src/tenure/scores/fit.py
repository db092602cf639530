"""How well the outcome of rows can be told from what else is known of them: learned from some, held against others.

Which rows are told by whom: from a file of their own where there is one, else the latest by the earlier where there is a
time, else each fold by the others. Both learners are tried; the one with the lower log loss is the model. Everything
depends on what rows hold, and nothing on their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from tenure.core.errors import DataError
from tenure.core.features import Features, Floats, Labels, Places
from tenure.scores.evaluate import Bin, Measure, Measures, Told, calibration, measures, population_stability
from tenure.scores.folds import in_order, label_keys, row_keys
from tenure.scores.learn import LEARNERS, Calibrated, Known, learn_all, platt
from tenure.scores.linear import loss_of, predicted
from tenure.scores.matter import Matter, what_matters
from tenure.scores.sift import NAMES_ROWS, LeftOut, Suspect, sift, suspects
from tenure.scores.splits import Round, Split, by_time, in_folds

FEWEST = 20
"""Events, and others, that are needed among the rows to learn from and among those to tell. Of 20 events the AUC is known
to within a tenth at best: with fewer, a model that knows nothing could not be told from a good one."""
FEWEST_GROUPS = 10
_ENOUGH = 100


@dataclass(frozen=True)
class Rows:
    """What is given: ``features`` to learn from, the ``outcome`` (0 or 1), and perhaps what each row belongs to, its time, and
    how long it was watched.
    """

    features: Features
    outcome: Floats
    group: Labels | None = None
    moment: Floats | None = None
    exposure: Floats | None = None


@dataclass(frozen=True)
class Parted:
    """How rows were parted. ``kind``: ``folds``, ``time`` or ``file``; counts of rows; ends of the parts in the file's own time."""

    kind: str
    train: int
    calibrate: int
    test: int
    rounds: int
    train_until: float | None = None
    calibrate_until: float | None = None


@dataclass(frozen=True)
class Baseline:
    """What who knows only the base rate would reach."""

    brier: float
    log_loss: float


@dataclass(frozen=True)
class Fit:
    """How well the outcome was told. ``n`` and ``events``: of the rows that were told; ``base_rate``: the share of events among
    them, with an exposure events per unit of it. ``candidates``: both learners; ``columns``: what matters, most first.
    ``slope`` and ``shift``: what would bring the scores to scale, 1 and 0 where they are; ``drift``: PSI of the scores, from
    the rows learned from to those told, None where these are the same.
    """

    model: str
    n: int
    events: int
    auc: Measure
    pr_auc: Measure
    brier: Measure
    lift: Measure
    base_rate: float
    calibration: list[Bin]
    log_loss: Measure
    slope: float
    shift: float
    drift: float | None
    baseline: Baseline
    candidates: dict[str, Measures]
    split: Parted
    columns: list[Matter]
    left_out: list[LeftOut]
    suspects: list[Suspect]
    exposed: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Run:
    """A learner in all rounds: the model and the scores of each on its own test rows, and those of rows to scale it by."""

    models: list[Calibrated]
    scores: list[Floats]
    loss: float


def fit(given: Rows, test: Rows | None = None, *, dates: frozenset[str] = frozenset()) -> Fit:
    """Learn and tell. ``test``: rows to be told, of another file, with the same features. ``dates``: features that are dates.

    Raises ``DataError`` for too few events, for groups on both sides, for rows of one time only, for nothing to learn from.
    """
    given = _ordered(given)
    test = None if test is None else _ordered(replace(test, features=test.features.like(given.features)))
    _check_enough(given, "")
    left_out = sift(given.features, set(dates))
    features = given.features.without({left.name for left in left_out})
    if not features.columns:
        raise DataError("No column is left to learn from.", code="no_features", fix="Add columns that tell rows apart.")
    known = _known(replace(given, features=features))
    notes = [
        f"{left.name} {left.reason}: else they flatter."
        for left in left_out
        if "--group" in left.reason and given.group is None
    ]
    notes += _copies(given, left_out)
    split = _split(known, given, test, notes)
    told, told_known = (split, known) if test is None else _both(split, known, test, given)
    runs = {name: _run(name, told_known, told) for name in LEARNERS}
    chosen = _better(runs, told_known, told)
    return _report(chosen, runs, told_known, told, left_out, suspects(features, given.outcome), notes)


def _copies(given: Rows, left_out: list[LeftOut]) -> list[str]:
    """What is to be said of rows that are alike in all, their names included: they are on both sides."""
    named = any(left.reason.startswith(NAMES_ROWS) for left in left_out)
    copies = given.features.rows - len(np.unique(row_keys(given.features)))
    if not named or not copies or given.group is not None or given.moment is not None:
        return []
    return [
        f"{copies:,} of the rows are exact copies of others: what is learned from one side tells the other too well."
    ]


def _ordered(rows: Rows) -> Rows:
    """The same rows in an order that is theirs, not the file's."""
    order = in_order(row_keys(rows.features), rows.outcome)
    if rows.moment is not None:
        order = order[np.argsort(rows.moment[order], kind="stable")]
    if rows.group is not None:
        order = order[np.argsort(rows.group.codes[order], kind="stable")]
    if rows.exposure is not None:
        order = order[np.argsort(rows.exposure[order], kind="stable")]
    return Rows(
        rows.features.take(order), rows.outcome[order],
        None if rows.group is None else rows.group.take(order),
        None if rows.moment is None else rows.moment[order],
        None if rows.exposure is None else rows.exposure[order],
    )  # fmt: skip


def _known(rows: Rows) -> Known:
    keys = row_keys(rows.features) if rows.group is None else label_keys(rows.group)
    return Known(rows.features, rows.outcome, keys, None if rows.group is None else rows.group.codes, rows.exposure)


def _check_enough(rows: Rows, where: str) -> None:
    """Raise ``DataError`` unless enough rows had the event, and enough had not, in enough groups."""
    for word, had in (("with the event", rows.outcome == 1), ("without the event", rows.outcome == 0)):
        if had.sum() < FEWEST:
            raise DataError(
                f"There are too few rows {word}{where}: {had.sum():,}, and at least {FEWEST} are needed.",
                code="too_few_events", fix="Wait for more, or look further back; of so few nothing can be shown.",
            )  # fmt: skip
        if rows.group is not None and len(np.unique(rows.group.codes[had])) < FEWEST_GROUPS:
            raise DataError(
                f"The rows {word}{where} are of {len(np.unique(rows.group.codes[had])):,} groups only, and at least "
                f"{FEWEST_GROUPS} are needed.",
                code="too_few_events", fix="Wait for more groups; rows of the same one are no evidence of their own.",
            )  # fmt: skip


def _split(known: Known, given: Rows, test: Rows | None, notes: list[str]) -> Split:
    """How the rows given are parted; with a file to test on, only to choose between the learners."""
    if test is not None or given.moment is None:
        return in_folds(known)
    try:
        split = by_time(known, given.moment, fewest=FEWEST)
    except ValueError:
        raise DataError(
            "All rows are of the same time.", code="one_time", fix="Leave the time out, or add rows of other times."
        ) from None
    tested = _rows_of(split.rounds, "test")
    late = np.isin(np.arange(known.table.rows), tested)
    for rows, where in (
        (tested, " among the latest third, which is to be told"),
        (np.flatnonzero(~late), " before it"),
    ):
        _check_enough(
            Rows(known.table, given.outcome[rows], None if given.group is None else given.group.take(rows)), where
        )
    if not len(_rows_of(split.rounds, "calibrate")):
        notes.append(
            "The slice before the latest third has too few events to bring scores to scale by; it was learned from."
        )
    return split


def _rows_of(rounds: tuple[Round, ...], part: str) -> Places:
    found: Places = np.concatenate([getattr(own, part) for own in rounds])
    return found


def _both(split: Split, known: Known, test: Rows, given: Rows) -> tuple[Split, Known]:
    """Both files as one table, of which the second is told by the first."""
    del split
    _check_enough(test, " in the file to test on")
    if given.group is not None and test.group is not None:
        both = np.intersect1d(given.group.among(test.group.levels).codes, test.group.codes)
        shared = [test.group.levels[code] for code in both if code >= 0]
        if shared:
            raise DataError(
                f"Groups are in both files: {len(shared):,}, the first {shared[0]!r}; a model is not shown what it has "
                "learned from.", code="group_on_both_sides", fix="Put all rows of a group into one of the files.",
            )  # fmt: skip
    tested = _known(
        replace(test, features=test.features.without(set(test.features.columns) - set(known.table.columns)))
    )
    whole = known.joined(tested)
    rows = known.table.rows
    parts = (np.arange(rows), np.empty(0, dtype=np.intp), np.arange(rows, rows + tested.table.rows))
    return Split("file", (Round(*parts),)), whole


def _run(name: str, known: Known, split: Split) -> _Run:
    """Learn in each round, bring to scale, and tell. ``loss``: of the rows to scale by, or where there are none of those told."""
    models = [Calibrated(model) for model in learn_all(name, [known.take(own.train) for own in split.rounds])]
    between = _rows_of(split.rounds, "calibrate")
    if len(between):
        scores = [model.score(known.table.take(own.calibrate)) for model, own in zip(models, split.rounds, strict=True)]
        models = [_scaled(place, models, scores, known, split) for place in range(len(models))]
        loss_rows = [own.calibrate for own in split.rounds]
    else:
        loss_rows = [own.test for own in split.rounds]
    told = [model.score(known.table.take(own.test)) for model, own in zip(models, split.rounds, strict=True)]
    judged = (
        [model.score(known.table.take(rows)) for model, rows in zip(models, loss_rows, strict=True)]
        if len(between) else told
    )  # fmt: skip
    rows = np.concatenate(loss_rows)
    exposure = None if known.exposure is None else known.exposure[rows]
    return _Run(models, told, loss_of(np.concatenate(judged), known.outcome[rows], exposure))


def _better(runs: dict[str, _Run], known: Known, split: Split) -> str:
    """The learner with the lower log loss: of the folds, of the slice by which scores are brought to scale, or, where there is
    neither, of folds of the rows that were learned from.
    """
    if split.kind == "folds" or len(_rows_of(split.rounds, "calibrate")):
        return min(runs, key=lambda name: runs[name].loss)
    before = known.take(np.unique(_rows_of(split.rounds, "train")))
    folds = in_folds(before)
    return min(runs, key=lambda name: _run(name, before, folds).loss)


def _scaled(place: int, models: list[Calibrated], scores: list[Floats], known: Known, split: Split) -> Calibrated:
    """One round's model, brought to scale by the slices of the other rounds, whose groups it is not to tell."""
    others = [number for number in range(len(models)) if number != place] or [place]
    rows = np.concatenate([split.rounds[number].calibrate for number in others])
    exposure = None if known.exposure is None else known.exposure[rows]
    if not 0 < known.outcome[rows].sum() < len(rows):
        return models[place]
    between = np.concatenate([scores[number] for number in others])
    slope, shift = platt(between, known.outcome[rows], exposure, steady=True)
    return replace(models[place], slope=slope, shift=shift)


def _report(
    chosen: str, runs: dict[str, _Run], known: Known, split: Split, left_out: list[LeftOut],
    suspected: list[Suspect], notes: list[str],
) -> Fit:  # fmt: skip
    rows = _rows_of(split.rounds, "test")
    outcome = known.outcome[rows]
    exposure = None if known.exposure is None else known.exposure[rows]
    groups = None if known.groups is None else known.groups[rows]
    scores = {name: np.concatenate(run.scores) for name, run in runs.items()}
    told = {name: Told(predicted(own, exposure), outcome, exposure, groups) for name, own in scores.items()}
    candidates = {name: measures(own) for name, own in told.items()}
    best, run = candidates[chosen], runs[chosen]
    slope, shift = platt(scores[chosen], outcome, exposure)
    if min(best.events, best.n - best.events) < _ENOUGH:
        notes.append(
            f"{min(best.events, best.n - best.events)} rows of the rarer outcome were told: intervals are wide below {_ENOUGH}."
        )
    baseline = _baseline(known, split)
    if best.log_loss.value is None or best.log_loss.value >= baseline.log_loss or (best.auc.low or 0) <= 1 / 2:
        notes.append(
            "The outcome cannot be told from these columns: no better than by the base rate, as far as can be seen."
        )
    if exposure is not None:
        notes.append(
            "Predictions are rates. Brier and log loss take each row's exposure as given, as if it were known before."
        )
    return Fit(
        chosen, best.n, best.events, best.auc, best.pr_auc, best.brier, best.lift, best.base_rate,
        calibration(told[chosen]), best.log_loss, slope, shift, _drift(run, known, split), baseline,
        candidates, _parted(split, known), what_matters(run.models, known.table, [own.test for own in split.rounds]),
        left_out, suspected, exposure is not None, notes,
    )  # fmt: skip


def _baseline(known: Known, split: Split) -> Baseline:
    parts = []
    for own in split.rounds:
        before = known.take(np.concatenate([own.train, own.calibrate]))
        size = before.table.rows if before.exposure is None else before.exposure.sum()
        exposure = None if known.exposure is None else known.exposure[own.test]
        parts.append(Told(np.full(len(own.test), before.outcome.sum() / size), known.outcome[own.test], exposure))
    squares = np.concatenate([(part.probabilities - part.outcome) ** 2 for part in parts])
    return Baseline(float(squares.mean()), float(np.concatenate([part.losses for part in parts]).mean()))


def _drift(run: _Run, known: Known, split: Split) -> float | None:
    if split.kind == "folds":
        return None
    before = [model.score(known.table.take(own.train)) for model, own in zip(run.models, split.rounds, strict=True)]
    return population_stability(np.concatenate(before), np.concatenate(run.scores))


def _parted(split: Split, known: Known) -> Parted:
    tested = len(_rows_of(split.rounds, "test"))
    between = len(np.unique(_rows_of(split.rounds, "calibrate")))
    train = known.table.rows - between - (0 if split.kind == "folds" else tested)
    return Parted(
        split.kind, train, between, tested, len(split.rounds), split.train_until,
        split.calibrate_until if between else None,
    )  # fmt: skip
