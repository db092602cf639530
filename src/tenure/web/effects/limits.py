"""What a comparison cannot tell, by the way in which it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from tenure.engine.verbs.effect import Method


def of(method: Method) -> tuple[str, ...]:
    """In sentences, what matters most first."""
    chosen_before = _("Of twenty metrics that are asked afterwards, one is told from no effect by chance alone: decide before "
                      "which one the play is to move.")  # fmt: skip
    if method == "hold_out":
        return (
            _(
                "It is the effect of having been meant for the play, done or not: what was really done was chosen again."
            ),
            _(
                "What reaches the held out as well, through the same CSM or by word of mouth, makes the effect look smaller."
            ),
            chosen_before,
            _("It tells of accounts like these, in these months."),
        )
    if method == "difference_in_differences":
        return (
            _("Whatever else happened to the treated at that time is in it. Only a lot needs no such condition."),
            _("That both went alike before is no proof that they would have gone on alike."),
            _("A play that began late in a month shows less in its first month, which counts as after."),
            chosen_before,
        )
    return (
        _(
            "What would have changed anyway is in it: who is at a low point is called, and mostly gets better by itself."
        ),
        _("With some accounts held out by lot it could be told: draw the lot before the next play."),
        chosen_before,
    )
