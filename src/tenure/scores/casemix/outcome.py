"""Which outcomes are compared, and how they are counted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What is counted of a metric's rows. ``word``: what happened to what is counted, of so many ``of``; ``lost``: that is the part
    which is not in the metric's numerator, of which less is better. ``money``: amounts, else events. ``still_open``: the column
    of rows whose outcome is still out. ``repeated``: of one account there are several that go together, so that what
    chance makes of them is that of whole accounts. ``points``: the numerator lies between -1 and 1.
    """

    word: str
    of: str = "account-months"
    lost: bool = True
    money: bool = False
    still_open: str = ""
    repeated: bool = False
    points: bool = False

    @property
    def counted(self) -> bool:
        """Whether independent events are counted: each happens or not, with a probability of its own."""
        return not (self.money or self.repeated)

    def happened(self, num: float, den: float) -> float:
        """The share of a row that was lost or won, between 0 and 1; where more is won than there was, all of it."""
        kept = (num / den + 1) / 2 if self.points else num / den
        return min(1.0, max(0.0, 1 - kept if self.lost else kept))


#: By metric. Of retention and renewal the losses are compared: nearly all is kept, so that observed / expected of what is kept
#: lies near 1 for everybody. Of answers, how far they are from the best: a detractor is twice as far as a passive.
OUTCOMES = {
    "customer_retention_rate": Outcome("customers lost"),
    "gross_revenue_retention": Outcome("revenue lost", money=True),
    "renewal_rate": Outcome("contracts not renewed", "contracts due", still_open="still_open"),
    "expansion_rate": Outcome("revenue won", lost=False, money=True),
    "net_promoter_score": Outcome("points lost", "answers", repeated=True, points=True),
    "sla_attainment": Outcome("promises not kept", "promises due", repeated=True),
}
