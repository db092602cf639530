"""Risks of leaving as a person reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from tenure.engine.verbs.risk import AccountRisk, Reason, RiskFound

_MAIN = "90"
_STRONG = Decimal("1.1")


def everyone(found: RiskFound, most: int, style: Style) -> list[str]:
    """The customers of whom most revenue is at risk, and what is at risk of all."""
    lines = [style.bold(f"Churn risk of {numbers.counted(len(found.accounts), 'customer')} on {found.day}"), ""]
    if not found.accounts:
        return lines[:1]
    whole = sum((one.arr or Decimal(0) for one in found.accounts), Decimal(0))
    total = found.at_risk
    if total.value is not None and total.low is not None and total.high is not None:
        lines.append(
            f"Of {numbers.plain(whole, 0)} {found.currency} a year, {numbers.plain(total.value, 0)} are expected to be lost "
            f"within {_MAIN} days ({numbers.plain(total.low, 0)} – {numbers.plain(total.high, 0)})."
        )
    shown = found.accounts[:most] if most else found.accounts
    horizons = list(shown[0].risk) if shown else []
    table = Table(
        [
            Column("account"), Column("name", flexible=True, rank=1), Column("owner", flexible=True, rank=3),
            Column(f"ARR {found.currency}", right=True),
            *(Column(f"{h} days", right=True, rank=0 if h == _MAIN else 4) for h in horizons),
            Column("at risk", right=True), Column("why", flexible=True),
        ]
    )  # fmt: skip
    for one in shown:
        table.rows.append(
            [
                one.account_id, clean(one.name or ""), clean(one.owner_name or one.owner or ""),
                numbers.NOTHING if one.arr is None else numbers.plain(one.arr, 0),
                *(_percent(one.risk[h]) for h in horizons),
                numbers.NOTHING if one.at_risk is None else numbers.plain(one.at_risk, 0), _why(one),
            ]
        )  # fmt: skip
    lines += ["", *table.lines(style)]
    if len(shown) < len(found.accounts):
        lines += ["", style.grey(f"{len(found.accounts) - len(shown)} more: --rows 0 shows all.")]
    return [*lines, "", *_basis(found, style)]


def one(found: RiskFound, style: Style) -> list[str]:
    """One customer, with all that makes its risk."""
    (account,) = found.accounts
    head = f"Churn risk of {account.account_id} on {found.day}: {_percent(account.risk[_MAIN])} within {_MAIN} days"
    about = [clean(account.name or account.account_id), account.segment or "", clean(account.owner_name or "")]
    if account.renewal_due:
        about.append(f"renewal {account.renewal_due}")
    lines = [style.bold(head), style.grey(" · ".join(each for each in about if each)), ""]
    others = [f"{_percent(risk)} within {horizon} days" for horizon, risk in account.risk.items() if horizon != _MAIN]
    if account.by_renewal is not None:
        others.append(f"{_percent(account.by_renewal)} with the next renewal")
    lines += [f"{', '.join(others)}.", ""]
    table = Table([Column("known"), Column("value", right=True), Column("risk", right=True), Column("")])
    table.rows += [
        [_words(each.name), _value(each), f"x {each.factor:.2f}", _arrow(each.factor)] for each in account.reasons
        if each.factor != 1
    ]  # fmt: skip
    lines += table.lines(style)
    lines += ["", f"Times {found.usual:.4f}, the hazard of a customer of whom all is usual."]
    return [*lines, *_basis(found, style)]


def _basis(found: RiskFound, style: Style) -> list[str]:
    auc = "" if found.auc.value is None else f", AUC {found.auc.value:.2f} out of time"
    return [style.grey(f"Learned from {found.learned_from} customers who left{auc}: tenure risk backtest")]


def _why(account: AccountRisk) -> str:
    strong = [each for each in account.reasons if each.factor >= _STRONG][:2]
    return ", ".join(f"{_words(each.name)} {_value(each)}" for each in strong)


def _arrow(factor: Decimal) -> str:
    return "more" if factor >= _STRONG else "less" if factor <= 1 / _STRONG else ""


def _value(reason: Reason) -> str:
    if reason.value is None:
        return "unknown"
    if isinstance(reason.value, str):
        return clean(reason.value)
    return numbers.plain(reason.value, 0 if abs(reason.value) >= 100 else 2)


def _percent(share: Decimal) -> str:
    return f"{share * 100:.1f} %"


def _words(name: str) -> str:
    return clean(name.replace("_", " "))
