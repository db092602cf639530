"""What is wrong about who answers for a metric, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from tenure.engine.lines.standing import Gap
    from tenure.web.kit.shell import Text

#: By how much they matter, each with its tone: what is told but wrong comes before what is not told.
GAPS: dict[Gap, tuple[str, Text]] = {
    "twice": ("bad", gettext_lazy("two at once")), "left": ("bad", gettext_lazy("has left")),
    "outside": ("warn", gettext_lazy("outside the line")), "nobody": ("warn", gettext_lazy("nobody")),
}  # fmt: skip
