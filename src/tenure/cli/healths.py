"""Health scores as a person reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.disagreed import reading
from tenure.cli.output import paragraph
from tenure.cli.reviewed import decision
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from tenure.engine.verbs.health import AccountHealth, Change, Component, HealthFound

_BAR = 20
#: So many days after the newest row behind a component it is said that there is nothing newer.
_OLD = 7


def everyone(found: HealthFound, most: int, style: Style) -> list[str]:
    """All customers by band, and those with the lowest scores."""
    scored = [account for account in found.accounts if account.score is not None]
    lines = [style.bold(f"Health of {numbers.counted(len(found.accounts), 'customer')} on {found.day}"), ""]
    if not found.accounts:
        return [lines[0]]
    for band in ("poor", "fair", "good"):
        inside = [account for account in scored if account.band == band]
        worth = sum((account.mrr or Decimal(0) for account in inside), Decimal(0))
        share = len(inside) / len(scored) if scored else 0
        lines.append(
            f"{band:8}{len(inside):>6}  {'█' * round(share * _BAR):{_BAR}}"
            f"  {numbers.plain(worth, 0):>12} {found.currency} a month"
        )
    if len(scored) < len(found.accounts):
        lines.append(f"{'no score':8}{len(found.accounts) - len(scored):>6}")
    shown = found.accounts[:most] if most else found.accounts
    lines += ["", *_table(found, shown).lines(style)]
    if len(shown) < len(found.accounts):
        lines += ["", style.grey(f"{len(found.accounts) - len(shown)} more: --rows 0 shows all.")]
    lines += _sources(found, style)
    return [*lines, "", style.grey(f"{clean(found.definition)} Model {found.version}: tenure health --model")]


def _table(found: HealthFound, accounts: tuple[AccountHealth, ...]) -> Table:
    table = Table(
        [
            Column("account"), Column("name", flexible=True, rank=1), Column("owner", flexible=True, rank=2),
            Column(f"MRR {found.currency}", right=True), Column("health", right=True), Column("band"),
            Column(f"since {found.since}", right=True, rank=3), Column("coverage", right=True, rank=4),
            Column("costs it most", rank=1),
        ]
    )  # fmt: skip
    for number, account in enumerate(accounts):
        if account.score is None:
            table.grey.add(number)
        table.rows.append(
            [
                account.account_id, clean(account.name or ""), clean(account.owner_name or account.owner or ""),
                numbers.NOTHING if account.mrr is None else numbers.plain(account.mrr, 0), _score(account.score),
                account.band or "", _moved(account), f"{account.coverage * 100:.0f} %",
                account.reason or _words(account.worst or ""),
            ]
        )  # fmt: skip
    return table


def one(found: HealthFound, style: Style) -> list[str]:
    """One customer: what its score is made of, and why it changed."""
    (account,) = found.accounts
    about = [clean(account.name or account.account_id), account.segment or "", clean(account.owner_name or "")]
    if account.renewal_due:
        about.append(f"renewal {account.renewal_due}")
    head = f"Health of {account.account_id} on {found.day}: {_score(account.score, 2)}"
    head += f", {account.band}" if account.band else f" ({account.reason})"
    lines = [style.bold(head), style.grey(" · ".join(each for each in about if each)), ""]
    table = Table(
        [
            Column("component"), Column("of", rank=2), Column("value", right=True), Column("n", right=True, rank=3),
            Column("points", right=True), Column("weighs", right=True), Column("adds", right=True), Column("", rank=4),
        ]
    )  # fmt: skip
    for number, part in enumerate(account.components):
        if part.points is None:
            table.grey.add(number)
        table.rows.append(_part(part))
    lines += table.lines(style)
    total = sum((part.adds for part in account.components), Decimal(0))
    lines += [f"Together {numbers.plain(total, 2)}, with {account.coverage * 100:.0f} % of the weight known."]
    if any(part.by_csm for part in account.components):
        lines.append(style.grey("* CSMs write it themselves."))
    lines += _sources(found, style)
    lines += ["", *_why(found, account, style)]
    if account.disagreements:
        lines += ["", style.bold("What does not go together"), ""]
        lines += [f"{one.kind:32}{reading(one.good)}, {reading(one.bad)}" for one in account.disagreements]
    if account.decisions:
        lines += ["", style.bold("What was decided"), "", *map(decision, account.decisions)]
    return lines


def _sources(found: HealthFound, style: Style) -> list[str]:
    """What components stand on, where that is silent, or old."""
    lines = [f"{_words(one.name)}: unknown of everybody, {clean(one.silent)}." for one in found.sources if one.silent]
    lines += [
        f"{_words(one.name)}: nothing newer than {one.age} days."
        for one in found.sources
        if not one.silent and one.age is not None and one.age >= _OLD
    ]
    return ["", *(line for text in lines for line in map(style.grey, paragraph(text, style)))] if lines else []


def _part(part: Component) -> list[str]:
    known = part.points is not None
    bar = "█" * round(float(part.points or 0) / 100 * _BAR) if known else "unknown"
    value = numbers.NOTHING if part.value is None else f"{part.value.normalize():,f}"[:9]
    aged = value if part.age is None else f"{value} ({f'{part.age} days ago' if part.age else 'today'})"
    return [
        _words(part.name) + ("*" if part.by_csm else ""), part.metric, aged, str(part.things or ""),
        numbers.plain(part.points, 0) if part.points is not None else "", f"{part.weighs * 100:.0f} %" if known else "",
        numbers.plain(part.adds, 2) if known else "", bar,
    ]  # fmt: skip


def _why(found: HealthFound, account: AccountHealth, style: Style) -> list[str]:
    if account.before is None or account.score is None:
        return [f"On {found.since} it had no score."]
    if not account.why:
        return [f"As on {found.since}: {_score(account.before, 2)}."]
    start = account.score - sum((line.change for line in account.why), Decimal(0))
    lines = [style.bold(f"Why it was {numbers.plain(start, 2)} on {found.since}"), ""]
    table = Table(
        [Column("what"), Column("before", right=True), Column("now", right=True), Column("change", right=True)]
    )
    table.rows += [_changed(line) for line in account.why if line.change]
    return lines + table.lines(style)


def _changed(line: Change) -> list[str]:
    if line.before is None and line.after is None:
        ends = ["", ""]
    else:
        ends = ["unknown" if end is None else f"{end.normalize():,f}"[:9] for end in (line.before, line.after)]
    return [_words(line.what), *ends, numbers.plain(line.change, 2, sign=True)]


def _score(score: Decimal | None, places: int = 1) -> str:
    return numbers.NOTHING if score is None else numbers.plain(score, places)


def _moved(account: AccountHealth) -> str:
    if account.score is None or account.before is None:
        return ""
    return numbers.plain(account.score - account.before, 1, sign=True)


def _words(name: str) -> str:
    return clean(name.replace("_", " "))
