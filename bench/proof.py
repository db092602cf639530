"""Proof by simulation: what the scores say of companies whose truth is known.

    .venv/bin/python -m bench.proof [COMPANIES] [--risk COMPANIES]

Companies are made up at the level of what the estimators are given (account-months and what was known of them; customers at
the beginnings of months, and when they left), and judged by the same functions as ``tenure team compare`` and ``tenure risk
backtest`` use.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from tenure.core.errors import DataError
from tests.scores.proof import WIDEST, Owners, Risks, owners, risks, slope, together

BANDS = 5
UNRECORDED = 0.3


def main() -> None:
    """Measure, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("companies", nargs="?", type=int, default=500)
    options.add_argument("--risk", type=int, default=120, help="companies for churn risk")
    given = options.parse_args()
    began = time.monotonic()
    with ProcessPoolExecutor(os.cpu_count(), initializer=threadpool_limits, initargs=(1,)) as pool:
        many = range(given.companies)

        def of(work: Callable[[int], Owners]) -> Owners:
            return together(pool.map(work, many, chunksize=5))

        effects(of(owners))
        equal(of(partial(owners, spread=0.0)), "where all CSMs are equal")
        equal(
            of(partial(owners, spread=0.0, unrecorded=UNRECORDED)),
            f"where all are equal, but their accounts differ by {UNRECORDED} (log-odds) in what nobody recorded",
        )
        print(f"  {given.companies} companies, three times: {time.monotonic() - began:.0f} s", flush=True)
        began = time.monotonic()
        churn([one for one in pool.map(told, range(given.risk)) if one])
        print(f"  churn risk: {time.monotonic() - began:.0f} s")


def effects(found: Owners) -> None:
    """How often true ratios lie in their intervals."""
    print(
        f"= effects of CSMs: of {len(found.covered):,} {share(found.covered)} lie in their 95 % interval (wanted: 93-97 %)"
    )
    for low in np.arange(BANDS) * WIDEST / BANDS:
        rows = (found.spread >= low) & (found.spread < low + WIDEST / BANDS)
        print(
            f"  where effects spread by {low:.1f} to {low + WIDEST / BANDS:.1f} (log-odds): {share(found.covered[rows])}"
        )


def equal(found: Owners, where: str) -> None:
    """How often somebody is said to differ where nobody does."""
    print(
        f"= {where}: of {len(found.outside):,} {share(found.outside != '')} lie beyond 95 % limits (wanted: at most 5 %),"
        f" {share(found.outside == '99.8')} beyond 99.8 %; {found.apart / found.pairs:.2%} of pairs are told apart",
        flush=True,
    )


def told(seed: int) -> Risks | None:
    """One company's; None where too few left to be asked."""
    try:
        return risks(seed)
    except DataError:
        return None


def churn(found: Sequence[Risks]) -> None:
    """How well churn risk tells, beside the best possible."""
    auc, best = (np.mean([getattr(each, name) for each in found]) for name in ("auc", "best"))
    left = [each.left for each in found]
    print(
        f"= churn risk in {len(found)} companies, {sum(len(each) for each in left):,} customers at origins: AUC {auc:.3f}, with the"
        f" true probabilities {best:.3f}; calibration slope {slope((each.told for each in found), left):.2f} (wanted:"
        f" 0.9-1.1), of the true probabilities {slope((each.true for each in found), left):.2f}"
    )


def share(which: np.ndarray) -> str:
    return f"{which.mean():.1%}"


if __name__ == "__main__":
    main()
