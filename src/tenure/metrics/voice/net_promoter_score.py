"""``net_promoter_score``."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.voice.answer import answer, excluding, of_question
from tenure.metrics.voice.invitation import RESPONSE, invitation, with_invitations
from tenure.metrics.voice.standing import with_arr
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: An account is split over its answers in so many parts, so that the shares add up to one exactly.
PARTS = 1_000_000_000_000
ONE_PART = Decimal(1).scaleb(-12)


@metric(axes=("rate",), by=("survey", "kind", "wave", "theme", "agent"), unit="points")
def net_promoter_score(
    w: World,
    p: Periods,
    kind: Literal["relational", "transactional"] = "relational",
    formula: Literal["respondent", "account", "arr_weighted"] = "respondent",
) -> Ratio:
    """Promoters minus detractors among the answers given in the period, in points from -100 to 100 (NPS).

    Formula: 100 x (promoters - detractors) / answers on a scale of 0-10, where 9-10 is a promoter, 7-8 a passive and
    0-6 a detractor. 70, 20 and 10 of 100 give 60. Answers on another scale are left out, counted and, where it is 1-10,
    warned about. An invitation without a score is no answer, not a passive.

    Of a respondent's answers to one survey and wave in the window the latest counts (without waves, to one survey in
    the window); the earlier ones are left out. Without a person each answer is its own respondent.

    Surveys: ``nps``, and those named after it (``nps_onboarding``). Variants of the kind: ``relational`` (default) and
    ``transactional``, never pooled. Variants of the formula:

    * ``respondent`` (default): every respondent counts alike.
    * ``account``: every account counts alike: the mean of the accounts' scores. Each of its k answers in the window
      counts as 1/k, in slices too. Answers without an account are left out.
    * ``arr_weighted``: as ``account``, each answer weighted with the account's ARR just before it / k. Answers of
      accounts without recurring revenue at that moment are left out, and not among the k. The rate is that of the
      opening.

    Merged accounts count as their survivor, people who are not customers count too. Beside it: ``response_rate``, of
    the invitations sent in the period.

    Undefined (null) without answers. Unit: points. n: answers. Interval: adjusted Wald, 95 % (3/4 of a promoter, 1 1/2
    passives and 3/4 of a detractor are added); for ``account`` and ``arr_weighted`` bootstrap over accounts up to
    1,000, above by the delta method. Owner: when it was answered.
    """
    rows = of_question(answer(w, p), "nps")
    rows = rows.filter(rows.kind == kind)
    rows = excluding(rows, (rows.scale != "0-10", "another scale"), (rows.superseded, "superseded answer"))
    rows = rows.mutate(note=_warning(rows))
    rows = rows.mutate(stand=ibis.cases((rows.score >= 9, 1), (rows.score > 6, 0), else_=-1), base=1)
    if formula != "respondent":
        rows = _at_home(rows)
        rows = _split(with_arr(w, p, rows, "answer_id") if formula == "arr_weighted" else rows, formula)
    invited = of_question(invitation(w, p), "nps")
    rows = with_invitations(rows, invited.filter(invited.kind == kind))
    if formula == "respondent":
        return Ratio(rows, "stand", "base", unit="points", spread="nps", respondents=True, note="note", extras=RESPONSE)
    money = formula == "arr_weighted"
    return Ratio(
        rows, "weighted", "weight_of", unit="points", clustered=True, respondents=True, money_num=money,
        money_den=money, note="note", extras=RESPONSE,
    )  # fmt: skip


def _warning(rows: ir.Table) -> ir.StringValue:
    warning = "answers on a scale of 1-10 are left out: the score is defined on 0-10"
    return (rows.scale == "1-10").ifelse(ibis.literal(warning), ibis.null("string"))


def _at_home(rows: ir.Table) -> ir.Table:
    """The rows, where those without an account are excluded."""
    homeless = rows.excluded.isnull() & rows.account_id.isnull()
    return rows.mutate(excluded=homeless.ifelse(ibis.literal("no account"), rows.excluded))


def _split(rows: ir.Table, formula: str) -> ir.Table:
    """The rows with ``weight_of``, what is split over an account's answers, and ``weighted``, that times -1, 0 or 1."""
    rows = rows.mutate(counts=rows.excluded.isnull())
    together = ["period", "account_id", "counts"]
    rows = rows.mutate(
        k=rows.answer_id.count().over(ibis.window(group_by=together)),
        nth=ibis.row_number().over(ibis.window(group_by=together, order_by=["at", "answer_id"])),
    )
    whole, left = ibis.literal(PARTS).cast("int64"), ibis.literal(PARTS).cast("int64") % rows.k
    even = ((whole - left) / rows.k.nullif(0)).floor().cast("int64")
    parts = even + (rows.nth < left).ifelse(1, 0)
    # 38 digits throughout: DuckDB does not widen a product of decimals by itself
    weight_of = parts.cast("decimal(38, 0)") * ibis.literal(ONE_PART, type="decimal(38, 12)")
    if formula == "arr_weighted":
        weight_of *= rows.arr.cast("decimal(38, 0)")
    rows = rows.mutate(weight_of=rows.counts.ifelse(weight_of, None))
    return rows.mutate(weighted=rows.weight_of * rows.stand).drop("k", "nth", "counts")
