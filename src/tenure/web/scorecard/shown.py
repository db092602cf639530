"""A scorecard's parts as a page, a file or a sheet of paper shows them: texts, tones and the ways to the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.period import add_months, local_day
from tenure.web.kit import aims, figure, formats
from tenure.web.kit.reading import local_today
from tenure.web.kit.scores import Tone
from tenure.web.scorecard import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tenure.engine.result import Figure
    from tenure.engine.scorecards.aims import Aim, Blend, Part
    from tenure.engine.scorecards.book import Book, Handed
    from tenure.engine.scorecards.hints import Hint
    from tenure.engine.scorecards.lines import Expected, Line, Lines
    from tenure.engine.scorecards.moved import Moved, Movers
    from tenure.engine.verbs.scorecard import Scorecard
    from tenure.web.scorecard.chosen import Chosen


@dataclass(frozen=True)
class Cell:
    """What stands in a place of a table: ``text`` with ``more`` in small letters below; ``link``: where it leads to."""

    text: str = ""
    more: str = ""
    link: str = ""
    tone: Tone = ""


@dataclass(frozen=True)
class Row:
    """A line. ``about``: the definition in a sentence; ``few``: too little to say anything."""

    name: str
    link: str
    about: str
    few: bool
    value: Cell
    n: str
    targets: tuple[Cell, ...]
    change: Cell
    expected: Cell
    team: Cell
    told: str


@dataclass(frozen=True)
class Table:
    """A group of lines. ``notes``: what is to be known of all of them. ``targets``, ``expected``, ``team``: whether any line has that."""

    slug: str
    name: str
    beside: bool
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    targets: bool
    expected: bool
    team: bool


def table(of: Chosen, card: Scorecard, group: Lines) -> Table:
    """A group of lines."""
    rows = tuple(_row(of, card, line) for line in group.lines)
    return Table(
        group.slug, group.name, group.beside, rows, tuple(_notes(of, card, group)), any(one.targets for one in rows),
        any(one.expected.text for one in rows), any(one.team.text for one in rows),
    )  # fmt: skip


def _notes(of: Chosen, card: Scorecard, group: Lines) -> list[str]:
    found = []
    if group.beside:
        found.append(_("For information: a score is no result of a person, and nothing is concluded from it here."))
    if any("owner_months" in line.variant for line in group.lines):
        found.append(
            _(
                "Retention counts the account-months of this owner, by who owned the account when each month began, compounded; n are the accounts at the beginning."
            )
        )
    found += _of_expected(of, card, group)
    is_first = card.headlines[0].slug == group.slug  # it is so of all groups, and is said once
    if is_first and group.lines and (apart := words.APART.get(group.lines[0].apart)):
        found.append(str(apart))
    return found


def _of_expected(of: Chosen, card: Scorecard, group: Lines) -> Iterator[str]:
    """What is to be known of the expectations, or why there are none."""
    told = next((line.expected for line in group.lines if line.expected), None)
    if told is not None:
        yield _(
            "Expected: what comes of such accounts in the whole company, from what was known when they were handed over."
        )
        if told.as_of is not None and not _is_latest(card):
            text = _("It is learnt from the months of this window alone, as they were known on %(day)s.")
            yield text % {"day": formats.day(local_day(told.as_of.replace(tzinfo=None), of.answers.settings.timezone))}
    elif not group.beside and {line.metric for line in group.lines}.intersection(of.answers.sight.comparable()):
        yield _(
            "What was to be expected is told of windows that are over. It is worked out at night for all that can be chosen here."
        )


def _is_latest(card: Scorecard) -> bool:
    """Whether it is of the last twelve months that are over."""
    return card.end == local_today().replace(day=1) and add_months(card.start, 12) == card.end


def _row(of: Chosen, card: Scorecard, line: Line) -> Row:
    entry = of.answers.sight.metrics()[line.metric]
    link = figure.page_of(line.metric)
    targets = tuple(_target(aim, card.currency) for aim in line.aims)
    each = line.figure
    if each is None:
        return Row(
            words.measure(line), link, figure.summary(entry), True, Cell("–"), "", targets, Cell(), Cell(), Cell(),
            line.told,
        )  # fmt: skip
    currency = card.currency
    few = _("too few to say") if line.few and each.status in ("ok", "small") else ""
    notes = " · ".join(
        filter(
            None,
            (figure.interval(each, currency), figure.note(each) if each.status in ("held", "suppressed") else "", few),
        )
    )
    rows = of.address("scorecard_rows", line.key) if each.value is not None else ""
    return Row(
        words.measure(line), link, figure.summary(entry), line.few,
        Cell(figure.told(each.value, each.unit, currency, short=True), notes, rows), formats.number(each.n) if each.value is not None else "",
        targets, _change(line, each, currency), _expected(line.expected, currency), _team(line.team, currency), line.told,
    )  # fmt: skip


def _target(aim: Aim, currency: str) -> Cell:
    goal = figure.told(aim.goal, aim.unit, currency, short=True)
    came = figure.told(aim.value, aim.unit, currency, short=True)
    status = aims.pill(aim.status)
    more = (
        status.word if aim.value is None else _("%(status)s, came to %(came)s") % {"status": status.word, "came": came}
    )
    return Cell(goal, str(more), reverse("objective_page", args=[aim.id]), status.tone)


def _change(line: Line, each: Figure, currency: str) -> Cell:
    moved, different = figure.change(each, currency), each.extra.get("different")
    if not moved:
        return Cell()
    if line.few or different is None:
        return Cell(moved, _("not known whether by chance"))
    if not different:
        return Cell(moved, _("cannot be told from chance"))
    good = (each.extra["change"] > 0) == (line.better == "more")
    tone: Tone = "" if not line.better else "good" if good else "bad"
    return Cell(moved, _("more than chance"), tone=tone)


def _expected(one: Expected | None, currency: str) -> Cell:
    if one is None:
        return Cell()
    amount = (
        partial(formats.money_short, currency=currency) if one.unit == "money" else partial(formats.number, decimals=1)
    )
    text = _("%(observed)s of %(expected)s") % {"observed": amount(one.observed), "expected": amount(one.expected)}
    likely = _("truly better: %(share)s") % {"share": words.share(one.better)}
    more = " · ".join((one.what, words.remark(one), *(() if one.few else (likely,))))
    tone: Tone = ""
    if not one.few:
        tone = "good" if one.remark.startswith("better") else "bad" if one.remark.startswith("worse") else ""
    return Cell(text, more, tone=tone)


def _team(each: Figure | None, currency: str) -> Cell:
    return (
        Cell()
        if each is None
        else Cell(figure.told(each.value, each.unit, currency, short=True), figure.interval(each, currency))
    )


# Accounts


@dataclass(frozen=True)
class Mover:
    """An account that changed hands, or moved a result."""

    name: str
    link: str
    day: str
    other: str
    then: str
    soon: str
    now: str
    became: str
    tone: Tone


@dataclass(frozen=True)
class Hands:
    """Accounts that came and went. ``sums``: what became of those taken over, in words."""

    came: tuple[Mover, ...]
    new: tuple[Mover, ...]
    went: tuple[Mover, ...]
    sums: str
    days: int
    hidden: bool


@dataclass(frozen=True)
class Moves:
    """The accounts that moved results most."""

    revenue: tuple[Mover, ...]
    more_revenue: str
    health: tuple[Mover, ...]
    more_health: str


def hands(book: Book, currency: str, people: Mapping[str, str]) -> Hands:
    """Who came and who went."""
    told = partial(_handed, currency=currency, people=people)
    amount = partial(formats.money_short, currency=currency)
    text = _(
        "Of those taken over, as far as they are in sight, MRR was %(then)s at the hand-over, %(soon)s after %(days)s days (or at the"
        " close) and %(now)s at the close. Lost in these days: %(lost)s, later: %(later)s."
    )
    sums = text % {
        "then": amount(book.then), "soon": amount(book.soon), "now": amount(book.now), "days": book.days,
        "lost": formats.number(book.lost_soon), "later": formats.number(book.lost_later),
    }  # fmt: skip
    every = (*book.came, *book.new, *book.went)
    return Hands(
        tuple(map(told, book.came)), tuple(map(told, book.new)), tuple(map(told, book.went)), sums if book.came else "", book.days,
        any(one.account is None for one in every),
    )  # fmt: skip


def _handed(one: Handed, currency: str, people: Mapping[str, str]) -> Mover:
    amount = partial(formats.money_short, currency=currency)
    name, link = _account(one.account, one.name)
    tone: Tone = words.TONES.get(one.became, "")
    return Mover(
        name, link, formats.day(one.day), people.get(one.other, one.other), amount(one.then),
        amount(one.soon) if one.account else "", amount(one.now) if one.account else "", str(words.BECAME[one.became]) if one.account else "",
        tone,
    )  # fmt: skip


def moves(found: Movers, currency: str) -> Moves:
    """What moved most."""
    return Moves(
        tuple(_moved(one, figure.moved(one.by, "money", currency)) for one in found.revenue), _more(found.more_revenue),
        tuple(_moved(one, figure.moved(one.by, "points", currency)) for one in found.health), _more(found.more_health),
    )  # fmt: skip


def _moved(one: Moved, by: str) -> Mover:
    name, link = _account(one.account, one.name)
    kinds = ", ".join(str(words.KINDS[kind]) for kind in one.kinds)
    return Mover(name, link, "", kinds, by, "", "", "", "good" if one.by > 0 else "bad")


def _more(count: int) -> str:
    return (
        ngettext("%(count)s more moved less.", "%(count)s more moved less.", count) % {"count": formats.number(count)}
        if count
        else ""
    )


def _account(account: str | None, name: str) -> tuple[str, str]:
    if account is None:
        return _("an account out of your sight"), ""
    return name, reverse("account_page", args=[account])


# What it comes to


@dataclass(frozen=True)
class BlendPart:
    """What of a target was attained."""

    name: str
    link: str
    attained: str
    counted: str
    weight: str
    status: str
    tone: Tone


@dataclass(frozen=True)
class Blended:
    """The blend with its parts. ``value``: empty where one side has nothing; ``nothing``: there is no target at all."""

    value: str
    own: str
    team: str
    own_share: str
    team_share: str
    own_parts: tuple[BlendPart, ...]
    team_parts: tuple[BlendPart, ...]
    version: str
    nothing: bool
    over: bool


def blended(one: Blend, *, over: bool) -> Blended:
    """The blend."""
    percent = partial(formats.percent, decimals=0)
    own, team = one.shares
    return Blended(
        percent(one.value) if one.value is not None else "", percent(one.individual), percent(one.team), percent(own), percent(team),
        tuple(map(_part, one.own)), tuple(map(_part, one.of_team)), one.version[:6], not (one.own or one.of_team), over,
    )  # fmt: skip


def _part(one: Part) -> BlendPart:
    status = aims.pill(one.aim.status)
    return BlendPart(
        one.aim.name, reverse("objective_page", args=[one.aim.id]), formats.percent(one.aim.attained, 0),
        formats.percent(one.counted, 0), formats.number(one.weight), str(status.word), status.tone,
    )  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What can be told, what to look at next, and the evidence. ``good``: it is nothing to mend."""

    text: str
    then: str
    evidence: str
    link: str
    good: bool


def said(of: Chosen, one: Hint, currency: str) -> Said:
    """A hint in words, with the figure that it stands on."""
    from tenure.engine.scorecards.hints import GOOD

    text, then = words.hint(one)
    if one.aim is not None:
        cell = _target(one.aim, currency)
        return Said(text, then, f"{cell.text}: {cell.more}", cell.link, one.kind in GOOD)
    each = one.weak.figure if one.weak else one.line.figure
    evidence = ""
    if one.line.expected is not None and one.kind.endswith("than_expected"):
        evidence = _expected(one.line.expected, currency).text
    elif each is not None:
        evidence = f"{figure.told(each.value, each.unit, currency)} ({figure.interval(each, currency)}), n {formats.number(each.n)}"
    return Said(text, then, evidence, of.address("scorecard_rows", one.line.key), one.kind in GOOD)


def days(card: Scorecard) -> tuple[str, str]:
    """The window, and the one that it is compared with."""
    last, before = card.end - timedelta(days=1), card.start - timedelta(days=1)
    told = (formats.day(card.start), formats.day(last)), (formats.day(card.before_start), formats.day(before))
    return " – ".join(told[0]), " – ".join(told[1])
