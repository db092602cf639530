"""What other weights of the health score would change, before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.core.errors import UsageError
from tenure.web.kit import formats, scores
from tenure.web.kit.shell import Text
from tenure.web.scorelab.edited import edited, knobs, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine import Sight
    from tenure.engine.verbs.preview import Flip, Measure, Previewed
    from tenure.web.scorelab.edited import Knob

#: As many accounts are listed; the others are counted.
_MOST = 50


@dataclass(frozen=True)
class Field:
    """A number to be turned: its value as a field has it, and whether it is another than in the model in force."""

    name: str
    label: str
    value: str
    was: str
    most: int
    turned: bool


@dataclass(frozen=True)
class Flipped:
    """An account that would be in another band. Bands are empty where it has, or would have, no score."""

    id: str
    name: str
    owner: str
    mrr: str
    score: str
    band: Text
    tone: str
    score_new: str
    band_new: Text
    tone_new: str


@dataclass(frozen=True)
class InBand:
    """How many customers are in a band, and would be."""

    name: Text
    tone: str
    now: str
    then: str


@dataclass(frozen=True)
class Preview:
    """``changed``: a sentence on how many accounts; ``told``: one on how well it tells who leaves. ``version``: of the model
    in force. ``more``: how many accounts are not listed.
    """

    version: str
    changed: str
    told: str
    mean: str
    bands: tuple[InBand, ...]
    flips: tuple[Flipped, ...]
    more: int


@dataclass(frozen=True)
class Weights:
    """``weights`` and ``bands``: fields. ``fault``: what is wrong with what was given; ``preview``: what it would change, where
    anything was turned. ``may_save``: whoever looks may put it in force, over the ``version`` that is.
    """

    weights: tuple[Field, ...]
    bands: tuple[Field, ...]
    fault: str = ""
    fix: str = ""
    preview: Preview | None = None
    may_save: bool = False
    version: str = ""


def weights(sight: Sight, given: Mapping[str, str], *, may_save: bool) -> Weights:
    """The fields as given, and what they would change."""
    text = sight.health_model().text
    of = knobs(text)
    try:
        wanted = numbers(of, given)
        other = edited(text, of, wanted)
        preview = _previewed(sight.preview(other)) if other != text else None
    except UsageError as error:
        if error.code != "bad_model":
            raise
        fields = tuple(_field(knob, given.get(knob.name, f"{knob.value:f}")) for knob in of)
        return Weights(*_parted(fields), error.message, error.fix or "", may_save=may_save)
    fields = tuple(_field(knob, f"{wanted[knob.name]:f}") for knob in of)
    return Weights(*_parted(fields), preview=preview, may_save=may_save, version=preview.version if preview else "")


def text_of(sight: Sight, given: Mapping[str, str]) -> str:
    """The model that the fields stand for. Raises ``UsageError`` for numbers that are none."""
    text = sight.health_model().text
    of = knobs(text)
    return edited(text, of, numbers(of, given))


def _field(knob: Knob, value: str) -> Field:
    was = f"{knob.value:f}"
    return Field(knob.name, knob.label, value, was, knob.most, value != was)


def _parted(fields: tuple[Field, ...]) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """Weights, and bands."""
    return tuple(f for f in fields if f.name.startswith("weight-")), tuple(
        f for f in fields if not f.name.startswith("weight-")
    )


def _previewed(found: Previewed) -> Preview:
    changed = _("%(changed)s of %(accounts)s customers would be in another band.") % {
        "changed": formats.number(found.changed), "accounts": formats.number(found.accounts),
    }  # fmt: skip
    mean = ""
    if found.mean_change is not None:
        mean = _("The mean score changes by %(points)s.") % {"points": scores.signed(found.mean_change)}
    bands = tuple(
        InBand(
            name, scores.TONES[band], formats.number(found.bands[band]), formats.number(found.bands_new[band]),
        )
        for band, name in reversed(scores.HEALTH.items())
    )  # fmt: skip
    flips = tuple(_flipped(flip, found.currency) for flip in found.flips[:_MOST])
    return Preview(found.version, changed, _told(found), mean, bands, flips, max(0, len(found.flips) - _MOST))


def _told(found: Previewed) -> str:
    if found.auc is None or found.auc_new is None:
        return found.refused
    text = _("AUC %(old)s to %(new)s: how well it told who left within 90 days, over the last three years.") % {
        "old": _measured(found.auc), "new": _measured(found.auc_new),
    }  # fmt: skip
    change = found.auc_change
    if change is None or change.low is None or change.high is None:
        return text
    if change.low <= 0 <= change.high:
        return f"{text} " + _("That is no clear difference (%(low)s to %(high)s).") % _ends(change)
    return f"{text} " + _("The difference is beyond chance (%(low)s to %(high)s).") % _ends(change)


def _ends(change: Measure) -> dict[str, str]:
    low, high = (None if end is None else Decimal(str(end)) for end in (change.low, change.high))
    return {"low": scores.signed(low, 2), "high": scores.signed(high, 2)}


def _measured(measure: Measure) -> str:
    return formats.number(measure.value, 2)


def _flipped(flip: Flip, currency: str) -> Flipped:
    band, band_new = flip.band or "", flip.band_new or ""
    return Flipped(
        flip.account_id, flip.name or flip.account_id, flip.owner_name or "", formats.money_short(flip.mrr, currency),
        formats.number(flip.score, 1), scores.HEALTH.get(band, _("no score")), scores.TONES.get(band, ""),
        formats.number(flip.score_new, 1), scores.HEALTH.get(band_new, _("no score")), scores.TONES.get(band_new, ""),
    )  # fmt: skip
