"""Rows that last: each counts where it was, for as long as it was there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.elapsed import whole_seconds

if TYPE_CHECKING:
    import ibis.expr.types as ir


def split(rows: ir.Table, stints: ir.Table) -> ir.Table:
    """The rows with the columns of the stints, one for each stint that they lie in: ``at`` and ``until`` are its part."""
    s = stints.rename({f"{name}__r": name for name in stints.columns})
    j = rows.left_join(
        s, [rows.account_id == s.account_id__r, s.valid_from__r < rows.until, s.valid_to__r > rows["at"]]
    )
    mine = [name for name in rows.columns if name not in ("at", "until")]
    further = {name: j[f"{name}__r"] for name in stints.columns if name not in ("account_id", "valid_from", "valid_to")}
    return j.select(
        *mine,
        **further,
        at=ibis.greatest(j["at"], ibis.coalesce(j.valid_from__r, j["at"])),
        until=ibis.least(j.until, ibis.coalesce(j.valid_to__r, j.until)),
    )


def measured(rows: ir.Table, measure: str) -> ir.Table:
    """The rows with ``measure``, so far that of all of ``[opens, closes)``, as that of their own part of it.

    It is rounded down at both ends of a part, so that the parts of a whole add up to it exactly.
    """
    until, at = (_up_to(rows, measure, rows[end]) for end in ("until", "at"))
    return rows.mutate(**{measure: (until - at).cast("int64")})


def _up_to(rows: ir.Table, measure: str, end: ir.TimestampValue) -> ir.IntegerValue:
    """The measure of the time from the opening to an instant in whole seconds, rounded down."""
    opens, closes = whole_seconds(rows.opens), whole_seconds(rows.closes)
    whole = (closes - opens).cast("int64")
    product = (rows[measure] * (whole_seconds(end) - opens)).cast("int64")  # below 2^53: a quotient of doubles is exact
    return ((product - product % whole.nullif(0)) / whole.nullif(0)).floor().cast("int64").fill_null(0)
