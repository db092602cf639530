"""What the simulator does not tell of its company, added to a world: the rare things on which engines may differ."""

from __future__ import annotations

from typing import Any

from tests.world import World

#: A name that would break SQL that is put together carelessly, or a driver that reads percent signs.
ODD = "O'Brien & Söhne 50 %s"


def tell(world: World, *, foreign: bool, contracts: bool) -> None:
    """Add the rare things. ``foreign``: also amounts in currencies, one without a rate. ``contracts``: also contracts."""
    _families(world)
    _lines(world, foreign=foreign)
    _owners(world)
    _use(world)
    _product(world)
    _bills(world)
    _answers(world)
    _touches(world)
    _ways(world)
    _growth(world, foreign=foreign)
    _advocates(world)
    _words(world)
    _goals(world)
    _support(world)
    _scores(world)
    if contracts:
        _contracts(world, foreign=foreign)
    _learned_late(world, contracts=contracts)


def _families(world: World) -> None:
    """Merges of merges, a family of three generations, a test account, attributes that change."""
    world.add(
        "account",
        {"account_id": "old", "name": ODD, "merged_into": "older", "segment": "SMB", "success_plan": "Adopt"},
        {"account_id": "older", "name": "Older", "merged_into": "oldest", "segment": "SMB"},
        {"account_id": "oldest", "name": "Oldest", "segment": ODD, "region": "DACH", "success_plan": ODD},
        {"account_id": "head", "name": "Head", "segment": "Enterprise", "tier": "Gold"},
        {"account_id": "child", "name": "Child", "parent_id": "head", "segment": "SMB"},
        {"account_id": "grandchild", "name": "Grandchild", "parent_id": "child"},
        {"account_id": "test", "name": "Test", "is_test": True, "segment": "SMB"},
        {"account_id": "mover", "name": "Mover", "segment": "SMB", "success_plan": "Adopt"},
        {"account_id": "mover", "name": "Mover", "segment": "Enterprise", "tier": "Gold", "valid_from": "2026-03-15"},
        {"account_id": "mover", "name": "Mover", "success_plan": "Renew", "valid_from": "2026-05-01"},
        {"account_id": "leaver", "name": "Leaver"},
        {"account_id": "lapser", "name": "Lapser", "segment": "SMB"},
        {"account_id": "prospect", "name": "Prospect", "segment": "SMB"},
    )


def _lines(world: World, *, foreign: bool) -> None:
    """Trials, pauses, discounts that end, swaps, returns, and days with several changes."""
    world.pays("old", 400, "2025-01-01", "2026-04-10").pays("oldest", 450, "2026-04-10", line="kept")
    world.pays("head", "1200.55", "2024-02-29", interval="year", product_id="planner", plan="Team")
    world.pays("child", 333, "2025-03-01", interval="quarter", product_id="planner", plan="Business")
    world.pays("grandchild", 7, "2025-11-03", interval="week", product_id="insights").pays("test", 9999, "2025-01-01")
    world.pays("mover", 80, "2025-06-01", "2026-04-01", product_id="planner", plan="Team", quantity=4)
    world.pays("mover", "123.4567", "2026-04-01", line="next", product_id="planner", plan="Business", quantity=5)
    world.pays("mover", 20, "2026-04-01", line="more", product_id="insights", quantity=2)
    world.pays("mover", 26, "2026-05-10 09:00:00", line="more", product_id="insights", quantity=2)
    world.pays("mover", 24, "2026-05-10 15:00:00", line="more", product_id="insights", quantity=3)
    world.pays("leaver", 70, "2025-02-01", "2026-04-05").pays("leaver", 60, "2026-04-20", "2026-05-31", line="again")
    world.pays("leaver", 65, "2026-06-03", line="third")
    world.pays("lapser", 50, "2025-05-01", "2026-05-01").pays("lapser", 55, "2026-05-07", line="signed late")
    world.pays("lapser", 0, "2026-01-01", line="free").pays("prospect", 90, "2026-05-01", line="try", is_trial=True)
    world.pays("prospect", 90, "2026-04-01", "2026-04-20", line="sleeps", is_paused=True)
    world.pays(
        "grandchild", 200, "2026-01-15", line="promised", discount_share="0.125", discount_kind="recurring",
        discount_ends_at="2026-05-12", product_id="planner", plan="Team",
    )  # fmt: skip
    world.pays(
        "child", 100, "2026-02-01", line="noticed", discount_amount=10, cancel_requested_at="2026-05-20", ended_at=None
    )
    if foreign:
        world.pays("head", 500, "2025-01-01", "2026-06-10", line="dollars", currency="USD", quantity=3, plan="Team")
        world.pays("head", 520, "2026-06-10", line="more dollars", currency="USD", quantity=3, plan="Business")
        world.pays("leaver", 44, "2025-04-01", line="unknown", currency="CHF")


def _owners(world: World) -> None:
    """Thirds of an account, a pool, hand-overs, somebody who changes team."""
    world.add("csm", {"csm_id": "ada", "name": "Ada", "team": "North", "manager_id": "eve"})
    world.add("csm", {"csm_id": "ada", "name": "Ada", "team": "South", "valid_from": "2026-04-15"})
    world.owns("ada", "mover", "2025-06-10").owns("ben", "mover", "2026-05-01").owns("ada", "oldest")
    world.owns("ada", "head", "2025-01-01", share="0.333333").owns("ben", "head", "2025-01-01", share="0.666667")
    world.add("assignment", {"account_id": "child", "pool": "shared", "valid_from": "2025-03-10"})
    world.owns("ada", "leaver", "2025-02-20", valid_to="2026-04-10").owns("ben", "leaver", "2026-04-20", role="support")


def _use(world: World) -> None:
    """Key use and log-ins, by customers and by staff."""
    world.add("feature", {"feature_id": "plan", "name": "Plan", "is_key": True},
              {"feature_id": "login", "name": "Log-in", "is_login": True})  # fmt: skip
    world.add("person", {"person_id": "staff", "name": "Staff", "account_id": "head", "is_internal": True},
              {"person_id": "user", "name": "User", "account_id": "head"})  # fmt: skip
    accounts = [f"A-{number:05}" for number in range(0, 60, 2)] + ["head", "mover", "leaver", "old"]
    rows: list[dict[str, Any]] = []
    for number, account in enumerate(accounts):
        for month in range(1, 7):
            if (number + month) % 4:
                at = f"2026-{month:02}-{1 + (number * 7 + month) % 27:02} 12:00:00"
                rows.append({"account_id": account, "feature": "plan", "occurred_at": at, "person_id": "user"})
            if number % 3 == 0:
                rows.append({"account_id": account, "feature": "login", "occurred_at": f"2026-{month:02}-02 08:00:00"})
            if number % 5 == 0:
                at = f"2026-{month:02}-03 08:00:00"
                rows.append({"account_id": account, "feature": "plan", "occurred_at": at, "person_id": "staff"})
    world.add("usage", *rows)
    # Sittings of several minutes, with and without a session's id, over midnight, of one event and of many.
    world.add(
        "usage",
        *(
            {
                "event_id": f"sitting {number}", "account_id": ("head", "mover", "old")[number % 3],
                "person_id": f"sitter {number % 4}", "feature": "edit", "session_id": f"s{number // 5}" if number % 2 else None,
                "occurred_at": f"2026-{2 + number % 5:02}-{3 + number % 20:02} 23:{number * 7 % 60:02}:{number % 60:02}.5",
                "seconds": number * 11 % 900 if number % 3 else None,
            }
            for number in range(90)
        ),
    )  # fmt: skip


def _product(world: World) -> None:
    """Seats that change, features of their own and of no product, people of several accounts, sums instead of events."""
    world.add(
        "feature",
        {"feature_id": "board", "name": "Board", "product_id": "planner", "released_at": "2026-04-12 09:30:00"},
        {"feature_id": "api", "name": ODD, "product_id": "planner", "is_key": True},
        {"feature_id": "chart", "name": "Chart", "product_id": "insights", "is_key": True},
    )
    rows: list[dict[str, Any]] = [
        {"account_id": f"A-{number:05}", "product_id": ("planner", "insights")[number % 3 == 0], "seats": number % 7,
         "valid_from": "2025-06-01"}
        for number in range(0, 60, 2)
    ]  # fmt: skip
    planner = {"product_id": "planner", "valid_from": "2025-01-01"}
    rows += [
        planner | {"account_id": "head", "seats": "5.5"},
        planner | {"account_id": "head", "seats": 8, "valid_from": "2026-05-15 10:00:00"},
        planner | {"account_id": "old", "seats": 2},
        planner | {"account_id": "oldest", "seats": 3},
        planner | {"account_id": "mover"},
        planner | {"account_id": "test", "seats": 99},
        planner | {"account_id": "leaver", "seats": 4, "valid_to": "2026-04-05"},
        {"account_id": "head", "product_id": "insights", "seats": 3, "valid_from": "2026-04-20"},
        {"account_id": "head", "feature_id": "api", "valid_from": "2026-05-07 13:00:00", "valid_to": "2026-06-10"},
        {"account_id": "A-00004", "feature_id": "api", "valid_from": "2026-01-01"},
    ]
    world.add("entitlement", *rows)
    accounts = [f"A-{number:05}" for number in range(0, 60, 2)] + ["head", "old", "oldest", "leaver", "lapser", "test"]
    names = ("board", "api", "chart", "login", "plan", "unlisted")
    world.add(
        "usage",
        *(
            {
                "account_id": account, "person_id": f"someone {number % 11} {turn // 2}" if number % 13 else None,
                "feature": names[(number + turn) % 6], "count": (number + turn) % 4,
                "occurred_at": f"2026-{month:02}-{1 + (number * 5 + turn) % 28:02} {number % 24:02}:59:59.75",
                "product_id": "planner" if number % 4 == 0 else None,
            }
            for number, account in enumerate(accounts) for month in range(1, 7) for turn in range(6)
        ),
    )  # fmt: skip
    daily = ("child", "grandchild", "mover", "head", "old")
    world.add(
        "usage_daily",
        *(
            {
                "account_id": daily[number % 5], "day": f"2026-{1 + number % 6:02}-11",
                "product_id": ("insights", "planner", None)[number % 3], "feature": ("chart", None)[number % 2],
                "active_users": number % 4, "events": number if number % 5 else None,
            }
            for number in range(60)
        ),
    )  # fmt: skip


def _bills(world: World) -> None:
    """Purchases that do not recur, partial payments, refunds, credit notes, an invoice due today."""
    for number, account in enumerate(("head", "child", "mover", "A-00002", "A-00004")):
        bill = {"invoice_id": f"X{number}", "account_id": account, "kind": "invoice", "amount": 300 + number}
        world.add("invoice", bill | {"issued_at": f"2026-0{2 + number % 4}-05", "due_at": f"2026-0{2 + number % 4}-20"})
        world.add("invoice_line", {"invoice_id": f"X{number}", "kind": "one_off", "amount": "200.0001"})
        world.add("invoice_line", {"invoice_id": f"X{number}", "kind": "recurring", "amount": 100})
        paid = {"invoice_id": f"X{number}", "kind": "payment", "paid_at": f"2026-0{2 + number % 4}-20 21:59:00"}
        world.add("payment", paid | {"amount": 200}, paid | {"amount": 100 + number})
    world.add("payment", {"invoice_id": "X1", "kind": "refund", "amount": 5, "paid_at": "2026-03-18"})
    world.add("invoice", {"invoice_id": "X9", "account_id": "child", "kind": "credit_note", "credits_id": "X2",
                          "amount": -100, "issued_at": "2026-04-10"})  # fmt: skip
    world.add("invoice", {"invoice_id": "X8", "account_id": "mover", "kind": "invoice", "amount": 10,
                          "issued_at": "2026-06-01", "due_at": "2026-06-17"})  # fmt: skip


def _answers(world: World) -> None:
    """Every usual scale, the anonymous, the unanswered, answers without a person or an account."""
    scales = (
        ("csat", 1, 5),
        ("csat", 1, 10),
        ("csat", 0, 1),
        ("ces", 1, 7),
        ("ces", 1, 5),
        ("nps", 0, 10),
        ("pulse", 1, 5),
    )
    rows: list[dict[str, Any]] = []
    for number in range(140):
        survey, low, high = scales[number % len(scales)]
        day = f"2026-{1 + number % 6:02}-{1 + number * 5 % 16:02}"
        score = None if number % 11 == 0 else low + number * 3 % (high - low + 1)
        rows.append({
            "answer_id": f"Y{number}", "survey": survey, "scale_min": low, "scale_max": high, "score": score,
            "kind": "transactional" if number % 4 == 0 else "relational", "wave": "2026-H1" if number % 3 == 0 else None,
            "account_id": (None, "head", "child", "old", "mover", "prospect", "leaver", "test")[number % 8],
            "person_id": f"someone {number % 9}" if number % 2 else None, "is_anonymous": number % 6 == 0,
            "low_is_good": survey == "ces" and high == 5, "theme": ("price", ODD, None)[number % 3],
            "ticket_id": f"ticket {number % 10}" if number % 4 == 0 else None,
            "agent_id": ("ada", "ben", None)[number % 3], "csm_id": "ada" if number % 5 == 0 else None,
            "sent_at": f"{day} 08:00:00", "delivered_at": f"{day} 08:00:01" if number % 7 else None,
            "answered_at": f"{day} 22:30:00" if score is not None else None,
        })  # fmt: skip
    world.add("survey_answer", *rows)


def _touches(world: World) -> None:
    """Threads over days and accounts, contacts by machines, by merged accounts, by nobody's, an account that came late."""
    accounts = ("head", "child", "old", "mover", "prospect", "leaver", "test", "unknown", "A-00002")
    world.add(
        "touchpoint",
        *(
            {
                "touchpoint_id": f"Z{number // 2 if number % 9 == 0 else number}", "account_id": accounts[number % 9],
                "channel": ("email", "call", "meeting")[number % 3], "direction": ("both", "in", "out", None)[number % 4],
                "occurred_at": f"2026-{1 + number % 6:02}-{1 + number * 5 % 16:02} {number % 24:02}:59:59.75",
                "thread_id": f"thread {number % 7}" if number % 3 == 0 else None, "is_automated": number % 10 == 0,
                "quality": 1 + number % 5 if number % 4 else None, "outcome": (ODD, "done", " ", None)[number // 3 % 4],
                "sentiment": f"{(number % 9 - 4) / 4}" if number % 5 else None,
            }
            for number in range(200)
        ),
    )  # fmt: skip
    world.account("late", created_at="2026-04-09 10:11:12.5", segment="SMB").owns(
        "ada", "late", "2026-04-20 12:00:00.25"
    )


def _ways(world: World) -> None:
    """Milestones reached late, early, by merged and lost accounts, held up by either side; requests told of or not."""
    accounts = ("head", "child", "old", "mover", "leaver", "test", "lapser")
    kinds = ("closed_won", "live", "onboarded", "first_value")
    world.add(
        "milestone",
        *(
            {
                "milestone_id": f"M{number}", "account_id": accounts[number % 7], "kind": kinds[number % 4],
                "completed_at": f"2026-{1 + number % 6:02}-{1 + number * 3 % 27:02} 11:59:59.75" if number % 5 else None,
                "held_minutes": "1440.5" if number % 3 == 0 else None,
                "blocked_by": ("customer", "us", None)[number % 3],
            }
            for number in range(56)
        ),
    )  # fmt: skip
    world.add(
        "request",
        *(
            {
                "request_id": f"R{number}", "account_id": accounts[number % 7], "kind": ("feature", "complaint")[number % 2],
                "created_at": f"2026-{1 + number % 6:02}-{1 + number * 5 % 20:02}",
                "informed_at": f"2026-06-{1 + number % 28:02} 09:00:00" if number % 2 else None,
            }
            for number in range(40)
        ),
    )  # fmt: skip


GROWN = ("head", "child", "old", "mover", "leaver", "test", "lapser", "A-00002")


def _growth(world: World, *, foreign: bool) -> None:
    """Use billed, sales decided and open, plans that rank for all products, minutes, hand-overs."""
    world.add("plan", {"plan": "Team", "rank": 5}, {"plan": "Business", "rank": 9})
    bills: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    sales: list[dict[str, Any]] = []
    calls: list[dict[str, Any]] = []
    for number in range(48):
        account, month = GROWN[number % 8], 1 + (number + number // 8) % 6
        currency = (None, "USD", "CHF")[number % 3] if foreign else None
        bills.append({
            "invoice_id": f"U{number}", "account_id": account, "issued_at": f"2026-{month:02}-03", "amount": 10,
            "kind": "credit_note" if number % 7 == 0 else "invoice", "status": "void" if number % 11 == 0 else "paid",
            "currency": currency,
        })  # fmt: skip
        lines.append({
            "invoice_id": f"U{number}", "kind": "usage", "amount": f"{3 + number}.0007", "product_id": "planner",
            "period_end": f"2026-{month:02}-01" if number % 4 else None,
        })  # fmt: skip
        status = ("won", "lost", "open")[number % 3]
        sales.append({
            "opportunity_id": f"V{number}", "account_id": account, "kind": ("upsell", "add_on", "new")[number % 5 % 3],
            "status": status, "stage": (ODD, "proposal", None)[number // 3 % 3], "amount": f"{900 + number}.55",
            "probability": "0.333333" if number % 4 else None, "currency": currency, "owner_id": "ada",
            "created_at": f"2025-{6 + month:02}-01",
            "closed_at": f"2026-{month:02}-{1 + number % 20:02}" if status != "open" and number % 10 else None,
        })  # fmt: skip
        calls.append({
            "touchpoint_id": f"minutes {number}", "account_id": account, "channel": "call", "direction": "both",
            "occurred_at": f"2026-{month:02}-11 09:00:00", "minutes": f"{number}.25" if number % 4 else None,
        })  # fmt: skip
    world.add("invoice", *bills).add("invoice_line", *lines).add("opportunity", *sales).add("touchpoint", *calls)
    parts = ({"opportunity_id": f"V{number}", "product_id": "insights", "amount": 400} for number in range(0, 48, 5))
    world.add("opportunity_line", *parts)
    _learning(world)
    _handovers(world)


def _learning(world: World) -> None:
    """Courses and steps done, late, not at all, optional, of people who left, of nobody, of our own people."""
    world.add("person", {"person_id": "machine", "account_id": "child", "is_service": True},
              {"person_id": "went", "account_id": "mover", "left_at": "2026-04-03"})  # fmt: skip
    courses: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for number in range(96):
        month = 1 + (number + number // 8) % 6
        done = f"2026-{month:02}-{1 + number * 7 % 25:02} 22:30:00" if number % 3 else None
        due = {"account_id": GROWN[number % 8], "due_at": f"2026-{month:02}-{1 + number % 16:02}", "completed_at": done}
        learner = ("user", "machine", "went", None, f"learner {number % 5}")[number % 5]
        who = {"account_id": None, "csm_id": ("ada", "ben")[number % 2]} if number % 13 == 0 else {"person_id": learner}
        courses.append(due | who | {
            "training_id": f"W{number}", "course": (ODD, "Basics")[number % 2], "assigned_at": "2026-01-01",
            "required": (True, True, False, None)[number % 4],
        })  # fmt: skip
        steps.append(due | {
            "milestone_id": f"step {number}", "kind": ("onboarded", "kickoff")[number % 2], "product_id": "planner",
            "blocked_by": ("us", None)[number % 2],
        })  # fmt: skip
    world.add("training", *courses).add("milestone", *steps)


def _handovers(world: World) -> None:
    """Items of accounts won, by milestone or by opportunity: done, late, due later, without a day, never told."""
    rows: list[dict[str, Any]] = []
    for number, account in enumerate((*GROWN, *(f"A-{nth:05}" for nth in range(0, 60, 3)))):
        month = 1 + number % 6
        won = f"2026-{month:02}-02 22:30:00"
        world.add("milestone", {"milestone_id": f"won {number}", "account_id": account, "kind": "closed_won",
                                "completed_at": won if number % 3 else None})  # fmt: skip
        for nth, item in enumerate(("goals", "contacts", ODD)[: (number + 2) % 4]):
            rows.append({
                "account_id": account, "kind": "sales_to_success", "from_id": "eve", "to_id": ("ada", "ben")[number % 5 % 2 * nth % 2],
                "item": item, "due_at": ("2026-06-30", "2026-03-05", None)[nth],
                "done_at": f"2026-{month:02}-{4 + nth:02}" if (number + nth) % 3 else None,
            })  # fmt: skip
    world.add("handover_item", *rows)


def _advocates(world: World) -> None:
    """Referrals to oneself, of one prospect by several, by partners; vouchers with consent and people that go."""
    world.add("account", {"account_id": "ally", "name": "Ally", "is_partner": True, "domain": "ally.example"},
              {"account_id": "ally", "name": "Ally", "domain": "www.Head.example", "valid_from": "2026-04-15"},
              {"account_id": "seen", "name": ODD, "domain": "seen.example"})  # fmt: skip
    world.pays("ally", 15, "2025-01-01").pays("seen", 33, "2026-05-05").owns("ben", "ally", "2026-05-01")
    world.add("person", {"person_id": "gone", "name": "Gone", "account_id": "head", "left_at": "2026-05-17"})
    accounts = ("head", "child", "old", "mover", "ally", "leaver", "test", "A-00002", "A-00010", "late")
    prospects = (None, "seen", "head", "older", "nobody")
    sites = (None, "https://www.Seen.example/x", "head.example", "new.example", f"{ODD}.example", "new.example")
    kinds = ("referral", "reference", "referral", "testimonial", "case_study", "review")
    rows = [
        {
            "advocacy_id": f"V{number}", "account_id": accounts[number % 10], "kind": kinds[number % 6],
            "occurred_at": f"2026-{1 + number % 6:02}-{1 + number * 5 % 16:02} {number % 24:02}:59:59.75",
            "outcome": ("won", "open", "lost", "qualified", None)[number % 5] if number % 2 == 0 else None,
            "referred_account_id": prospects[number // 2 % 5], "referred_domain": sites[number // 3 % 6],
            "value": f"{number * 7}.0001" if number % 7 else None, "person_id": "gone" if number % 4 == 0 else None,
            "consent_at": f"2026-0{1 + number % 6}-20" if number % 3 == 0 else None,
            "expires_at": f"2026-0{3 + number % 5}-01" if number % 3 == 1 else None,
        }
        for number in range(90)
    ]  # fmt: skip
    world.add("advocacy", *rows)


def _words(world: World) -> None:
    """Ideas that many have, acknowledgements on both sides of the last moment, answers of which only the tone is kept."""
    accounts = ("head", "child", "old", "mover", "prospect", "leaver", "test", "A-00002", "late")
    kinds = ("feature", "feature", "feedback", "complaint")
    rows = []
    for number in range(120):
        month, day = 1 + number % 6, 1 + number * 5 % 16
        told = f"2026-{month:02}-{day + 2 + number % 2:02} {(21, 22)[number // 2 % 2]}:59:59.75"
        rows.append({
            "request_id": f"Q{number}", "account_id": accounts[number % 9], "kind": kinds[number % 4],
            "idea_id": ("dark", ODD, None)[number % 3], "feature_id": ("plan", None)[number % 2],
            "theme": ("price", "speed", None, ODD)[number % 4], "created_at": f"2026-{month:02}-{day:02} {number % 24:02}:30:00",
            "acknowledged_at": told if number % 5 else None, "informed_at": told if number % 10 == 0 else None,
        })  # fmt: skip
    world.add("request", *rows)
    answer = {"survey": "csat", "scale_min": 1, "scale_max": 5, "account_id": "head"}
    world.add(
        "survey_answer",
        answer | {"answer_id": "tone", "sentiment": "-0.5", "answered_at": "2026-05-20"},
        answer | {"answer_id": "blank", "text": " ", "score": 3, "answered_at": "2026-05-20"},
        answer | {"answer_id": "words", "text": ODD, "delivered_at": "2026-05-21"},
    )


def _goals(world: World) -> None:
    """Goals due around midnight, of those who never were customers, reached on both sides of the last moment."""
    accounts = ("head", "child", "old", "mover", "prospect", "leaver", "test", "A-00002", "late")
    world.add(
        "goal",
        *(
            {
                "goal_id": f"G{number}", "account_id": accounts[number % 9], "name": ODD,
                "due_at": f"2026-{1 + number % 6:02}-{1 + number * 7 % 17:02}" if number % 8 else None,
                "reached_at": f"2026-{1 + number % 6:02}-{1 + number * 7 % 17:02} {(21, 22, 12)[number % 3]}:59:59.75"
                if number % 4 else None,
            }
            for number in range(60)
        ),
    )  # fmt: skip


def _support(world: World) -> None:
    """Hours over midnight and half-hour clocks, tickets with and without a history, merged, reopened, of nobody."""
    night = [{"weekday": day, "opens": "20:00", "closes": "04:30"} for day in range(7)]
    split = [
        {"weekday": 2, "opens": opens, "closes": closes} for opens, closes in (("01:00", "02:15"), ("03:00", "24:00"))
    ]
    world.add("schedule", *({"schedule_id": "night", "time_zone": "Australia/Lord_Howe", **row} for row in night))
    world.add("schedule", *({"schedule_id": ODD, "time_zone": "America/New_York", **row} for row in split))
    world.add("holiday", {"schedule_id": "night", "date": "2026-04-05"}, {"schedule_id": ODD, "date": "2026-03-11"})
    rows: list[dict[str, Any]] = []
    statuses: list[dict[str, Any]] = []
    comments: list[dict[str, Any]] = []
    for number in range(90):
        ticket, month, day = f"ticket {number}", 1 + number % 6, 1 + number * 5 % 16
        at = [f"2026-{month:02}-{day + step // 3:02} {(number + 7 * step) % 24:02}:59:59.75" for step in range(3)]
        rows.append({
            "ticket_id": ticket, "account_id": ("head", "child", "old", "mover", "test", None)[number % 6],
            "requester_id": "user" if number % 4 == 0 else None, "assignee_id": ("ada", None)[number % 2],
            "priority": ("high", "urgent", ODD, None)[number % 4], "channel": ("email", None)[number % 2],
            "category": ODD if number % 5 else None, "product_id": "planner" if number % 3 else None,
            "schedule_id": ("night", ODD, None, "unknown")[number % 4], "created_at": f"2026-{month:02}-{day:02} 00:10:00",
            "first_reply_at": at[0] if number % 3 else None, "first_solved_at": at[1] if number % 2 else None,
            "solved_at": at[2] if number % 5 else None, "closed_at": "2026-06-17 10:30:00" if number % 7 == 0 else None,
            "escalated_at": at[1] if number % 8 == 0 else None,
            "merged_into": f"ticket {number + 1}" if number % 11 < 2 else None,
        })  # fmt: skip
        if number % 3 == 0:
            turns = ("open", "pending", "solved", "open", "hold", "closed")[number % 4 :]
            statuses += [
                {"ticket_id": ticket, "status": status, "at": f"2026-{month:02}-{day + turn:02} 0{turn}:30:00"}
                for turn, status in enumerate(turns)
            ]
        if number % 4 == 0:
            comments += [
                {"ticket_id": ticket, "author_role": role, "is_public": number % 5 > 0 or turn < 2,
                 "at": f"2026-{month:02}-{day + turn // 2:02} {6 + turn:02}:00:00.5"}
                for turn, role in enumerate(("requester", "bot", "agent", "requester", "requester", "agent")[: 2 + number % 5])
            ]  # fmt: skip
    world.add("ticket", *rows).add("ticket_status", *statuses).add("ticket_comment", *comments)
    world.add("ticket_assignee", *({"ticket_id": f"ticket {n}", "csm_id": csm, "at": f"2026-0{1 + n % 6}-0{1 + m * 4} 12:00:00"}
                                   for n in range(0, 90, 4) for m, csm in enumerate(("ben", "ada"))))  # fmt: skip
    world.add("sla_target", *(
        {"measure": measure, "minutes": minutes, "valid_from": since, **more}
        for measure, minutes, since, more in (
            ("first_reply", "90.5", "2026-01-01", {"tier": "Gold"}), ("first_reply", 45, "2026-04-03", {"tier": "Gold"}),
            ("first_reply", 30, "2026-02-01", {"priority": "urgent", "tier": "Gold"}),
            ("resolution", 2000, "2026-02-01", {"clock": "calendar"}), ("resolution", 600, "2026-01-01", {"priority": ODD}),
        )
    ))  # fmt: skip
    world.add("escalation", {"escalation_id": "E1", "account_id": "head", "ticket_id": "ticket 11", "level": "manager",
                             "opened_at": "2026-06-01"})  # fmt: skip
    world.add("inquiry", *({"inquiry_id": f"I{n}", "account_id": "mover", "csm_id": ("ada", "ben")[n % 2],
                            "asked_at": f"2026-0{1 + n % 6}-10 09:00:00", "answered_at": f"2026-0{1 + n % 6}-11" if n % 3 else None}
                           for n in range(12)))  # fmt: skip


def _scores(world: World) -> None:
    """Scores under two versions of a model, of accounts that were merged or moved, on the edges of months."""
    world.add(
        "score_model",
        {"model": "health", "version": "b", "at": "2025-06-01", "definition": "old"},
        {"model": "health", "version": "a", "at": "2026-03-01", "definition": "new"},
    )
    scored = [
        {
            "account_id": account, "model": "health", "version": version, "at": day, "score": 37.25 + 7 * number,
            "coverage": 0.75, "band": ("poor", "fair", "good")[number % 3],
        }
        for day, versions in (("2026-02-28", "b"), ("2026-03-01", "ab"), ("2026-03-31", "a"), ("2026-05-04", "a"), ("2026-06-16", "a"))
        for version in versions
        for number, account in enumerate(("old", "oldest", "head", "mover", "child", "test", "lapser"))
    ]  # fmt: skip
    risks = [
        {**row, "model": f"churn_risk_{days}", "band": None, "score": float(row["score"]) / 7}
        for row in scored
        for days in (30, 90, 180)
    ]
    past = [
        {**row, "at": "2025-11-03", "version": f"{n}"} for row in scored[:7] for n in range(9)
    ]  # of which the outcome is known
    world.add("score", *scored, *risks, *past, {**scored[0], "model": "pulseboard", "score": 1})


def _contracts(world: World, *, foreign: bool) -> None:
    """Due, decided, open within the grace and after it, evergreen, with a successor, in another currency."""

    def due(contract: str, account: str, end: str, value: object, **more: Any) -> None:
        row = {"contract_id": contract, "account_id": account, "started_at": "2025-03-01", "ended_at": end}
        world.add("contract", row | {"value": value} | more)

    due("K1", "head", "2026-04-10", "1200.55", outcome="reduced", decided_at="2026-04-01", renewed_value="1100.005")
    due("K2", "child", "2026-06-05", 1332)
    due("K3", "mover", "2026-05-01", 960, successor_id="K4")
    due("K4", "mover", "2027-05-01", "1480.4804", started_at="2026-05-01")
    due("K5", "leaver", "2026-04-05", 840, outcome="churned", decided_at="2026-03-30")
    due("K6", "lapser", "2026-05-01", 600, outcome="open")
    due("K7", "oldest", "2026-05-11", 5400, evergreen=True)
    due("K8", "child", "2026-07-20", 120, outcome="churned", decided_at="2026-06-01")
    world.pays("child", 10, "2025-07-20", line="to be churned", contract_id="K8")
    if foreign:
        due("K9", "head", "2026-05-20", 6000, currency="USD", outcome="renewed", decided_at="2026-05-02")
        due("K0", "leaver", "2026-05-21", 528, currency="CHF")


def _learned_late(world: World, *, contracts: bool) -> None:
    """Corrections after the days of the questions with as-of."""
    late = "2026-06-10"
    world.pays("head", "1500.55", "2024-02-29", interval="year", product_id="planner", plan="Team", known=late)
    world.pays("A-00002", 250, "2026-02-01", line="forgotten", product_id="insights", known=late)
    world.add("account", {"account_id": "A-00004", "name": "Late", "merged_into": "A-00006"}, known=late)
    world.add("exchange_rate", {"currency": "USD", "date": "2026-02-02", "rate": "0.5"}, known=late)
    world.add("assignment", {"account_id": "A-00006", "csm_id": "ada", "valid_from": "2026-01-10"}, known=late)
    answer = {"answer_id": "late", "survey": "nps", "scale_min": 0, "scale_max": 10, "score": 0, "account_id": "head"}
    world.add("survey_answer", answer | {"answered_at": "2026-03-10", "sent_at": "2026-03-01"}, known=late)
    world.add("holiday", {"schedule_id": "night", "date": "2026-04-02"}, known=late)
    world.add("ticket", {"ticket_id": "ticket 3", "account_id": "head", "created_at": "2026-04-01"}, known=late)
    world.add("churn", {"churn_id": "late", "account_id": "leaver", "at": "2026-04-05", "kind": "non_payment",
                        "reason": ODD, "competitor": "Other", "controllable": False}, known=late)  # fmt: skip
    if contracts:
        row = {"contract_id": "K2", "account_id": "child", "started_at": "2025-03-01", "ended_at": "2026-06-05"}
        world.add("contract", row | {"value": 1500}, known=late)
