"""``survey_response_rate``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.voice.invitation import invitation
from tenure.metrics.world import Periods, World


@metric(by=("survey", "kind", "wave", "agent"), unit="share", counted=True)
def survey_response_rate(w: World, p: Periods) -> Ratio:
    """The share of the invitations sent in the period that were answered.

    Formula: answered / delivered, of the invitations sent in the period (delivered, where the sending is not known),
    whenever the answer came, up to now. Answers of which only the answer is known were not invited, and are in neither
    term.

    Where a survey records deliveries (``delivered_at``), an invitation without one did not arrive and is left out as
    ``not delivered``; where it records none, and before the month in which its records begin, what was sent counts as
    delivered. What was answered was delivered. People who are not customers count too.

    Undefined (null) when nothing was delivered. Unit: share. Interval: Wilson, 95 %. Owner: when it was sent.
    """
    rows = invitation(w, p)
    arrived = rows.delivered == 1
    return Ratio(
        rows.mutate(excluded=arrived.ifelse(ibis.null("string"), ibis.literal("not delivered"))),
        "responded", "delivered", spread="wilson",
    )  # fmt: skip
