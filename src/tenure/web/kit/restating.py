"""What made a reported figure another one, in words, wherever restatements are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from tenure.engine.restated import Line, Restatement
    from tenure.web.kit.shell import Text

#: What stands between what was reported and what is known now.
_WHY: dict[str, Text] = {
    "settings": gettext_lazy("Settings changed"), "definition": gettext_lazy("Definition changed"),
    "unexplained": gettext_lazy("Unexplained"), "late_facts": gettext_lazy("Late facts"),
    "corrections": gettext_lazy("Corrections"), "ownership": gettext_lazy("Ownership"),
    "exchange_rates": gettext_lazy("Exchange rates"), "time": gettext_lazy("Time passed"),
}  # fmt: skip


def why(line: Line) -> str:
    """What changed it; several where they cannot be told apart."""
    return ", ".join(str(_WHY.get(cause, cause)) for cause in line.why)


def accounts(line: Line) -> str:
    """The accounts that moved it most; that there are more is said."""
    named = ", ".join(filter(None, (each.account or each.account_id for each in line.accounts)))
    return f"{named} …" if line.rows and line.rows > len(line.accounts) and named else named


def account_page(line: Line) -> str:
    """The page of the account that moved it, where it is one."""
    ids = [each.account_id for each in line.accounts if each.account_id and each.account]
    return reverse("account_page", args=[ids[0]]) if len(ids) == 1 else ""


def hindered(one: Restatement) -> str:
    """Why there is nothing to be said of it; empty where there is."""
    words = {"held": _("held by a check"), "suppressed": _("hidden: too few answers to stay anonymous")}
    return words.get(one.status, "")
