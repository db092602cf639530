"""What is wrong with a row in plain words, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenure.engine.failing import DISCARDED, OPEN, REPLAYED

if TYPE_CHECKING:
    from tenure.web.kit.shell import Text

STATES: dict[str, Text] = {OPEN: _("open"), REPLAYED: _("replayed"), DISCARDED: _("discarded")}
TONES = {OPEN: "warn", REPLAYED: "good", DISCARDED: ""}
_NO_ROW: tuple[Text, Text] = (
    _("The line is no row: too many or too few cells"),
    _("It has too many or too few cells, or a quote that does not end. Write its cells below."),
)
#: By code, what a reason is called, and what helps.
_WORDS: dict[str, tuple[Text, Text]] = {
    "required": (
        _("A cell is empty that must not be"),
        _("Fill the cell in. Where the system leaves it empty on purpose, the row tells of nothing: discard it."),
    ),
    "one_of": (_("One of several cells must be filled"), _("Fill one of them in.")),
    "not_a_choice": (
        _("A word that the table does not know"),
        _("Write one of the words named. If the system has words of its own, say in the map which is which, and load the "
          "file under that map."),
    ),
    "not_in_value_map": (
        _("A value that the map does not name"),
        _("Add the value to the map, and load the file under it: that mends all such rows at once."),
    ),
    "not_a_date": (_("Not a date of the declared format"), _("Write the date as the others are, or mend the format in the map.")),
    "not_a_time": (_("Not a time"), _("Write it as 2026-01-31, with a clock time and a zone if need be; or say the format in the map.")),
    "not_a_money": (_("Not an amount"), _("Write digits only, with the decimal sign that the file uses.")),
    "not_a_number": (_("Not a number"), _("Write digits only, with the decimal sign that the file uses.")),
    "ends_before_start": (_("It ends before it starts"), _("Look which of the two is wrong, and mend it.")),
    "too_low": (_("A number below what can be"), _("Mend the number, or its unit.")),
    "too_high": (_("A number above what can be"), _("Mend the number, or its unit.")),
    "ragged": _NO_ROW,
    "unclosed_quote": (_("A quote that does not end"), _NO_ROW[1]),
    "bad_encoding": (_("A damaged character"), _NO_ROW[1]),
    "too_long": (_("A line that is too long"), _NO_ROW[1]),
    "unreadable": (
        _("What was sent could not be read"),
        _("Mend what the sender says, so that the next ones are good; mend this one below, or discard it."),
    ),
}  # fmt: skip
_OTHER: Text = _("Mend the cell below, or the file's map. What is not worth mending can be discarded.")


def reason(code: str, told: str) -> Text:
    """What a reason is called; ``told``: by the loader, where it has no name here."""
    return _WORDS[code][0] if code in _WORDS else told or code


def advice(code: str, *, is_row: bool) -> Text:
    """What helps."""
    return _WORDS.get(code, ("", _OTHER))[1] if is_row else _NO_ROW[1]
