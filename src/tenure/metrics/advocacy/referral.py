"""Referrals, and which of them count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import BEGINNING, identity, unit_of
from tenure.metrics.revenue.line import FAR
from tenure.metrics.world import World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

PARTNER, SELF, DUPLICATE = "partner", "self-referral", "duplicate"


@fact()
def referral(w: World) -> ir.Table:
    """One row for each referral up to now.

    Columns: ``account_id`` (who referred), ``advocacy_id, at, on`` (its local day), ``outcome`` (open where nothing is
    told), ``worth`` (yearly, ten-thousandths of the reporting currency; null where nothing is told), ``prospect`` (the
    account that was referred, where it is known: by its id, or as the only one with the domain) and ``flaw``: why it
    does not count, the first of

    * ``partner``: who referred was a partner then,
    * ``self-referral``: to the same account, or to its domain,
    * ``duplicate``: of the other referrals of the same prospect or domain one counts: the first that was won, else the
      first that was qualified, else the first.
    """
    r = unit_of(w, w.advocacy)
    r = _with_prospect(w, r.filter(r.kind == "referral", r.occurred_at < w.now))
    r = r.mutate(at=r.occurred_at, outcome=r.outcome.fill_null("open"))
    partner = beside(r, partners(w), ["account_id"], within=("at", "partner_from", "partner_to"))
    r = partner.mutate(
        flaw=ibis.cases((partner.partner_from.notnull(), PARTNER), (partner.to_itself, SELF), else_=ibis.null("string"))
    )
    return _once(r).select(
        "account_id", "advocacy_id", "at", "outcome", "prospect", "flaw",
        on="occurred_day", worth=(r.value * 10000).cast("int64"),
    )  # fmt: skip


def partners(w: World) -> ir.Table:
    """When accounts were partners: ``account_id, partner_from, partner_to`` (instants, exclusive end)."""
    t = w.account
    t = t.mutate(partner_from=ibis.coalesce(t.valid_from, ibis.literal(BEGINNING).cast("timestamp(6)")))
    following = t.partner_from.lead().over(ibis.window(group_by="account_id", order_by="partner_from"))
    t = t.mutate(partner_to=ibis.coalesce(following, ibis.literal(FAR).cast("timestamp(6)")))
    return t.filter(t.is_partner).select("account_id", "partner_from", "partner_to")


def _with_prospect(w: World, r: ir.Table) -> ir.Table:
    """The referrals with ``prospect`` and ``site`` (who was referred, and its domain) and ``to_itself``."""
    members = unit_of(w, identity(w).select("account_id", referred_account_id="account_id"))
    members = members.select("referred_account_id", unit="account_id")
    a = w.account
    sites = unit_of(w, a.select("account_id", site=_site(a.domain))).distinct()
    sites = sites.filter(sites.site.notnull())
    known = sites.group_by("site").agg(those=sites.account_id.count(), known=sites.account_id.max())
    r = beside(r.mutate(site=_site(r.referred_domain)), members, ["referred_account_id"])
    r = beside(r, known.filter(known.those == 1).select("site", "known"), ["site"])
    r = r.mutate(prospect=ibis.coalesce(r.unit, r.referred_account_id, r.known))
    given = r.select("advocacy_id", "account_id", "site")
    found = beside(r.select("advocacy_id", "account_id", "prospect"), sites.rename(prospect="account_id"), ["prospect"],
                   how="inner")  # fmt: skip
    theirs = given.union(found.select(given.columns))
    own = beside(theirs, sites.mutate(own=True), ["account_id", "site"], how="inner").select("advocacy_id").distinct()
    r = beside(r, own.mutate(own=True), ["advocacy_id"])
    same = (r.prospect == r.account_id).fill_null(False)
    return r.mutate(to_itself=same | r.own.fill_null(False))


def _site(domain: ir.StringValue) -> ir.StringValue:
    """A web domain however it was written: without scheme, ``www.`` and path; null where there is none."""
    plain = domain.lower().strip().replace("https://", "").replace("http://", "")
    slash = plain.find("/")
    plain = (slash >= 0).ifelse(plain.substr(0, slash), plain)
    plain = plain.startswith("www.").ifelse(plain.substr(4), plain)
    return plain.nullif("")


def _once(r: ir.Table) -> ir.Table:
    """The referrals, where of those of one prospect or domain all but one are flawed as duplicates."""
    rank = ibis.cases((r.outcome == "won", 0), (r.outcome == "qualified", 1), else_=2)
    r = r.mutate(counts=r.flaw.isnull(), rank=rank)
    later = ibis.literal(value=False)
    for who in ("prospect", "site"):
        order = ibis.window(group_by=["counts", who], order_by=["rank", "at", "advocacy_id"])
        later |= r[who].notnull() & (ibis.row_number().over(order) > 0)
    r = r.mutate(later=later)
    return r.mutate(flaw=(r.counts & r.later).ifelse(ibis.literal(DUPLICATE), r.flaw))
