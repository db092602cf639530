"""Two sides that each say at which level they see the same thing, and what lies between them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def between(own: int | None, leader: int | None) -> tuple[str, bool]:
    """What lies between the level that somebody sees and the one that a leader sees, in words, and whether they differ; nothing
    before both have said theirs.
    """
    if own is None or leader is None:
        return "", False
    apart = own - leader
    if apart == 0:
        return _("both see the same level"), False
    text = (
        ngettext("own view %(count)s level higher", "own view %(count)s levels higher", abs(apart))
        if apart > 0
        else ngettext("own view %(count)s level lower", "own view %(count)s levels lower", abs(apart))
    )
    return text % {"count": abs(apart)}, True
