"""The parts of product adoption: expected values are worked out by hand."""

from __future__ import annotations

from fractions import Fraction

from tenure.core.config import Use
from tenure.metrics.use import parts
from tests.metrics.use.product import did, laid, seats, told


def share(world, part):
    """The ratio of sums of a part."""
    names = []

    def rows(w, p):
        found = part(w, p)
        names.extend([found.num, found.den])
        return found.rows.filter(found.rows.excluded.isnull())

    found = laid(world, rows, "2026-03")
    return Fraction(*(int(sum(row[name] for row in found)) for name in names))


def test_each_is_between_none_and_all():
    rows = [did("acme", name, "2026-03-02") for name in ("ann", "bob", "cleo")]
    rows += [did("acme", "ann", "2026-03-03", "look", count=1000), did("birch", "dan", "2026-03-02")]
    world = told(*rows, entitled=(seats("acme", 2), seats("birch", 8)), use=Use(full_depth=6))
    assert share(world, parts.licence_use) == Fraction(2 + 1, 10)  # three people on two seats
    assert share(world, parts.breadth) == Fraction(2 + 1, 6)
    # Full depth of 31 days is 6.2 uses: plan 3 of 18.6 and 1 of 6.2, look all of it.
    assert share(world, parts.depth) == Fraction(30 * 4 + 186, 186 * 5)
