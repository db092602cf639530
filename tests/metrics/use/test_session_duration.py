"""``session_duration``: expected values are worked out by hand."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.metrics.use.product import did, told

EXAMPLE = Example(
    """Ann is there from 9:00 to 9:10, and after more than half an hour without use again from 12:00 to 12:40: two sessions,
    of 10 and 40 minutes. Bob's lasts 5. Of Cleo's one event nobody knows how long she stayed: it is counted, and not taken
    for 0 minutes. The median of 5, 10 and 40 is 10.""",
    {
        "usage": """
        account_id,person_id,feature,occurred_at
        acme,ann,plan,2026-03-02 09:00
        acme,ann,share,2026-03-02 09:10
        acme,ann,plan,2026-03-02 12:00
        acme,ann,plan,2026-03-02 12:20
        acme,ann,share,2026-03-02 12:40
        birch,bob,plan,2026-03-02 14:00
        birch,bob,plan,2026-03-02 14:05
        cedar,cleo,plan,2026-03-03 10:00
        """
    },
    "2026-03",
    (Shown("10", "3", "4", beside={"open": "1"}),),
)

SLUG = "session_duration"


def at(*times, person="ann", **more):
    return [did("acme", person, f"2026-03-02 {time}", **more) for time in times]


def march(*rows, **more):
    (figure,) = told(*rows, **more).ask(SLUG, "2026-03")
    return figure


def test_the_median_of_sessions_cut_after_thirty_idle_minutes():
    figure = march(*at("09:00", "09:10", "12:00", "12:20", "12:40"), *at("09:00", "09:05", person="bob"))
    assert (figure.value, figure.n, figure.unit) == (10, 3, "minutes")  # of 5, 10 and 40


def test_a_session_of_one_event_is_counted_and_of_unknown_length():
    figure = march(*at("09:00", "09:10"), *at("09:00", person="bob"))
    assert (figure.value, figure.n, figure.numerator, figure.extra["open"]) == (10, 2, 1, 1)
    assert march(*at("09:00")).value is None
    assert march(*at("09:00", seconds=120)).value == 2
