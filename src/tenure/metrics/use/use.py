"""The use of a period, counted: people, adopters and uses, by account, product and feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.use.done import done
from tenure.metrics.use.entitled import offered
from tenure.metrics.world import Periods, World, fact, is_kept

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: What a row of ``use`` counts. Distinct people do not add up, so that each level is counted by itself.
ACTIVE, ACTIVE_IN, SEEN, SEEN_IN, FEATURE, EXPOSED = "active", "active in", "seen", "seen in", "feature", "exposed"
UNCLEAR = "unclear"
_LEVELS = (ACTIVE, ACTIVE_IN, SEEN, SEEN_IN, UNCLEAR, FEATURE, EXPOSED)


@fact(kept=(("month", "period"),), apart=True)
def use(w: World, p: Periods) -> ir.Table:
    """One row for each account, and product or feature, that was used inside a period, at each level.

    Columns: ``account_id, product_id, feature, period, level``, ``users`` (distinct people who are named), ``uses`` (of
    whomever), ``summed`` (those of which only daily sums are known), ``unclear`` (those of them of which not even the
    feature is known), ``adopters`` (people with as many uses of the feature as the setting ``use.feature_uses`` says)
    and ``adopted`` (their uses). Levels:

    * ``ACTIVE``: key actions of an account, ``ACTIVE_IN``: in each product (null where none is named),
    * ``SEEN``: any use by an account, log-ins too, ``SEEN_IN``: in each product,
    * ``UNCLEAR``: that of which not even the feature is known, by account,
    * ``FEATURE``: a feature, as far as the account might use it (``offered``), since its release,
    * ``EXPOSED``: ``users`` are those who used anything while they might use a feature, of features which they might
      use only in a part of the period; of all others they are those seen.
    """
    levels = [_counted(w, p, done(w, p), level) for level in _LEVELS]
    return levels[0].union(*levels[1:])


def used(w: World, p: Periods, level: str, among: ir.Table | None = None) -> ir.Table:
    """The rows of ``use`` at one level; ``among``: of these accounts and periods. Without a table of it, no more is counted."""
    unit = ["account_id", "period"]
    if is_kept("use", p):
        rows = use(w, p)
        rows = rows.filter(rows.level == level)
        return rows if among is None else rows.semi_join(among, unit)
    d = done(w, p)
    return _counted(w, p, d if among is None else d.semi_join(among, unit), level)


def _counted(w: World, p: Periods, d: ir.Table, level: str) -> ir.Table:
    """What was done, counted at a level."""
    if level in (ACTIVE, ACTIVE_IN, SEEN, SEEN_IN):
        people, count = _people(d), _active if level in (ACTIVE, ACTIVE_IN) else _seen
        if level in (ACTIVE, SEEN):
            return count(_whole(people), level, ["account_id"])
        return count(people, level, ["account_id", "product_id"])
    if level == UNCLEAR:
        return _unclear(d)
    o = offered(w, p)
    part = o.filter(o.partly == 1)
    return _by_feature(w, d, part) if level == FEATURE else _exposed(d, part)


def _whole(people: ir.Table) -> ir.Table:
    """What each person did in all products."""
    return people.group_by(["account_id", "person_id", "period"]).agg(
        **{name: people[name].max() for name in ("named", "acts")},
        **{name: people[name].sum() for name in ("uses", "summed", "unclear", "key_uses", "key_summed")},
    )


def _unclear(d: ir.Table) -> ir.Table:
    """Daily sums that name no feature."""
    d = d.filter(d.feature.isnull(), d.summed > 0)
    g = d.group_by(["account_id", "period"]).agg(uses=d.uses.sum(), summed=d.summed.sum(), unclear=d.summed.sum())
    return _level(g, UNCLEAR)


def _people(d: ir.Table) -> ir.Table:
    """What each person did in each product, all together and (``acts, key_...``) as key actions."""
    d = d.mutate(named=d.person_id.notnull().ifelse(1, 0), unclear=d.feature.isnull().ifelse(d.summed, 0))
    is_key_sum = (d.is_key == 1) | (d.unclear > 0)  # where no feature is named, it may be
    return d.group_by(["account_id", "product_id", "person_id", "period"]).agg(
        named=d.named.max(), uses=d.uses.sum(), summed=d.summed.sum(), unclear=d.unclear.sum(),
        acts=(d.named * d.is_key).max(), key_uses=(d.uses * d.is_key).sum(),
        key_summed=is_key_sum.ifelse(d.summed, 0).sum(),
    )  # fmt: skip


def _active(people: ir.Table, level: str, keys: list[str]) -> ir.Table:
    """How many people did key actions, of rows of which each is a person by these keys."""
    g = people.group_by([*keys, "period"]).agg(
        users=people.acts.sum(), uses=people.key_uses.sum(), summed=people.key_summed.sum(),
        unclear=people.unclear.sum(),
    )  # fmt: skip
    return _level(g.filter((g.uses > 0) | (g.summed > 0)), level)


def _seen(people: ir.Table, level: str, keys: list[str]) -> ir.Table:
    """How many people did anything, of rows of which each is a person by these keys."""
    g = people.group_by([*keys, "period"]).agg(
        users=people.named.sum(), uses=people.uses.sum(), summed=people.summed.sum(), unclear=people.unclear.sum()
    )
    return _level(g, level)


def _by_feature(w: World, d: ir.Table, part: ir.Table) -> ir.Table:
    """Who used which feature, how often; of features that were there only for a part, if it may have been in it."""
    d = d.filter(d.feature.notnull(), d.fresh > 0)
    d = d.mutate(named=d.person_id.notnull().ifelse(1, 0))
    d = beside(d, part.select("account_id", "feature", "period", "since", "until"), ["account_id", "feature", "period"])
    outside = ((d["last"] < d.since) | (d["first"] >= d.until)).fill_null(False)
    d = d.filter(~outside)
    columns = ["account_id", "feature", "person_id", "period", "named", "fresh", "summed"]
    spread = d.filter(d.is_spread == 1)  # of several products there are several rows of one person
    spread = spread.group_by(["account_id", "feature", "person_id", "period", "named"]).agg(
        fresh=spread.fresh.sum().cast("int64"), summed=spread.summed.sum().cast("int64")
    )
    g = d.filter(d.is_spread == 0).select(columns).union(spread.select(columns)).rename(uses="fresh")
    adopts = (g.uses >= w.settings.use.feature_uses).ifelse(g.named, 0)
    g = g.mutate(adopts=adopts)
    g = g.group_by(["account_id", "feature", "period"]).agg(
        users=g.named.sum(), uses=g.uses.sum(), summed=g.summed.sum(), adopters=g.adopts.sum(),
        adopted=(g.uses * g.adopts).sum(),
    )  # fmt: skip
    return _level(g, FEATURE)


def _exposed(d: ir.Table, part: ir.Table) -> ir.Table:
    """Who used anything while a feature was there, of features that were there only for a part of the period."""
    d = d.semi_join(part, ["account_id", "period"])  # few accounts, as a rule
    mixed = d.filter(d.product_id.isnull()).select("account_id", "period").distinct().mutate(mixed=1)
    t = d.filter(d.person_id.notnull()).group_by(["account_id", "product_id", "person_id", "period"])
    t = t.agg(first=d["first"].min(), last=d["last"].max()).rename(used="product_id")
    j = beside(beside(part, mixed, ["account_id", "period"]), t, ["account_id", "period"], how="inner")
    j = j.filter(j["last"] >= j.since, j["first"] < j.until)
    # Where uses name no product, whoever came may have met every feature.
    j = j.filter(((j.used == j.product_id) | j.mixed.notnull() | j.product_id.isnull()).fill_null(False))
    g = j.group_by(["account_id", "feature", "period"]).agg(users=j.person_id.nunique())
    return _level(g, EXPOSED)


def _level(g: ir.Table, level: str) -> ir.Table:
    """The rows in the columns that all levels have."""
    none = ibis.null("string")
    texts = {name: g[name] if name in g.columns else none for name in ("product_id", "feature")}
    names = ("users", "uses", "summed", "unclear", "adopters", "adopted")
    counts = {name: (g[name] if name in g.columns else ibis.literal(0)).cast("int64") for name in names}
    return g.select("account_id", "period", **texts, level=ibis.literal(level), **counts)
