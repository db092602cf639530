"""What the lists of risks have in common: their filters, and what they say of how well it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.web.kit import formats
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.people import names

if TYPE_CHECKING:
    from tenure.engine.verbs.risk import Measure
    from tenure.web.kit.asking import Answers
    from tenure.web.kit.shell import Text

#: An order by lot is right half of the time; so is one that is hardly better, with what its interval leaves open.
_CHANCE = 0.55
#: A parameter of the address, its label and its values with their names.
_Wanted = tuple[str, str, Sequence[tuple[str, "Text"]]]


def filters(answers: Answers, given: Mapping[str, str], *more: _Wanted) -> tuple[Choice, ...]:
    """The fields by which a list is narrowed: ``more``, then segment and owner, as far as there is something to choose."""
    people = names.of(answers.sight)
    segments = [group.name for group in answers.rated("segment").groups if group.name]
    owners = [group.name for group in answers.rated("owner").groups if group.name]
    wanted: tuple[_Wanted, ...] = (
        *more,
        ("segment", _("Segment"), [(name, name) for name in segments]),
        ("owner", _("Owner"), sorted(((name, people.get(name, name)) for name in owners), key=lambda pair: pair[1])),
    )
    return tuple(
        Choice(
            name, label,
            (Option("", _("any"), not given.get(name)),
             *(Option(value, word, given.get(name) == value) for value, word in values)),
        )
        for name, label, values in wanted
        if len(values) > 1
    )  # fmt: skip


def tested(auc: Measure, of: str) -> str:
    """How well it was told out of time who comes to the outcome ``of``, in words; empty where it was not tested."""
    if auc.value is None:
        return ""
    sentences = {
        "churn": _("Tested on earlier months: of one who left and one who stayed, the one who left had the higher risk "
                   "%(times)s times in 100."),
        "contraction": _("Tested on earlier months: of one who reduced and one who did not, the one who reduced had the "
                         "higher risk %(times)s times in 100."),
        "growth": _("Tested on earlier months: of one who grew and one who did not, the one who grew stood higher here "
                    "%(times)s times in 100."),
    }  # fmt: skip
    said = sentences[of] % {"times": formats.number(100 * auc.value, 0)}
    if auc.low is not None and auc.low <= _CHANCE:
        return f"{said} {_('That is hardly better than chance: read the list, but do not rely on its order.')}"
    return said
