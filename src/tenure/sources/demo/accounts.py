"""``account``: names, addresses and attributes, some of which change on a day."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.sources.demo import words
from tenure.sources.demo.columns import blank, civil, digits, draws, either, flag, ident, join, take, word
from tenure.sources.demo.days import NEVER, WARM_UP, Calendar, Flags, Ints
from tenure.sources.demo.lines import Lines
from tenure.sources.demo.traits import Traits

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def plain(text: str) -> str:
    """The text in small letters of the alphabet only, for addresses."""
    bare = unicodedata.normalize("NFKD", text.translate(_GERMAN)).encode("ascii", "ignore").decode()
    return "".join(letter for letter in bare.lower() if letter.isalnum())


@dataclass(frozen=True)
class _Attributes:
    """What an account row says that another row of the same account may say differently. One entry per row."""

    account: Ints
    segment: Ints
    tier: Ints
    plan: Ints
    valid_from: Ints

    def grown(self, chosen: Ints, day: Ints, larger: Flags) -> _Attributes:
        """The rows of the chosen accounts from ``day`` on: a larger segment or another tier, and the next plan."""
        segment, tier = self.segment[chosen], self.tier[chosen]
        return _Attributes(
            chosen,
            np.where(larger, np.minimum(segment + 1, 2), segment),
            np.where(larger, tier, (tier + 1) % len(words.TIERS)),
            (self.plan[chosen] + 1) % len(words.SUCCESS_PLANS),
            day[chosen],
        )


def account_table(traits: Traits, lines: Lines, calendar: Calendar, seed: int, currency: pa.Array) -> pa.Table:
    """The canonical ``account`` rows, with the custom attribute ``success_plan``; some with a second, dated row."""
    rng, count = draws(seed, "accounts"), len(traits)
    tier = np.minimum(traits.segment + (rng.random(count) < 0.15), 2)
    plan = rng.integers(0, len(words.SUCCESS_PLANS), count)
    first = _Attributes(np.arange(count), traits.segment, tier, plan, np.full(count, NEVER))
    begun = np.minimum(first_days(traits, lines), calendar.today)
    created = np.minimum(begun - rng.integers(5, 90, count), calendar.today - 1)
    day = calendar.starts[WARM_UP] + rng.integers(0, calendar.today - calendar.starts[WARM_UP], count)
    changed = np.flatnonzero((rng.random(count) < 0.08) & (day > begun) & (traits.merged_into < 0))
    later = first.grown(changed, day, rng.random(len(changed)) < 0.3)
    lost = _lost(traits, lines, calendar)
    return pa.concat_tables([_rows(traits, rows, created, lost, currency) for rows in (first, later)])


def _rows(traits: Traits, rows: _Attributes, created: Ints, lost: Flags, currency: pa.Array) -> pa.Table:
    who = rows.account
    place, test = traits.place[who], traits.is_test[who]
    name, domain = _company(traits, who)
    return pa.table(
        {
            "account_id": ident("A", who),
            "name": either(test, join("Test ", ident("", who)), name),
            "domain": blank(domain, test),
            "parent_id": blank(ident("A", np.maximum(traits.parent[who], 0)), traits.parent[who] < 0),
            "merged_into": blank(ident("A", np.maximum(traits.merged_into[who], 0)), traits.merged_into[who] < 0),
            "segment": word(rows.segment, words.SEGMENTS),
            "tier": word(rows.tier, words.TIERS),
            "industry": word(traits.industry[who], words.INDUSTRIES),
            "region": word(place, [p.region for p in words.PLACES]),
            "country": word(place, [p.country for p in words.PLACES]),
            "language": word(place, [p.language for p in words.PLACES]),
            "currency": take(currency, who),
            "is_test": flag(test),
            "is_partner": flag(traits.is_partner[who]),
            "churn_flag": flag(lost[who]),
            "created_at": civil(created[who]),
            "valid_from": civil(rows.valid_from),
            "success_plan": word(rows.plan, words.SUCCESS_PLANS),
        }
    )


def _company(traits: Traits, who: Ints) -> tuple[pa.Array, pa.Array]:
    """The name with its legal form, and the web domain. An account entered twice has both twice."""
    place = traits.place[who]
    name, slug = names(np.where(traits.merged_into[who] >= 0, traits.merged_into[who], who))
    form, ending = ([p.form for p in words.PLACES], [p.domain for p in words.PLACES])
    return join(name, " ", word(place, form)), join(slug, ".", word(place, ending))


def names(who: Ints) -> tuple[pa.Array, pa.Array]:
    """A name and an address for each account; a number is added once all combinations are taken."""
    first, second = words.FIRST_PARTS, words.SECOND_PARTS
    mixed = (who * 397) % (len(first) * len(second))  # 397 shares no factor with either list: no two are alike
    again = who // (len(first) * len(second))
    ending = either(again == 0, "", join(" ", digits(again + 1)))
    parts = (mixed % len(first), mixed // len(first))
    name = join(word(parts[0], first), word(parts[1], second), ending)
    slug = join(
        word(parts[0], [plain(p) for p in first]),
        word(parts[1], [plain(p) for p in second]),
        pc.replace_substring(ending, " ", "-"),
    )
    return name, slug


def first_days(traits: Traits, lines: Lines) -> Ints:
    """The day of each account's first line, ``NEVER`` for prospects."""
    first = np.full(len(traits), NEVER)
    np.minimum.at(first, lines.account, lines.day)
    return first


def _lost(traits: Traits, lines: Lines, calendar: Calendar) -> Flags:
    """Accounts that had a line and have none today."""
    running = np.zeros(len(traits), dtype=np.bool_)
    last = np.append(
        (lines.account[1:] != lines.account[:-1])
        | (lines.generation[1:] != lines.generation[:-1])
        | (lines.product[1:] != lines.product[:-1])
        | (lines.number[1:] != lines.number[:-1]),
        True,
    )
    running[lines.account[last & (lines.end > calendar.today)]] = True
    had = first_days(traits, lines) <= calendar.today
    lost: Flags = had & ~running
    return lost
