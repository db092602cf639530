"""The figures of a period that is or will be closed, and what became of them since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tenure.core.errors import DataError
from tenure.core.titles import titled
from tenure.web.kit import figure, formats, restating

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tenure.core.period import Period
    from tenure.engine.restated import Restatement
    from tenure.engine.result import Figure
    from tenure.web.kit.asking import Answers

#: The figures that a period is known by.
HEADLINES = (
    "arr", "net_revenue_retention", "gross_revenue_retention", "customer_churn_rate", "net_promoter_score",
)  # fmt: skip
EXPORTED = (
    "metric", "variant", "period_start", "period_end", "window", "slice", "value", "unit", "low", "high", "n", "status", "notes",
)  # fmt: skip
LINES = (
    "metric", "period_start", "period_end", "window", "line", "amount", "unit", "rows", "accounts", "closed_at", "notes",
)  # fmt: skip


@dataclass(frozen=True)
class Headline:
    """A figure: what it is called and where it stands, its values as texts; ``interval`` and ``more``: what else is to be known
    before it is believed.
    """

    title: str
    link: str
    value: str
    interval: str
    more: str
    rows: str
    other: str = ""
    change: str = ""


@dataclass(frozen=True)
class Line:
    """A reported figure, or (``depth`` 1) what changed it. ``link``: of its name; ``rows``: behind it; ``account``: the page of who moved
    it.
    """

    name: str
    depth: int
    reported: str
    now: str
    change: str
    accounts: str
    link: str = ""
    rows: str = ""
    account: str = ""
    more: str = ""


@dataclass(frozen=True)
class Restated:
    """What became of a period's headlines. ``changed``: of how many; ``notes``: what is to be known of all of them; ``wrong``: why
    nothing can be told.
    """

    lines: tuple[Line, ...]
    changed: int
    notes: tuple[str, ...]
    wrong: str = ""


def ahead(answers: Answers, period: Period) -> tuple[Headline, ...]:
    """The headlines as a close would freeze them now, beside the period before."""
    currency, found = answers.settings.currency, []
    for slug in HEADLINES:
        for one in answers.ask(slug, start=period.label, end=period.label, grain=period.grain.value):
            before, change = one.extra.get("before"), one.extra.get("change")
            then = "" if before is None else figure.told(before, one.unit, currency)
            by = "" if change is None else moved(Decimal(change), one.unit, currency)
            found.append(_headline(one, period, currency, then, by))
    return tuple(found)


def _headline(one: Figure, period: Period, currency: str, other: str, change: str) -> Headline:
    asked = {"grain": period.grain.value} if period.grain.value != "month" else {}
    return Headline(
        titled(one.metric), figure.page_of(one.metric, asked), figure.told(one.value, one.unit, currency),
        figure.interval(one, currency), figure.note(one) if one.status != "ok" else "", figure.rows_of(one, asked), other,
        change,
    )  # fmt: skip


def frozen(found: Iterable[Figure], period: Period, currency: str) -> tuple[Headline, ...]:
    """The headlines of what was frozen."""
    whole = {one.metric: one for one in found if not one.slice}
    return tuple(_headline(whole[slug], period, currency, "", "") for slug in HEADLINES if slug in whole)


def exported(figures: Iterable[Figure]) -> Iterator[dict[str, Any]]:
    """Frozen figures as rows of a file."""
    for one in figures:
        sliced = "; ".join(f"{name}={'' if value is None else value}" for name, value in one.slice.items())
        yield {**asdict(one), "slice": sliced, "notes": "; ".join(one.notes)}


def restatements(answers: Answers, period: Period) -> list[Restatement]:
    """How the headlines of a closed period became what is known now. Raises ``DataError`` where what was frozen is damaged."""
    found: list[Restatement] = []
    for slug in HEADLINES:
        try:
            found += answers.restatements(slug, start=period.label, end=period.label, grain=period.grain.value)
        except DataError as error:
            if error.code not in ("not_closed", "not_frozen"):
                raise
    return found


def restated(answers: Answers, period: Period) -> Restated:
    """The same as a page tells it."""
    try:
        found = restatements(answers, period)
    except DataError as error:
        return Restated((), 0, (), f"{error.message} {error.fix}".strip())
    shared = set.intersection(*(set(one.notes) for one in found)) if len(found) > 1 else set()
    lines: list[Line] = []
    for one in found:
        own = [text for text in one.notes if text not in shared]
        lines += _lines(one, own, period, answers.settings.currency)
    return Restated(tuple(lines), sum(bool(one.change) for one in found), tuple(sorted(shared)))


def _lines(one: Restatement, own: Sequence[str], period: Period, currency: str) -> Iterator[Line]:
    asked = {
        "window": one.window,
        "at": period.label if period.grain.value == "month" else one.period_start.isoformat(),
    }
    asked |= {"grain": period.grain.value} if period.grain.value != "month" else {}
    page = figure.page_of(one.metric)
    rows = f"{page}?{urlencode(asked)}#rows"

    def told(value: Any) -> str:
        return formats.UNKNOWN if value is None else figure.told(value, one.unit, currency)

    ends = (told(one.reported), told(one.now), moved(one.change, one.unit, currency))
    more = "; ".join(filter(None, (restating.hindered(one), *own)))
    yield Line(titled(one.metric), 0, *ends, "", page, rows, more=more)
    for line in one.lines:
        who = restating.accounts(line)
        yield Line(
            restating.why(line), 1, "", "", moved(line.amount, one.unit, currency), who, "", rows, restating.account_page(line),
        )  # fmt: skip


def moved(value: Decimal | None, unit: str, currency: str) -> str:
    """A difference as who accounts for it wants it: money to the cent, so that lines can be added up."""
    if value is None:
        return formats.UNKNOWN
    if unit != "money":
        return figure.moved(value, unit, currency)
    return ("±" if not value else "+" if value > 0 else "−") + formats.money(abs(value), currency)


def rows_of(found: Iterable[Restatement]) -> Iterator[dict[str, Any]]:
    """Restatements as rows of a file: what was reported, a line for each cause, and what is known now."""
    for one in found:
        told = {
            "metric": one.metric, "period_start": one.period_start, "period_end": one.period_end, "window": one.window,
            "unit": one.unit, "closed_at": one.closed_at, "notes": "; ".join(one.notes),
        }  # fmt: skip
        yield {**told, "line": "reported", "amount": one.reported}
        for line in one.lines:
            who = "; ".join(filter(None, (each.account_id for each in line.accounts)))
            yield {**told, "line": "+".join(line.why), "amount": line.amount, "rows": line.rows, "accounts": who}
        yield {**told, "line": "now", "amount": one.now}
