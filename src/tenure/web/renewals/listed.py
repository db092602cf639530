"""What the list of renewals shows, and what can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.core.period import Grain, Period, add_months, instant, parse_bound, period_at
from tenure.web.kit import formats, scores
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.people import names
from tenure.web.renewals import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.core.config import Settings
    from tenure.engine import Sight
    from tenure.web.kit.shell import Text

#: The columns in order: the engine's name, the heading, whether it is a number or a time.
COLUMNS: tuple[tuple[str, Text, bool], ...] = (
    ("name", gettext_lazy("Account"), False),
    ("due", gettext_lazy("Due"), True),
    ("value", gettext_lazy("ARR up"), True),
    ("notice_by", gettext_lazy("Notice by"), True),
    ("health", gettext_lazy("Health"), True),
    ("renewal_probability", gettext_lazy("Model"), True),
    ("called", gettext_lazy("Judged"), True),
    ("state", gettext_lazy("State"), False),
    ("last_touch", gettext_lazy("Last contact"), True),
)
NAMES = tuple(name for name, _label, _numeric in COLUMNS)
#: Left out where there is little room.
WIDE = ("notice_by", "last_touch")
FILTERS = ("category", "owner", "team", "segment", "tier", "region")
#: What can still be judged, and the word for all.
UNDECIDED, ALL = ["open", "late"], "all"
EXPORTED = (
    "renewal_id", "account_id", "name", "owner", "owner_name", "team", "segment", "due", "term_end", "notice_by", "auto_renew",
    "value", "state", "told", "decided_at", "renewed_value", "category", "called", "judged_at", "judged_by",
    "renewal_probability", "renewal_probability_low", "renewal_probability_high", "expected", "health", "health_band",
    "last_touch", "opportunity_id", "opportunity_stage", "note",
)  # fmt: skip
_UNTOLD = "none"


@dataclass(frozen=True)
class Window:
    """The days looked at: ``start`` to ``end``, exclusive. ``name``: as one says it; ``given``: as the address has it."""

    start: date
    end: date
    name: str
    given: dict[str, str]

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - timedelta(days=1)


def window_of(given: Mapping[str, str], settings: Settings, today: date) -> Window:
    """The window that an address asks for: ``window`` (a period such as ``2026-Q4``), or ``from`` and ``to``; else the fiscal
    quarter that runs. What makes no sense is that, too.
    """
    first = settings.fiscal_year_start
    begin, end = given.get("from", ""), given.get("to", "")
    try:
        if (begin or end) and not given.get("window"):
            start, last = parse_bound(begin or end, "from", first), parse_bound(end or begin, "to", first)
            if last >= start and (last - start).days <= 1_000:
                kept = {name: given[name] for name in ("from", "to") if given.get(name)}
                name = formats.day(start) if start == last else f"{formats.day(start)} – {formats.day(last)}"
                return Window(start, last + timedelta(days=1), name, kept)
        if given.get("window"):
            begins, ends = (parse_bound(given["window"], side, first) for side in ("from", "to"))
            return Window(begins, ends + timedelta(days=1), given["window"], {"window": given["window"]})
    except UsageError:
        pass
    quarter = period_at(Grain.QUARTER, today, first)
    return Window(quarter.start, quarter.end, quarter.label, {})


def windows(chosen: Window, settings: Settings, today: date) -> Choice:
    """The quarters around today, and this year: what can be looked at in one click."""
    here = period_at(Grain.QUARTER, today, settings.fiscal_year_start)

    def quarter(away: int) -> Period:
        return period_at(Grain.QUARTER, add_months(here.start, 3 * away), settings.fiscal_year_start)

    year = period_at(Grain.YEAR, today, settings.fiscal_year_start)
    told = {-1: _("last quarter"), 0: _("this quarter"), 1: _("next quarter"), 2: ""}
    found = [
        (quarter(away).label, ", ".join(filter(None, (formats.quarter(quarter(away).label), word))))
        for away, word in told.items()
    ]
    found.append((year.label, _("%(year)s, the whole year") % {"year": year.label}))
    label = chosen.given.get("window", here.label)
    if "from" in chosen.given or "to" in chosen.given:
        found.insert(0, ("", chosen.name))
        label = ""
    return Choice("window", _("Due in"), tuple(Option(value, name, value == label) for value, name in found))


def where_of(given: Mapping[str, str]) -> list[tuple[str, str, Any]]:
    """The conditions that an address holds, besides the window and the state."""
    where: list[tuple[str, str, Any]] = []
    for name in FILTERS:
        value = given.get(name, "")
        if value == _UNTOLD and name == "category":
            where += [("category", "empty", True), ("state", "one_of", UNDECIDED)]
        elif value:
            where.append((name, "equals", value))
    return where


def state_of(given: Mapping[str, str]) -> list[tuple[str, str, Any]]:
    """The condition on the state: without a word what is not decided."""
    value = given.get("state", "")
    if value == ALL:
        return []
    return [("state", "equals", value)] if value in words.STATES else [("state", "one_of", UNDECIDED)]


def within(window: Window, zone: str) -> list[tuple[str, str, Any]]:
    """The conditions of a window."""
    opens = instant(window.start, zone).replace(tzinfo=UTC) - timedelta(microseconds=1)
    return [("due", "greater", opens), ("due", "less", window.end)]


def filters(sight: Sight, given: Mapping[str, str], groups: Mapping[str, list[str]]) -> tuple[Choice, ...]:
    """The fields by which the list is narrowed; ``groups``: by dimension the values that customers have."""
    people = names.of(sight)
    states: list[tuple[str, Text]] = [(ALL, _("all")), *words.STATES.items()]
    judged = [*words.CATEGORIES.items(), (_UNTOLD, _("not judged"))]
    owners = sorted(((name, people.get(name, name)) for name in groups.get("owner", ())), key=lambda pair: pair[1])
    wanted: list[tuple[str, Text, list[tuple[str, Text]]]] = [
        ("state", _("State"), states), ("category", _("Judged"), list(judged)), ("owner", _("Owner"), list(owners)),
    ]  # fmt: skip
    wanted += [
        (name, words.GROUPS[name], [(each, each) for each in groups.get(name, ())])
        for name in ("team", "segment", "tier", "region")
    ]
    return tuple(
        Choice(
            name, label,
            (Option("", _("not decided") if name == "state" else _("any"), not given.get(name)),
             *(Option(value, word, given.get(name) == value) for value, word in values)),
        )
        for name, label, values in wanted
        if len(values) > 1
    )  # fmt: skip


@dataclass(frozen=True)
class Renewal:
    """A row of the list. ``away``: the due day from now; ``chance`` with its ``range``; ``called`` what is judged to come.
    ``undecided``: it can be judged; ``tellable``: how it ended can be told here.
    """

    id: str
    account_id: str
    name: str
    owner: str
    due: str
    away: str
    near: bool
    value: str
    notice: str
    notice_near: bool
    health: str
    health_tone: str
    health_band: Text
    chance: str
    range: str
    low: bool
    judged: words.Pill
    called: str
    state: words.Pill
    became: str
    touched: str
    undecided: bool
    tellable: bool
    postponed: bool
    mark: str


#: Fewer than so many in a hundred are worth a colour.
_POOR = Decimal("0.8")


def renewal(row: dict[str, Any], currency: str, now: datetime) -> Renewal:
    """A row of the list of renewals as it is shown."""
    undecided = row["state"] in ("open", "late")
    notice: datetime | None = row["notice_by"]
    band, chance = row["health_band"] or "", row["renewal_probability"]
    low, high = row["renewal_probability_low"], row["renewal_probability_high"]
    return Renewal(
        id=row["renewal_id"],
        account_id=row["account_id"],
        name=row["name"] or row["account_id"],
        owner=row["owner_name"] or row["owner"] or formats.UNKNOWN,
        due=formats.day(row["due"]),
        away=formats.since(row["due"], now),
        near=undecided and (row["due"] - now).days < 30,
        value=formats.money_short(row["value"], currency),
        notice=formats.day(notice) if notice and undecided else "",
        notice_near=notice is not None and undecided and timedelta() <= notice - now < timedelta(days=14),
        health=formats.number(row["health"], 0),
        health_tone=scores.TONES.get(band, ""),
        health_band=scores.HEALTH.get(band, ""),
        chance="" if chance is None else likely(chance),
        range="" if low is None or high is None else f"{scores.probability(low)} – {likely(high)}",
        low=chance is not None and chance < _POOR,
        judged=words.pill(words.CATEGORIES, row["category"]),
        called="" if row["called"] is None else formats.money_short(row["called"], currency),
        state=words.pill(words.STATES, row["state"]),
        became="" if row["state"] != "renewed" else formats.money_short(row["renewed_value"], currency),
        touched=formats.since(row["last_touch"], now),
        undecided=undecided,
        tellable=not row["is_own"],
        postponed=row["told"] == "postponed",
        mark=mark_of(row["renewal_id"]),
    )


def likely(chance: Decimal) -> str:
    """A probability: never 100 %, as long as it is one."""
    return f"> {formats.percent(Decimal('0.99'), 0)}" if chance > Decimal("0.995") else scores.probability(chance)


def mark_of(renewal_id: str) -> str:
    """What a renewal's row is called in the page: letters and digits only."""
    return "r-" + "".join(sign if sign.isalnum() else "-" for sign in renewal_id)
