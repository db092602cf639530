from tests.example import Example, Shown
from tests.metrics.support.desk import desk, ticket
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR

EXAMPLE = Example(
    """Four tickets are created in March. The one that belongs to no account counts too; the one that was merged into
    another does not. The last is April's. 4 - 1 = 3.""",
    {
        "ticket": """
        ticket_id,account_id,created_at,merged_into
        t1,acme,2026-03-02 09:00,
        t2,birch,2026-03-10 14:30,
        t3,,2026-03-12 11:00,
        t4,birch,2026-03-13 08:15,t2
        t5,acme,2026-04-01 10:00,
        """
    },
    "2026-03",
    (Shown("3"),),
)

SLUG = "ticket_volume"


def test_tickets_count_where_they_were_opened():
    world = desk()
    for name, created in (("before", "2026-02-28 23:59:59"), ("first", "2026-03-01"), ("last", "2026-03-31 23:59:59")):
        ticket(world, name, created)
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.n, figure.unit) == (2, 1, "count")
    assert (round(float(figure.low), 3), round(float(figure.high), 3)) == (0.242, 7.225)  # exact Poisson for 2
    assert world.value(SLUG, "2026-01") == 0


def test_what_lies_ahead_has_not_happened():
    world = ticket(ticket(desk("2026-03-10"), "a", "2026-03-09"), "b", "2026-03-10")
    assert world.value(SLUG, "2026-03") == 1


def test_merged_tickets_and_accounts_count_once():
    world = desk().account(BIRCH, merged_into=ACME).account(CEDAR, is_test=True)
    world.add("person", {"person_id": "p", "account_id": BIRCH})
    ticket(world, "a", "2026-03-02", merged_into="b")
    ticket(world, "b", "2026-03-03", merged_into="c")
    ticket(world, "c", "2026-03-04", account_id=BIRCH)
    ticket(world, "into nothing", "2026-03-05", merged_into="not loaded")
    ticket(ticket(world, "round", "2026-03-05", merged_into="about"), "about", "2026-03-05", merged_into="round")
    ticket(world, "tried out", "2026-03-06", account_id=CEDAR)
    ticket(world, "the requester's", "2026-03-06", account_id=None, requester_id="p")
    ticket(world, "nobody's", "2026-03-07", account_id=None)
    owners = {figure.slice["owner"]: figure.value for figure in world.ask(SLUG, "2026-03", by=("owner",))}
    assert owners == {ADA: 5, None: 1}  # c, into nothing, round, about, the requester's


def test_its_own_dimensions_and_whoever_had_it_first():
    world = desk().owns(BEN, ACME, "2026-03-15")
    ticket(world, "a", "2026-03-02", priority="high", channel="web", category="bug", product_id="p", assignee_id="zoe")
    ticket(world, "b", "2026-03-20", priority="low", assignee_id="zoe")
    at = {"ticket_id": "b"}
    world.add(
        "ticket_assignee", {**at, "csm_id": "yan", "at": "2026-03-21"}, {**at, "csm_id": "zoe", "at": "2026-03-22"}
    )
    for by, expected in (
        ("priority", {"high": 1, "low": 1}),
        ("channel", {"web": 1, None: 1}),
        ("category", {"bug": 1, None: 1}),
        ("product", {"p": 1, None: 1}),
        ("agent", {"zoe": 1, "yan": 1}),
        ("owner", {ADA: 1, BEN: 1}),
    ):
        assert world.values(SLUG, "2026-03", by=by) == expected


def test_as_of_a_day_it_knows_what_was_known():
    world = ticket(desk(), "a", "2026-03-02")
    world.add("ticket", {"ticket_id": "b", "account_id": ACME, "created_at": "2026-03-03"}, known="2026-04-02")
    assert [world.value(SLUG, "2026-03", as_of=day) for day in ("2026-04-01", "2026-04-02")] == [1, 2]
