"""How Stripe writes money, times and yes or no, as SQL of what these are."""

from __future__ import annotations

from tenure.sources.vendor import moment

#: Amounts are whole numbers of a currency's smallest unit, of which most have two decimals (docs.stripe.com/currencies).
#: ISK and UGX have no decimals either, but Stripe writes them with two all the same.
NO_DECIMALS = (
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF",
)  # fmt: skip
THREE_DECIMALS = ("BHD", "JOD", "KWD", "OMR", "TND")


def yes(column: str) -> str:
    """Whether a column says yes; an empty one does not."""
    return f"(lower(coalesce({column}, '')) IN ('true', 't', '1'))"


def no(column: str) -> str:
    """Whether a column says no; an empty one does not."""
    return f"(lower(coalesce({column}, '')) IN ('false', 'f', '0'))"


def instant(column: str) -> str:
    """A time in UTC: as text, or in seconds since 1970; null where it is neither."""
    return f"coalesce({moment(column)}, make_timestamp(TRY_CAST({column} AS BIGINT) * 1000000))"


def major(amount: str, currency: str) -> str:
    """An amount in the currency's own unit, exact; null where it is no number."""
    none, three = (", ".join(f"'{name}'" for name in names) for names in (NO_DECIMALS, THREE_DECIMALS))
    factor = (
        f"CASE WHEN upper({currency}) IN ({none}) THEN 1 WHEN upper({currency}) IN ({three}) THEN 0.001 ELSE 0.01 END"
    )
    return f"(TRY_CAST({amount} AS DECIMAL(28, 7)) * CAST({factor} AS DECIMAL(4, 3)))"


def written(amount: str, currency: str) -> str:
    """The same as text; what is no number is left as it is, to be refused where it is loaded."""
    return f"coalesce(CAST({major(amount, currency)} AS VARCHAR), {amount})"
