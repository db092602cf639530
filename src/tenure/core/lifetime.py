"""How long customers stay and how much they will buy: the models of Fader and Hardie.

| model | of | needs |
|---|---|---|
| sBG | subscriptions, renewed or not by the period | survivors by period |
| BG/NBD | purchases at will, whose end nobody tells | purchases, last purchase and age of each customer |
| Gamma-Gamma | what such a purchase is worth | purchases and their average value of each customer |

BG/NBD is for customers without a contract: where an end is known, as of a subscription, it guesses what is on record.
All parameters are found by maximum likelihood (``tenure.core.likelihood``), from rows in any order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenure.core.errors import DataError
from tenure.core.likelihood import (
    Peak,
    beta_of,
    beta_slope,
    covariance,
    distinct,
    log_rising,
    maximise,
    rising_slope,
)

Floats = NDArray[np.float64]

_NEAR = 1e-6
"""Closer than this to a value at which a formula is 0 / 0, it is taken beside it."""


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


# Contracts


@dataclass(frozen=True)
class ShiftedBetaGeometric:
    """Each customer has a chance of her own to leave at a renewal, drawn from a beta distribution.

    ``alike``: customers differ no more than chance makes them, and all renew with the same chance. ``apart``: some
    leave at once and the others never. ``unsure``: the covariance of the mean's logit and the logarithm of alpha + beta;
    None where one of them has no end.
    """

    alpha: float
    beta: float
    loglik: float = 0.0
    alike: bool = False
    apart: bool = False
    unsure: Floats | None = field(default=None, compare=False)

    def survival(self, periods: ArrayLike) -> Floats:
        """The share that is still there after so many periods."""
        t = _floats(periods)
        return np.exp(log_rising(self.beta, t) - log_rising(self.alpha + self.beta, t))

    def retention(self, renewals: ArrayLike) -> Floats:
        """The share that renews of those who have renewed so often already."""
        made = _floats(renewals)
        return (self.beta + made) / (self.alpha + self.beta + made)

    def residual_lifetime(self, renewals: ArrayLike, discount: float) -> Floats:
        """The discounted expected residual lifetime (DERL) in periods of who has made so many renewals (Fader and
        Hardie 2010, equation 6).

        It is told just before the next renewal, which counts in full where it is made; each later one is divided by
        ``1 + discount`` once more. Infinite for a discount of 0 with alpha up to 1: then too many never leave.
        """
        made = _floats(renewals)
        if discount == 0:
            return (self.beta + made) / (self.alpha - 1) if self.alpha > 1 else np.full_like(made, np.inf)
        return self.retention(made) * _gauss(self.beta + made + 1, self.alpha, 1 / (1 + discount))


def _gauss(b: Floats, more: float, z: float) -> Floats:
    """The hypergeometric function 2F1(1, b; b + more; z) by Gauss's continued fraction, whose terms are all positive.

    SciPy's own gives no number where b and ``more`` are some hundreds.
    """
    c = b + more
    terms = int(20 / np.sqrt(max(1 - z, 1e-9))) + 50  # each pair is worth a factor of exp(-4 sqrt(1 - z))
    found = np.ones_like(b)
    for n in range(terms, 0, -1):
        found = 1 - z * n * (more + n - 1) / ((c + 2 * n - 2) * (c + 2 * n - 1)) / found
        found = 1 - z * (b + n - 1) * (c + n - 2) / ((c + 2 * n - 3) * (c + 2 * n - 2)) / found
    return 1 / found


def shifted_beta_geometric(periods: ArrayLike, survivors: ArrayLike) -> ShiftedBetaGeometric:
    """The sBG model of one cohort (Fader and Hardie 2007): how many of it are there after each number of periods.

    Period 0 is the beginning, with everybody there. Periods may be left out: who was lost between two counts was lost
    somewhere between. The log-likelihood is that of when each customer left. ``ValueError`` unless the periods begin
    with 0, are different and whole, and the survivors never grow. Raises ``DataError`` where nobody left.

    >>> model = shifted_beta_geometric([0, 1, 2, 3, 4], [1000, 631, 468, 382, 326])
    >>> round(model.alpha, 4), round(model.beta, 4)
    (0.7637, 1.2958)
    """
    order = np.argsort(_floats(periods))
    t, alive = _floats(periods)[order], _floats(survivors)[order]
    if len(t) == 0 or t[0] != 0 or (np.diff(t) <= 0).any() or (t % 1 != 0).any():
        raise ValueError("periods must be different whole numbers that begin with 0")
    lost = -np.diff(alive)
    if (lost < 0).any() or (alive < 0).any():
        raise ValueError("survivors cannot grow")
    if len(t) < 3 or not lost.any():
        raise DataError(
            "Nobody left." if len(t) >= 3 else "Two parameters need two renewals at least.",
            code="too_few_events",
            fix="Give it the survivors of at least periods 0, 1 and 2, with some lost.",
        )

    kept = np.zeros_like(alive)
    kept[-1] = alive[-1]
    return _fitted(t, lost, kept)


def shifted_beta_geometric_of(renewals: ArrayLike, left: ArrayLike, stayed: ArrayLike) -> ShiftedBetaGeometric:
    """The sBG model of customers who began at any time: after how many renewals they left, or are there still.

    A row a number of renewals made: how many ``left`` at the next one, and how many have not come to it yet (``stayed``).
    The counts may have fractions. ``ValueError`` unless the renewals are different whole numbers from 0. Raises
    ``DataError`` where nobody left, or nobody was seen at two renewals.

    >>> model = shifted_beta_geometric_of([0, 1, 2, 3, 4], [369, 163, 86, 56, 0], [0, 0, 0, 0, 326])
    >>> round(model.alpha, 4), round(model.beta, 4)
    (0.7637, 1.2958)
    """
    order = np.argsort(_floats(renewals))
    made, gone, there = _floats(renewals)[order], _floats(left)[order], _floats(stayed)[order]
    if (made < 0).any() or (made % 1 != 0).any() or (np.diff(made) == 0).any():
        raise ValueError("renewals must be different whole numbers from 0")
    t = np.arange(float(made[-1]) + 2) if len(made) else np.zeros(1)
    lost, kept = np.zeros(len(t) - 1), np.zeros(len(t))
    lost[made.astype(int)], kept[made.astype(int)] = gone, there
    if not lost.any() or (lost.sum() + kept[1:].sum() - lost[0]) <= 0:
        raise DataError(
            "Nobody left." if not lost.any() else "Two parameters need two renewals at least.",
            code="too_few_events",
            fix="Watch them for longer.",
        )
    return _fitted(t, lost, kept)


def _fitted(t: Floats, lost: Floats, kept: Floats) -> ShiftedBetaGeometric:
    """The model of so many ``lost`` between one of the times and the next, and so many of whom no more than that they
    were there at each time is known (``kept``).
    """

    def loglik(point: Floats) -> tuple[float, Floats]:
        a, b = beta_of(point[0], point[1])
        there = log_rising(b, t) - log_rising(a + b, t)
        both = rising_slope(a + b, t)
        by_a, by_b = -both, rising_slope(b, t) - both
        step = np.minimum(np.diff(there), -1e-300)
        gone = there[:-1] + np.log(-np.expm1(step))
        odds = np.exp(step) / -np.expm1(step)
        slopes = [float((lost * (by[:-1] - odds * np.diff(by))).sum() + (kept * by).sum()) for by in (by_a, by_b)]
        return float((lost * gone).sum() + (kept * there).sum()), np.array(beta_slope(a, b, slopes[0], slopes[1]))

    later = np.cumsum((lost + kept[1:])[::-1])[::-1]  # there at the beginning of each interval, and not kept there
    exposed = float((later * np.diff(t)).sum())
    share = min(0.99, max(1e-6, float(lost.sum()) / exposed))
    centre = log(share / (1 - share))
    peak = maximise(
        loglik, [np.array([centre, start]) for start in (0.7, 3.0, -2.0)],
        np.array([centre - 15, -14]), np.array([centre + 15, log(float(t[-1])) + 14]), endless={(0, 1), (1, -1), (1, 1)}, model="sBG",
    )  # fmt: skip
    _, spread = peak.edges
    return ShiftedBetaGeometric(
        *beta_of(*peak.point), peak.loglik, alike=spread == 1, apart=spread == -1, unsure=covariance(loglik, peak)
    )


# Purchases without a contract


@dataclass(frozen=True)
class BetaGeometricNbd:
    """Customers buy at a rate of their own (gamma: r, alpha) until they drop out after a purchase, with a chance of
    their own (beta: a, b).

    ``edges``: what the purchases leave open, in words.
    """

    r: float
    alpha: float
    a: float
    b: float
    loglik: float = 0.0
    edges: tuple[str, ...] = ()

    def alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """The chance that each customer has not dropped out yet; 1 for who never came back."""
        return 1 / (1 + self._odds(_floats(frequency), _floats(recency), _floats(age)))

    def expected(self, time: ArrayLike) -> Floats:
        """E[X(t)]: how many purchases, after the first, a new customer makes within ``time``."""
        t = _floats(time)
        nothing = np.zeros_like(t)
        return self._further(nothing, nothing, t)

    def expected_of(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, time: ArrayLike) -> Floats:
        """How many purchases each customer will make within a further ``time``, by what she has bought so far
        (Fader, Hardie and Lee 2005, equation 10).
        """
        x, seen = _floats(frequency), _floats(age)
        return self._further(x, seen, _floats(time)) / (1 + self._odds(x, _floats(recency), seen))

    def _odds(self, x: Floats, recency: Floats, age: Floats) -> Floats:
        """Of having dropped out, against being there."""
        bought = x > 0
        last = np.where(bought, x, 1.0)
        power = (self.r + x) * np.log((self.alpha + age) / (self.alpha + recency))
        with np.errstate(over="ignore"):
            return np.where(bought, self.a / (self.b + last - 1) * np.exp(power), 0.0)

    def _further(self, x: Floats, age: Floats, time: Floats) -> Floats:
        """The purchases within ``time`` of who is there."""
        from scipy.special import hyp2f1

        a = 1 + _NEAR if abs(self.a - 1) < _NEAR else self.a
        lead = a + self.b + x - 1
        lead = np.where(np.abs(lead) < _NEAR, _NEAR, lead)
        z = time / (self.alpha + age + time)
        with np.errstate(all="ignore"):
            # Euler's transformation of the published form, whose factors overflow for who buys often
            kept = (1 - z) ** (a - 1) * hyp2f1(lead - self.r - x, a - 1, lead, z)
            published = (1 - z) ** (self.r + x) * hyp2f1(self.r + x, self.b + x, lead, z)
            found = lead / (a - 1) * (1 - np.where(np.isfinite(kept), kept, published))
        x, age, time, found = np.broadcast_arrays(x, age, time, np.where(time > 0, found, 0.0))
        lost = ~np.isfinite(found)
        return np.where(lost, self._summed(x, age, time, lost), found) if lost.any() else found

    def _summed(self, x: Floats, age: Floats, time: Floats, where: NDArray[np.bool_]) -> Floats:
        """As ``_further``, by adding up over the chances to drop out: where both forms overflow, to 6 digits."""
        from scipy.special import betaincinv

        nodes, weights = np.polynomial.legendre.leggauss(300)
        v = (nodes + 1) / 2
        found = np.zeros_like(time)
        for place in map(tuple, np.argwhere(where)):
            p = np.maximum(betaincinv(self.a, self.b + x[place], v**6), 1e-300)  # v^6: many small chances
            bought = -np.expm1(-(self.r + x[place]) * np.log1p(p * time[place] / (self.alpha + age[place]))) / p
            found[place] = (weights * 3 * v**5 * bought).sum()
        return found


def bg_nbd(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> BetaGeometricNbd:
    """The BG/NBD model (Fader, Hardie and Lee 2005), a row a customer.

    ``frequency``: purchases after the first; ``recency``: the time of the last, from the first on (0 without a second);
    ``age``: the time since the first. ``ValueError`` unless 0 <= recency <= age. Raises ``DataError`` with fewer than
    two customers who came back.
    """
    (x, last, seen), weight = distinct(frequency, recency, age)
    if not ((x >= 0) & (last >= 0) & (last <= seen)).all():
        raise ValueError("recency must lie between 0 and the age")
    again = x > 0
    if float(weight[again].sum()) < 2 or not seen.any():
        raise DataError(
            "Fewer than two customers bought again.",
            code="too_few_events",
            fix="Give it more customers, or watch them for longer.",
        )

    def loglik(point: Floats) -> tuple[float, Floats]:
        r, alpha = float(np.exp(point[1])), float(np.exp(point[1] - point[0]))
        a, b = beta_of(point[2], point[3])
        stays = -r * np.log1p(seen / alpha) - x * np.log(alpha + seen)
        before = np.where(again, b + x - 1, 1.0)
        left = np.where(again, log(a) - np.log(before) - r * np.log1p(last / alpha) - x * np.log(alpha + last), -np.inf)
        either = np.logaddexp(stays, left)
        gone = np.exp(left - either)
        value = log_rising(r, x) + log_rising(b, x) - log_rising(a + b, x) + either
        both = rising_slope(a + b, x)
        by_a = float((weight * (gone / a - both)).sum())
        by_b = float((weight * (rising_slope(b, x) - both - np.where(again, gone / before, 0.0))).sum())
        waited = (1 - gone) * np.log1p(seen / alpha) + gone * np.log1p(last / alpha)
        by_r = r * float((weight * (rising_slope(r, x) - waited)).sum())
        since = (1 - gone) / (alpha + seen) + gone / (alpha + last)
        by_alpha = float((weight * (r - (r + x) * alpha * since)).sum())  # times alpha
        slope = np.array([-by_alpha, by_r + by_alpha, *beta_slope(a, b, by_a, by_b)])
        return float((weight * value).sum()), slope

    rate = log(float((weight * x).sum()) / float((weight * seen).sum()))
    starts = [np.array([rate, k, m, c]) for k, m, c in ((-1.0, -1.0, 1.0), (0.5, -2.0, 2.0), (-1.5, 0.0, 0.0))]
    low, high = np.array([rate - 8, -9, -16, -10]), np.array([rate + 8, 12, 9, log(float(x.max())) + 10])
    endless = {(1, 1), (2, -1), (2, 1), (3, -1), (3, 1)}
    peak = maximise(loglik, starts, low, high, endless=endless, model="BG/NBD")
    r = float(np.exp(peak.point[1]))
    alpha = float(np.exp(peak.point[1] - peak.point[0]))
    return BetaGeometricNbd(r, alpha, *beta_of(peak.point[2], peak.point[3]), peak.loglik, _open_ends(peak))


def _open_ends(peak: Peak) -> tuple[str, ...]:
    """What lies at an edge of the BG/NBD model, in words."""
    _, rates, chance, spread = peak.edges
    rarely = peak.point[2] < -4
    found = []
    if rates == 1:
        found.append("Customers do not differ in how often they buy: r and alpha grow without end.")
    if chance == -1 or (rarely and spread):
        found.append("Nobody seems to drop out: a and b are of no account.")
    elif chance == 1:
        found.append("Whoever buys again drops out at once: b is of no account.")
    elif spread == 1:
        found.append("Customers do not differ in how easily they drop out: a and b grow without end.")
    elif spread == -1:
        found.append("Customers drop out after their first purchase or never: a and b go to 0.")
    return tuple(found)


# What a purchase is worth


@dataclass(frozen=True)
class GammaGamma:
    """Purchases vary about a customer's own average (gamma: p), and averages among customers (gamma: q, v).

    ``edges``: what the averages leave open, in words.
    """

    p: float
    q: float
    v: float
    loglik: float = 0.0
    edges: tuple[str, ...] = ()

    def mean(self) -> float | None:
        """The average value of a purchase over all customers; None where q is up to 1, as it is infinite then."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else None

    def expected_of(self, frequency: ArrayLike, monetary: ArrayLike) -> Floats:
        """The average value of each customer's purchases to come: her own, drawn towards that of all (Fader and Hardie
        2013, equation 5). Who bought nothing again is expected to be like all. NaN where it is infinite.
        """
        x, average = _floats(frequency), _floats(monetary)
        own = np.where(x > 0, x * average, 0.0)
        below = self.p * x + self.q - 1
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(below > 0, self.p * (self.v + own) / below, np.nan)


def gamma_gamma(frequency: ArrayLike, monetary: ArrayLike) -> GammaGamma:
    """The Gamma-Gamma model (Fader and Hardie 2013), a row a customer.

    ``frequency``: how many purchases; ``monetary``: their average value. Customers without a purchase say nothing and
    are left out. ``ValueError`` for a purchase that is worth nothing. Raises ``DataError`` with fewer than four
    customers, or where all averages are the same.
    """
    bought = _floats(frequency) > 0
    (x, average), weight = distinct(_floats(frequency)[bought], _floats(monetary)[bought])
    if not (average > 0).all():
        raise ValueError("the average value of purchases must be above 0")
    if float(weight.sum()) < 4 or len(np.unique(average)) < 2:
        raise DataError(
            "Too few customers bought again at different values: three parameters need four at least.",
            code="too_few_events",
            fix="Give it more customers, or watch them for longer.",
        )

    def loglik(point: Floats) -> tuple[float, Floats]:
        from scipy.special import digamma, gammaln

        p, q = float(np.exp(point[0])), float(np.exp(point[1]))
        v = q * float(np.exp(point[2])) / p
        shape, total = p * x, average * x
        share = np.log1p(total / v)
        value = (
            log_rising(q, shape) - gammaln(shape) - q * share + shape * np.log(total / (v + total)) - np.log(average)
        )
        by_p = p * float((weight * x * (digamma(shape + q) - digamma(shape) + np.log(total / (v + total)))).sum())
        by_q = q * float((weight * (rising_slope(q, shape) - share)).sum())
        by_v = float((weight * (q * total - shape * v) / (v + total)).sum())  # times v
        return float((weight * value).sum()), np.array([by_p - by_v, by_q + by_v, by_v])

    centre = float((weight * np.log(average)).sum() / weight.sum())
    starts = [np.array([p, q, centre]) for p, q in ((1.0, 1.0), (0.0, 2.0), (2.5, 0.5))]
    low, high = np.array([-9.0, -9.0, centre - 9]), np.array([14.0, 14.0, centre + 9])
    peak = maximise(loglik, starts, low, high, endless={(0, 1), (1, 1)}, model="Gamma-Gamma")
    p, q = float(np.exp(peak.point[0])), float(np.exp(peak.point[1]))
    words = {
        0: "A customer's purchases do not vary: p grows without end.",
        1: "Customers do not differ in what they spend: q and v grow without end.",
    }
    edges = tuple(text for place, text in words.items() if peak.edges[place] == 1)
    return GammaGamma(p, q, q * float(np.exp(peak.point[2])) / p, peak.loglik, edges)
