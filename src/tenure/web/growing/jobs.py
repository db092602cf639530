"""What is done of itself: rounds of the team pulse are asked in their rhythm, and who answered is forgotten when they are over, whether who
asked still works here or not.
"""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.web.growing import pulse
from tenure.web.kit.reading import local_today
from tenure.web.post import schedules
from tenure.web.post.hourly import hourly
from tenure.web.post.jobs import job
from tenure.web.post.models import Every
from tenure.web.post.times import Rule

if TYPE_CHECKING:
    from tenure.web.access.models import User
    from tenure.web.post.doing import Doing

PULSE = "team_pulse"
_EVERY = Rule(Every.DAY, time(7))


def look_after(leader: User) -> None:
    """Have the rounds of somebody looked after each morning."""
    if schedules.named(leader, PULSE, PULSE) is None:
        schedules.keep(leader, PULSE, _EVERY, str(_("Team pulse")), name=PULSE, quiet=True)


@hourly
def settle_pulses() -> None:
    """Forget who answered what is over, whoever asked for it."""
    pulse.settle(local_today())


@job(PULSE, title=gettext_lazy("Team pulse"), quick=True)
def team_pulse(doing: Doing) -> None:
    """Ask for a round that is due; where her people have become too few, none is asked."""
    today = local_today()
    if pulse.is_due(doing.owner, today):
        sight = doing.sight()
        try:
            pulse.start(doing.owner, sight.growing_rules(), today, pulse.floor(sight))
        except UsageError as error:
            if error.code != "too_few":
                raise
