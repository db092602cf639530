"""Business reviews as files, made in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.web.access.roles import TELL
from tenure.web.decks import layout, paper, presentation, telling
from tenure.web.decks.asked import asked
from tenure.web.kit.reading import local_today
from tenure.web.post.jobs import job

if TYPE_CHECKING:
    from tenure.web.post.doing import Doing

FILE = "business_review"
KINDS = {"pptx": (presentation.TYPE, presentation.presentation), "pdf": (paper.TYPE, paper.pdf)}


@job(FILE, title=gettext_lazy("Business review"), roles=TELL)
def business_review(doing: Doing, *, account_id: str, given: dict[str, Any], made_as: str) -> None:
    """Make the slides of an account, as its owner sees it."""
    sight = doing.sight()
    doing.tell(0, 3, _("what is known is being read"))
    deck = telling.deck(sight, account_id, asked(given, sight.settings(), local_today()))
    if deck is None:
        fix = _("Ask whoever owns it now.")
        raise UsageError(_("The account is not there, or you see it no more."), code="not_found", fix=fix)
    doing.tell(1, 3, _("slides are being laid out"))
    leaves = layout.leaves(deck)
    doing.tell(2, 3, _("slides are being drawn"))
    kind, make = KINDS[made_as]
    doing.hand_over(f"{deck.name}.{made_as}", kind, make(deck, leaves), rows=len(leaves))
