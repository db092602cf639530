"""Risks of leaving as a person reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from tenure.cli import numbers
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.engine.verbs.risk import AccountRisk, Reason, RiskFound

_MAIN = "90"
_STRONG = Decimal("1.1")
#: The causes of leaving in words.
CAUSES = {"voluntary": "by choice", "non_payment": "non-payment", "merger": "merged or closed", "unknown": "not told"}


class _Words(NamedTuple):
    """How an outcome is spoken of."""

    title: str
    at_risk: str
    column: str
    did: str
    happens: str


_WORDS = {
    "churn": _Words("Churn risk", "to be lost", "at risk", "left", "leaves"),
    "contraction": _Words("Risk of contraction", "to be given back", "at risk", "reduced", "reduces"),
    "growth": _Words("Readiness to grow", "to be won", "expected", "grew", "grows"),
}


def everyone(found: RiskFound, most: int, style: Style) -> list[str]:
    """The customers of whom most revenue is at risk, or to be won, and what that is of all."""
    words = _WORDS[found.of]
    lines = [style.bold(f"{words.title} of {numbers.counted(found.customers, 'customer')} on {found.day}"), ""]
    if not found.accounts:
        return lines[:1]
    total = found.at_risk
    if total.value is not None and total.low is not None and total.high is not None:
        lines.append(
            f"{'Beside' if found.of == 'growth' else 'Of'} {numbers.plain(found.arr, 0)} {found.currency} a year, "
            f"{numbers.plain(total.value, 0)} are expected {words.at_risk} "
            f"within {_MAIN} days ({numbers.plain(total.low, 0)} – {numbers.plain(total.high, 0)})."
        )
    shown = found.accounts[:most] if most else found.accounts
    lines += ["", *_listed(found, shown, style)]
    if len(shown) < len(found.accounts):
        lines += ["", style.grey(f"{len(found.accounts) - len(shown)} more: --rows 0 shows all.")]
    return [*lines, "", *_basis(found, style)]


def _listed(found: RiskFound, shown: Sequence[AccountRisk], style: Style) -> list[str]:
    causes = [cause.name for cause in found.causes]
    table = Table(
        [
            Column("account"), Column("name", flexible=True, rank=1), Column("owner", flexible=True, rank=3),
            Column(f"ARR {found.currency}", right=True),
            *(Column(f"{h} days", right=True, rank=0 if h == _MAIN else 5) for h in shown[0].risk),
            *(Column(_cause(name), right=True, rank=4) for name in causes),
            Column(_WORDS[found.of].column, right=True), Column("why", flexible=True),
        ]
    )  # fmt: skip
    for one in shown:
        table.rows.append(
            [
                one.account_id, clean(one.name or ""), clean(one.owner_name or one.owner or ""),
                numbers.NOTHING if one.arr is None else numbers.plain(one.arr, 0),
                *(_percent(risk) for risk in one.risk.values()), *(_percent(one.causes[name]) for name in causes),
                numbers.NOTHING if one.at_risk is None else numbers.plain(one.at_risk, 0), _why(one),
            ]
        )  # fmt: skip
    return table.lines(style)


def one(found: RiskFound, style: Style) -> list[str]:
    """One customer, with all that makes its risk."""
    (account,) = found.accounts
    title = f"{_WORDS[found.of].title} of {account.account_id} on {found.day}"
    head = f"{title}: {_percent(account.risk[_MAIN])} within {_MAIN} days"
    about = [clean(account.name or account.account_id), account.segment or "", clean(account.owner_name or "")]
    if account.renewal_due:
        about.append(f"renewal {account.renewal_due}")
    lines = [style.bold(head), style.grey(" · ".join(each for each in about if each)), ""]
    others = [f"{_percent(risk)} within {horizon} days" for horizon, risk in account.risk.items() if horizon != _MAIN]
    if account.by_renewal is not None:
        others.append(f"{_percent(account.by_renewal)} with the next renewal")
    lines += [f"{', '.join(others)}.", *_split(account), *_amount(found, account), ""]
    table = Table([Column("known"), Column("value", right=True), Column("risk", right=True), Column("")])
    table.rows += [
        [_words(each.name), _value(each), f"x {each.factor:.2f}", _arrow(each.factor)] for each in account.reasons
        if each.factor != 1
    ]  # fmt: skip
    lines += table.lines(style)
    lines += ["", f"Times {found.usual:.4f}, the hazard of a customer of whom all is usual."]
    return [*lines, *_basis(found, style)]


def _split(account: AccountRisk) -> list[str]:
    """The causes, which add up to the risk."""
    parts = sorted(account.causes.items(), key=lambda part: -part[1])
    told = ", ".join(f"{_percent(risk)} {_cause(name)}" for name, risk in parts)
    return [f"Within {_MAIN} days, by cause: {told}."] if parts else []


def _amount(found: RiskFound, account: AccountRisk) -> list[str]:
    """What is expected to change, and how much a change is."""
    share, low, high = found.typical, account.at_risk_low, account.at_risk_high
    if share is None or share.value is None or account.at_risk is None:
        return []
    ends = "" if low is None or high is None else f" ({numbers.plain(low, 0)} – {numbers.plain(high, 0)})"
    words = _WORDS[found.of]
    amount = f"{numbers.plain(account.at_risk, 0)} {found.currency} a year are expected {words.at_risk}{ends}"
    return [f"{amount}: who {words.happens} does so by {share.value * 100:.1f} %."]


def _basis(found: RiskFound, style: Style) -> list[str]:
    words, of = _WORDS[found.of], "" if found.of == "churn" else f" --of {found.of}"
    auc = "" if found.auc.value is None else f", AUC {found.auc.value:.2f} out of time"
    lines = [f"Learned from {found.learned_from} customers who {words.did}{auc}: tenure risk backtest{of}"]
    if found.typical is not None and found.typical.value is not None:
        ends = found.typical.low, found.typical.high
        bounds = "" if None in ends else f" ({' – '.join(f'{end * 100:.1f}' for end in ends if end is not None)} %)"
        lines.append(
            f"Who {words.happens} does so by {found.typical.value * 100:.1f} % of its revenue{bounds} at a time."
        )
    if found.causes:
        each = (f"{_cause(one.name)} {one.leavers}{_HOW[one.how]}" for one in found.causes)
        lines.append(f"By cause: {', '.join(each)}.")
    return [style.grey(line) for line in lines]


#: How a cause is told apart, where not by a hazard of its own.
_HOW = {"own": "", "pooled": " (too few alone: with others)", "constant": " (too few: a constant share)"}


def _cause(name: str) -> str:
    return CAUSES.get(name, clean(name))


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
