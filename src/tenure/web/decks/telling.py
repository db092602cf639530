"""A business review put together: what is asked of it, as slides."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.web.decks.gathered import Gathered, gathered
from tenure.web.decks.sections import contract, done, goals, service, use, voice, words
from tenure.web.decks.slides import Deck, Slide
from tenure.web.kit import formats

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.web.decks.asked import Asked

#: By section, what makes its slides; none where there is nothing to show.
TELLERS: dict[str, Callable[[Gathered], list[Slide]]] = {
    "summary": words.summary, "goals": goals.goals, "use": use.use, "service": service.service, "voice": voice.voice,
    "done": done.done, "contract": contract.contract, "steps": words.steps,
}  # fmt: skip


def told(of: Gathered) -> tuple[Deck, tuple[str, ...]]:
    """The slides, and the sections that were asked for of which there is nothing to show."""
    slides, empty = [words.opening(of)], []
    for section in of.asked.sections:
        found = TELLERS[section](of)
        slides += found
        if not found:
            empty.append(section)
    name = _("Business review %(account)s %(period)s") % {"account": of.name, "period": of.asked.period}
    foot = f"{of.name} · {of.asked.period} · {_('as of %(day)s') % {'day': formats.day(of.as_of)}}"
    return Deck(name, foot, tuple(slides)), tuple(empty)


def deck(sight: Sight, account_id: str, asked: Asked) -> Deck | None:
    """The slides of an account; None where there is no such account to be seen."""
    found = gathered(sight, account_id, asked)
    return None if found is None else told(found)[0]
