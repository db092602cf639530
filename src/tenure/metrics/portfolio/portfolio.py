"""Who looks after which customers when a period starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.ownership import WHOLE, ownership, staff
from tenure.metrics.revenue.book import book
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: One of us, in parts of which a half, a third, ... a thirty-second is a whole number.
PARTS = 144_403_552_893_600
Per = Literal["per_head", "per_full_time"]
#: The column of ``portfolio`` that is the denominator.
PER = {"per_head": "csm", "per_full_time": "full_time"}


#: An order of texts that is the same on every engine: hexadecimal digits sort alike in all of them.
_md5 = ibis.udf.scalar.builtin(lambda _text: None, name="md5", signature=(("string",), "string"))


@fact(kept=(("month", "period"),), dated=True)
def portfolio(w: World, p: Periods) -> ir.Table:
    """One row for each customer at a period's opening and whoever looks after it then.

    Columns: ``account_id, period, at`` (the opening), ``owner, team, manager`` (as of then), ``share`` (of the account, in
    millionths), ``csm`` and ``full_time`` (the part of the person that the account is, by head and by working time, in
    ``PARTS``: those of all accounts of one person make one, or her working time), ``opening`` (MRR, ten-thousandths),
    ``no_rate`` and ``excluded``: accounts without an owner, and those of a pool.
    """
    b = book(w, p)
    b = b.filter(b.was_customer).select("account_id", "period", "at", "opening", "no_rate")
    rows = beside(b, ownership(w), ["account_id"], within=("at", "valid_from", "valid_to")).drop(
        "valid_from", "valid_to"
    )
    rows = beside(rows, staff(w), ["owner"], within=("at", "staff_from", "staff_to")).drop("staff_from", "staff_to")
    excluded = ibis.cases(
        (rows.owner.isnull(), "without an owner"), (rows.is_pool, "in a pool"), else_=ibis.null("string")
    )
    rows = rows.mutate(excluded=excluded, share=rows.share.fill_null(WHOLE).cast("int64"))
    own = ["owner", "period"]
    in_order = ibis.window(group_by=own, order_by=_md5(rows.account_id), preceding=None, following=0)
    rows = rows.mutate(upto=rows.share.sum().over(in_order), all=rows.share.sum().over(ibis.window(group_by=own)))
    csm = _parts(rows.upto, rows["all"]) - _parts(rows.upto - rows.share, rows["all"])
    fte = rows.fte.fill_null(1).cast("decimal(28, 4)")
    return rows.select(
        "account_id", "period", "at", "owner", "team", "manager", "share", "opening", "no_rate", "excluded",
        csm=csm.cast("int64"),
        full_time=(csm.cast("decimal(28, 0)") * fte).cast("decimal(38, 0)").cast("int64"),
    )  # fmt: skip


def _parts(some: ir.IntegerValue, every: ir.IntegerValue) -> ir.IntegerValue:
    """``some`` of ``every`` in ``PARTS``, rounded down: exact, as what is divided is a multiple of the divisor."""
    whole = every.cast("decimal(38, 0)")
    product = some.cast("decimal(19, 0)") * ibis.literal(PARTS).cast("decimal(19, 0)")
    multiple = product.cast("decimal(38, 0)") - product.cast("decimal(38, 0)") % whole.nullif(0)
    quotient = multiple.cast("float64") / every.cast("float64").nullif(0)
    return (quotient + 0.5).floor().cast("int64").fill_null(0)


def shared(amount: ir.Value, share: ir.IntegerValue) -> ir.DecimalValue:
    """The share (in millionths) of an amount, which has up to four decimals: exact, with ten."""
    part = share.cast("decimal(28, 0)") * ibis.literal("0.000001").cast("decimal(28, 6)")
    return (amount.cast("decimal(28, 4)") * part.cast("decimal(28, 6)")).cast("decimal(28, 10)")
