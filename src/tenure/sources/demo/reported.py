"""``target``, ``reported_figure``: what figures are meant to be, and what the tool used until now said they were."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import civil, money, texts, word
from tenure.sources.demo.days import NEVER, WARM_UP, Calendar, Ints
from tenure.sources.demo.past import Past
from tenure.sources.demo.pulse import OTHER_TOOL
from tenure.sources.demo.words import IN_EUROS, REGIONS, SEGMENTS

_YEARLY = (  # metric, slice, the first year's target, and how much more is wanted each year; NPS in points
    ("net_revenue_retention", "", "1.04", "0.01"),
    ("gross_revenue_retention", "", "0.90", "0.005"),
    ("customer_churn_rate", "", "0.030", "-0.001"),
    ("net_promoter_score", "", "38", "2"),
    ("customer_satisfaction", "", "0.84", "0.01"),
    *((("net_revenue_retention", f"segment={name}", value, "0.01")) for name, value in zip(SEGMENTS, ("0.97", "1.04", "1.08"), strict=True)),
    *((("gross_revenue_retention", f"team={name}", "0.90", "0.005")) for name in REGIONS),
)  # fmt: skip
_MONTHLY = (  # what the board looks at every month, over longer windows
    ("net_revenue_retention", "", "1.04", "0.01"),
    ("gross_revenue_retention", "", "0.90", "0.005"),
    ("customer_churn_rate", "window=12m", "0.14", "-0.005"),
    ("net_promoter_score", "window=3m", "38", "2"),
)
_OVER = 1.008  # the other tool counts trials and test accounts, and rates of today


def target_table(calendar: Calendar) -> pa.Table:
    """The canonical ``target`` rows: by quarter and, some, by month, to the end of the running one."""
    months = calendar.first + np.arange(WARM_UP, calendar.steps)
    rows = []
    for wanted, length in ((_YEARLY, 3), (_MONTHLY, 1)):
        starts = np.unique(months // length) * length
        for metric, part, first, rise in wanted:
            for start in map(int, starts):
                value = float(first) + float(rise) * (start // 12 - int(starts[0]) // 12)
                rows.append((metric, part or None, start, start + length, round(value * 10_000)))
    metrics, parts, begins, ends, values = zip(*rows, strict=True)
    return pa.table(
        {
            "metric": texts(metrics),
            "slice": texts(parts),
            "period_start": civil(_first_days(np.array(begins))),
            "period_end": civil(_first_days(np.array(ends))),
            "value": money(np.array(values), 4),
        }
    )


def reported_figure_table(past: Past, codes: list[str]) -> pa.Table:
    """The canonical ``reported_figure`` rows: MRR by segment and lost customers, month by month, a little off.

    ``codes``: the currencies that ``past.currency`` takes its words from, the reporting one first.
    """
    rng, calendar = past.draws("reported figures"), past.calendar
    accounts = np.arange(len(past.traits))
    used = past.currency.to_pylist()
    rate = np.array(
        [IN_EUROS.get(code, 1.0) / IN_EUROS.get(codes[0], 1.0) if code != codes[0] else 1.0 for code in used]
    )
    rows: list[tuple[str, str | None, int, int]] = []
    for step in range(WARM_UP, calendar.steps - 1):
        month, closes = calendar.first + step, int(calendar.starts[step + 1])
        paid = past.lines.paid(accounts, np.full(len(accounts), closes - 1)) * rate * _OVER
        before = past.lines.paid(accounts, np.full(len(accounts), int(calendar.starts[step]) - 1))
        paid = paid * (1 + rng.normal(0, 0.001, len(accounts)))
        rows.append(("mrr", None, month, round(float(paid.sum()))))
        for code, name in enumerate(SEGMENTS):
            rows.append(("mrr", f"segment={name}", month, round(float(paid[past.traits.segment == code].sum()))))
        lost = ((before > 0) & (paid == 0)).sum() / max(1, (before > 0).sum())
        rows.append(("customer_churn_rate", None, month, round(float(lost) * 10_000)))
    metrics, parts, months, values = zip(*rows, strict=True)
    return pa.table(
        {
            "tool": word(np.zeros(len(rows), dtype=np.int64), (OTHER_TOOL,)),
            "metric": texts(metrics),
            "period_start": civil(_first_days(np.array(months))),
            "period_end": civil(_first_days(np.array(months) + 1)),
            "slice": texts(parts),
            "value": money(np.array(values), 4),
        }
    )


def _first_days(month: Ints) -> Ints:
    days: Ints = month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.minimum(days, NEVER)
