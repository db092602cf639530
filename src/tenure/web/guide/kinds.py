"""The first steps: what each is called, what it brings, and by what it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from tenure.web.kit.shell import Text


@dataclass(frozen=True)
class Kind:
    """A step. ``page``: which does it, with what its ``button`` says. ``tables``: all of them have rows when it is done; ``any_of``: one of
    them has. ``said``: what somebody says who has done it, where no data tells. ``spare``: it may be left out. ``guide``: what to read.
    """

    title: Text
    brings: Text
    page: str
    button: Text
    tables: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    said: Text = ""
    spare: bool = False
    guide: str = ""


_BRING = gettext_lazy("Bring files")
#: By name, in the order in which they are done.
KINDS: dict[str, Kind] = {
    "settings": Kind(
        gettext_lazy("Look at the settings"),
        gettext_lazy("All amounts are shown in one currency, and days, months and quarters are cut in your zone and fiscal year. Better now than when there are figures."),
        "workspace_settings", gettext_lazy("Change them"), said=gettext_lazy("They are right"), guide="docs/how-to/serve.md",
    ),
    "accounts": Kind(
        gettext_lazy("Your accounts"),
        gettext_lazy("With accounts you get the list of customers, and everything else by segment, tier, region and your own attributes."),
        "bring_files", _BRING, ("account",), guide="docs/how-to/map-your-files.md",
    ),
    "subscriptions": Kind(
        gettext_lazy("What they pay"),
        gettext_lazy("With subscriptions you get MRR and ARR, net and gross revenue retention, churn and its reasons, and the risk of leaving."),
        "bring_files", _BRING, ("subscription",), guide="docs/how-to/map-your-files.md",
    ),
    "contracts": Kind(
        gettext_lazy("Their contracts"),
        gettext_lazy("With contracts you get renewals with their notice, and a forecast. Without them, yearly subscriptions stand in."),
        "bring_files", _BRING, ("contract",), spare=True, guide="docs/how-to/renewals.md",
    ),
    "team": Kind(
        gettext_lazy("Who looks after them"),
        gettext_lazy("With CSMs and assignments everybody sees the own accounts, and you get books, workload and fair comparisons."),
        "bring_files", _BRING, ("csm", "assignment"), guide="docs/how-to/compare-fairly.md",
    ),
    "use": Kind(
        gettext_lazy("How they use the product"),
        gettext_lazy("With use you get adoption, active users and silences, and health scores that see trouble before the renewal."),
        "bring_files", _BRING, any_of=("usage", "usage_daily"), spare=True, guide="docs/how-to/send-events.md",
    ),
    "figures": Kind(
        gettext_lazy("The first figures"),
        gettext_lazy("They are worked out by themselves whenever something comes in. Scores and risks follow once a night, or at once with Score now on the page Data."),
        "board", gettext_lazy("Open the board"), guide="docs/how-to/board.md",
    ),
    "people": Kind(
        gettext_lazy("Let colleagues in"),
        gettext_lazy("Each with a role: a CSM sees the own accounts, a manager the team's, an executive all. The CSM id ties a person to their accounts."),
        "add_person", gettext_lazy("Add a person"), spare=True, guide="docs/how-to/sign-on.md",
    ),
}  # fmt: skip
