"""How a column writes numbers: which of ``.`` and ``,`` is the decimal mark.

``1.234`` is 1.234 here and 1234 there. A format is declared, or settled by the whole column, or refused as ambiguous.
"""

from __future__ import annotations

from dataclasses import dataclass

from tenure.warehouse.store import literal

_SPACES = "[ \u00a0\u202f\u2009]"
_SIGNS = "$€£¥₹₩₽₺₪₫฿₴₦₱"
_GROUPS = {  # Indian groups too: 1,23,456
    ",": r"[1-9]\d{0,2}(,\d{3})+|[1-9]\d?(,\d{2})+,\d{3}",
    ".": r"[1-9]\d{0,2}(\.\d{3})+",
    " ": rf"[1-9]\d{{0,2}}({_SPACES}\d{{3}})+",
    "'": r"[1-9]\d{0,2}(['’]\d{3})+",
}
PLAIN = r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*"


@dataclass(frozen=True)
class NumberFormat:
    """A way to write numbers. ``thousands``: the mark between groups, "" for none, None for any that is not ``decimal``.

    ``currency``: whether a currency's sign or code beside the number is read over. An amount in brackets is negative.
    """

    decimal: str
    thousands: str | None = None
    currency: bool = False

    @property
    def pattern(self) -> str:
        """The regular expression (RE2) of all that the format reads."""
        marks = [self.thousands] if self.thousands is not None else [mark for mark in _GROUPS if mark != self.decimal]
        grouped = "".join(f"{_GROUPS[mark]}|" for mark in marks if mark)
        point = "\\" + self.decimal
        exponent = r"([eE][-+]?\d{1,3})?"
        number = rf"(({grouped}\d+)({point}\d*)?|{point}\d+){exponent}"
        money = rf"([{_SIGNS}]|[A-Z]{{3}})?" if self.currency else ""
        sign = "[-+−]?"
        return (
            rf"\s*({sign}{_SPACES}?{money}{_SPACES}?{sign}{number}{_SPACES}?{money}"
            rf"|\({money}{_SPACES}?{number}{_SPACES}?{money}\))\s*"
        )

    def reads(self, text: str) -> str:
        """SQL: whether the format reads the text (SQL over VARCHAR); null for null."""
        return f"regexp_full_match({text}, {literal(self.pattern)})"

    def plain(self, text: str) -> str:
        """SQL of the number written plainly (``-1234.56``) where the format reads it, else the text as it is."""
        digits = f"regexp_replace({text}, {literal(rf'^[^0-9{self.decimal}]+|[^0-9]+$')}, '', 'g')"
        kept = f"regexp_replace({digits}, {literal(f'[^-+0-9eE{self.decimal}]')}, '', 'g')"
        if self.decimal != ".":
            kept = f"replace({kept}, {literal(self.decimal)}, '.')"
        negative = f"regexp_matches({text}, '^[^0-9]*[-−(]')"
        return f"CASE WHEN {self.reads(text)} THEN CASE WHEN {negative} THEN '-' ELSE '' END || {kept} ELSE {text} END"

    @property
    def words(self) -> str:
        """The format for messages."""
        return "a decimal point" if self.decimal == "." else "a decimal comma"


POINT, COMMA = NumberFormat("."), NumberFormat(",")


def differs(text: str) -> str:
    """SQL: whether a decimal point and a decimal comma read the text as different numbers."""
    return f"({POINT.reads(text)} AND {COMMA.reads(text)} AND regexp_matches({text}, '[.,]'))"
