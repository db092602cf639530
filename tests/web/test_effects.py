"""Effects of plays: the verdict with what it is worth, by lot and without one, to those who answer for plays, of what they see."""

from __future__ import annotations

import html
import re

import pytest

from tenure import keeper
from tenure.core.errors import UsageError
from tenure.engine.verbs.effect import outcomes
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.run import Run
from tenure.figures import kept
from tenure.figures.question import Ground, meaning_of
from tenure.figures.request import Asked, resolved
from tenure.scores.effect.values import check_outcome
from tenure.web.access.roles import Role
from tests.engine.conftest import Bench, new_home
from tests.web.company import charts_of, put_into, text_of

pytestmark = pytest.mark.django_db
SEE = {Role.ADMINISTRATOR, Role.OPERATIONS, Role.EXECUTIVE, Role.MANAGER}
CALL, TRAINING, VISIT, LETTER = "Check-in call", "Training & more", "Visit/<b>", "Letter"
EVERYBODY, TOLD = range(1, 201), range(1, 196)


def leaves(i: int) -> str:
    """Of the hundred treated (odd) four leave in May, of the hundred held out twenty."""
    return "2025-05-15" if (i % 25 == 1 if i % 2 else i % 5 == 0) else ""


def tickets(i: int, month: int) -> int:
    """As many in a month for each of four, but one fewer from March on for the one of them who was trained."""
    four = (i - 1) // 4
    return 1 + (7 * four * four + 5 * month**3 + 3 * four * month) % 11 % 3 - (trained(i) and month >= 3)


def trained(i: int) -> bool:
    return i % 4 == 2


def rows(*columns: str) -> str:
    return "\n".join(columns) + "\n"


TABLES = {
    "csm": rows("csm_id,name,manager_id", "ada,Ada,mia", "ben,Ben,max", "mia,Mia,", "max,Max,"),
    "account": rows("account_id,name,segment", *(f"a{i},Customer {i}.,{'SMB' if i % 3 else 'Enterprise'}" for i in EVERYBODY)),
    "assignment": rows("account_id,csm_id,valid_from", *(f"a{i},{'ada' if i <= 60 else 'ben'},2024-06-01" for i in EVERYBODY)),
    "subscription": rows(
        "subscription_id,account_id,amount,started_at,ended_at",
        *(f"s{i},a{i},{80 + 7 * i % 100},2024-06-01,{leaves(i)}" for i in EVERYBODY),
    ),
    "ticket": rows("ticket_id,account_id,created_at", *(
        f"{i}-{month}-{k},a{i},2025-0{month}-10" for i in EVERYBODY for month in range(1, 10) for k in range(tickets(i, month)))),
    "treatment": rows(
        "account_id,play,arm,at",
        *(f"a{i},{CALL},{'treated' if i % 2 else 'held_out'},2025-04-01" for i in EVERYBODY),
        f"a1,{CALL},held_out,2025-06-01",
        *(f"a{i},{TRAINING},treated,2025-03-01" for i in EVERYBODY if trained(i)),
        *(f"a{i},{VISIT},treated,2025-03-01" for i in range(190, 195)),
        *(f"a{i},{LETTER},treated,2025-03-01" for i in TOLD),
    ),
}  # fmt: skip


OWN = """
definition = "Tickets of the period."
kind = "total"
table = "ticket"
at = "created_at"
unit = "count"
"""


@pytest.fixture(scope="module")
def tried_home(tmp_path_factory):
    """A workspace with four plays: a lot among all, a training of fifty, a visit to five of Ben's, and a letter to nearly all."""
    home = new_home(tmp_path_factory.mktemp("plays") / "home")
    workspace = Bench(home).workspace()
    for table, text in TABLES.items():
        file = home / f"{table}.csv"
        file.write_text(text)
        workspace.call("load", Load((str(file),), table, history=True))
    workspace.close()
    keeper.open(home).call("run", Run())
    return home


@pytest.fixture
def tried(tried_home, home):
    return put_into(home, tried_home)


@pytest.fixture
def executive(somebody, as_):
    return as_(somebody(Role.EXECUTIVE))


def test_plays_are_listed_with_whom_the_treated_are_compared_with(tried, executive):
    page = executive.get("/effects/").content.decode()
    found = [html.unescape(re.sub(r"<[^>]+>", " ", row)) for row in page.partition("<tbody>")[2].split("</tr>")]
    for name, *told in (
        (CALL, " 100 ", "Apr 1, 2025", "accounts held out by lot", "1 account was assigned more than once", "1 was in both arms."),
        (TRAINING, " 50 ", " 0 ", "Mar 1, 2025", "not tried: nobody was held out"), (VISIT, " 5 ", " 0 ", "Mar 1, 2025"),
    ):  # fmt: skip
        (row,) = [row for row in found if name in row]
        for words in told:
            assert words in " ".join(row.split()), (name, words)
    assert "/effects/Visit/%3Cb%3E/" in page
    assert VISIT not in page, "names are escaped"


def test_a_lot_says_what_the_play_changed_and_that_it_did(tried, executive):
    """4 of 100 against 20 of 100: the difference is -16 points, by Newcombe from -25.2 to -7.1."""
    page = text_of(executive, f"/effects/{CALL}/effect/?split=50")
    for told in (
        "The play changed it, by more than chance alone gives.", "That is the good way.", "−16.00 pp", "−25.17 pp – −7.06 pp",
        "(−80% of what it would have been)", '<span class="pill good">Causal</span>', "A lot decided who was treated", "The arms differ by no more than chance",
        "50% were treated, 50% were planned (p = 1.00).", "Segment SMB", "It is the effect of having been meant for the play",
        "over the 3 months from each account's own day on",
    ):  # fmt: skip
        assert told.replace("−16.00", "−16.0").replace("25.17", "25.2").replace("7.06", "7.1") in page, told
    (arms,) = charts_of(executive, f"/effects/{CALL}/effect/")
    assert arms["kind"] == "estimates"
    assert arms["categories"] == ["Treated", "Held out"]
    treated, held_out = arms["series"]
    assert (treated["values"], held_out["values"]) == ([0.04, None], [None, 0.2])
    assert treated["low"][0] == pytest.approx(0.0157, abs=1e-4)  # Wilson's
    assert treated["high"][0] == pytest.approx(0.0984, abs=1e-4)
    assert "The planned share, above, tests the lot" in text_of(executive, f"/effects/{CALL}/effect/")
    assert '<th scope="row">Effect</th>' in page
    uneven = text_of(executive, f"/effects/{CALL}/effect/?split=80")
    assert "Not causal" in uneven, "no lot does that"
    assert ('<th scope="row">Difference</th>' in uneven, '<th scope="row">Effect</th>' in uneven) == (True, False)


def test_without_a_lot_the_gap_is_shown_month_by_month_and_the_condition_said(tried, executive):
    """Treated and others write as many tickets before, and the treated one fewer from the month of the training on."""
    url = f"/effects/{TRAINING.replace('&', '%26')}/effect/?metric=ticket_volume"
    page = text_of(executive, url)
    for told in (
        "It changed by more than chance alone gives.", '<span class="pill warn">Causal on a condition</span>', "−1.00",
        "It is the effect if without the play both would have changed alike", "the gap moved by no more than chance alone moves it",
        "Whatever else happened to the treated at that time is in it.", "Values are per account and month.",
    ):  # fmt: skip
        assert told in page, told
    both, gap = charts_of(executive, url)
    assert [one["name"] for one in both["series"]] == ["Treated", "Others", "Treated, if alike"]
    before, after = both["series"][0]["values"]
    assert after - both["series"][2]["values"][1] == pytest.approx(-1)
    assert before == both["series"][2]["values"][0]
    assert (gap["kind"], gap["categories"], gap["began"], gap["level"]) == (
        "estimates",
        ["−3", "−2", "−1", "0", "1", "2"],
        3,
        0,
    )
    earlier, later = gap["series"]
    assert earlier["values"][2:] == [0, None, None, None]
    assert later["values"][3:] == pytest.approx([-1, -1, -1])
    assert all(low < -1 < high for low, high in zip(later["low"][3:], later["high"][3:], strict=True))
    assert "Not causal" in text_of(executive, url.replace("ticket_volume", "customer_churn_rate")), (
        "nobody could leave before"
    )


def test_with_nobody_beside_them_only_what_changed_is_told(tried, executive):
    """What 195 wrote a month from March to May; nothing of it is called an effect."""
    url = f"/effects/{LETTER}/effect/?metric=ticket_volume"
    page = text_of(executive, url)
    for told in (
        "whether the play made it so cannot be said", '<span class="pill bad">Not causal</span>', "The treated alone, before and after.",
        "5 other accounts can be laid beside the treated, and 10 are needed", "What would have changed anyway is in it",
    ):  # fmt: skip
        assert told in page, told
    assert "of what it would have been" not in page
    (chart,) = charts_of(executive, url)
    assert (chart["kind"], [one["name"] for one in chart["series"]]) == ("lines", ["Treated"])
    written = sum(tickets(i, month) for i in TOLD for month in (3, 4, 5))
    assert chart["series"][0]["values"][1] == pytest.approx(written / 195 / 3)


def test_what_cannot_be_told_says_which_effect_would_have_been_seen(tried, executive):
    """Nobody leaves in April: 0 of 100 may be 3.70 %, by Wilson (z2 / (n + z2)), and so may the difference, either way; 1.43
    times as much would have been seen, (1.96 + 0.84) / 1.96.
    """
    page = text_of(executive, f"/effects/{CALL}/effect/?months=1")
    assert "It cannot be told from no effect." in page
    assert "±0.00 pp" in page
    assert "−3.70 pp – +3.70 pp" in page
    assert "A change of 5.29 pp or more would have been seen, in 80 of 100 such comparisons." in page
    assert 'class="pill ">Causal' in page, "no colour where there is nothing to praise"


def test_the_page_asks_for_the_answer_and_the_form_holds_what_is_asked(tried, executive):
    url = f"/effects/{CALL}/?metric=mrr&months=5&split=50"
    page = text_of(executive, url)
    part = f"/effects/{CALL.replace(' ', '%20')}/effect/?metric=mrr&months=5&split=50"
    assert f'hx-get="{part}" hx-trigger="load"' in page
    assert f'<a href="{part}">What it changed</a>' in page, "without scripts it is a page of its own"
    for field in (
        '<option value="mrr" selected>',
        '<option value="5" selected>',
        'value="50"',
        ">Net revenue retention<",
    ):
        assert field in page, field
    assert "mrr_movements" not in page
    assert 'name="split"' not in text_of(executive, f"/effects/{TRAINING.replace('&', '%26')}/"), (
        "there is no lot to test"
    )
    answer = executive.get(part, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in answer
    assert "Monthly recurring revenue" in answer
    assert "<html" in text_of(executive, part)


def test_whatever_cannot_be_answered_is_said_in_words(tried, executive):
    for asked, told in (
        (f"{VISIT}/effect/", "There are 5 treated accounts"), (f"{VISIT}/effect/", "Try the play on more accounts"),
        (f"{CALL}/effect/?metric=time_to_value", "not made of what single accounts add"),
        (f"{CALL}/effect/?metric=churn_rat", "There is no metric called 'churn_rat'."),
        (f"{CALL}/effect/?months=25", "watched for 1 to 24 months"), (f"{CALL}/effect/?months=x", "watched for 1 to 24 months"),
        (f"{CALL}/effect/?split=100", "lies between 0 and 100 %"), (f"{CALL}/effect/?split=half", "lies between 0 and 100 %"),
    ):  # fmt: skip
        assert told in text_of(executive, f"/effects/{asked}"), asked
    text_of(executive, f"/effects/{CALL}/?metric=nonsense&months=-1&split=nan")
    for missing in ("Cal/", "Cal/effect/", "Cal/effect/?split=0", "Cal/accounts/"):
        text_of(executive, f"/effects/{missing}", status=404)


def test_nothing_known_teaches_how_plays_come_in(home, somebody, as_):
    page = text_of(as_(somebody(Role.OPERATIONS)), "/effects/")
    assert "No play is known" in page
    assert "files for the table treatment" in page
    assert 'href="/guide/"' in page
    assert "No play is known of your accounts" in text_of(as_(somebody(Role.MANAGER, csm_id="mia")), "/effects/")


def test_managers_see_their_own_accounts_only(tried, somebody, as_):
    """Ada has sixty accounts: of the thirty treated two leave (1 and 51), of the thirty held out six (10, 20 ... 60)."""
    for role in Role:
        client = as_(somebody(role, csm_id="mia" if role is Role.MANAGER else ""))
        for url in ("/effects/", f"/effects/{CALL}/", f"/effects/{CALL}/effect/", f"/effects/{CALL}/accounts/"):
            assert client.get(url).status_code == (200 if role in SEE else 403), (role, url)
        assert ('href="/effects/"' in text_of(client, "/search/?part=names&q=play")) == (role in SEE), role
    mia = as_(somebody(Role.MANAGER, csm_id="mia", email="mia@example.com"))
    page = text_of(mia, "/effects/")
    assert "You see your own accounts" in page
    assert VISIT not in page
    for part in ("", "effect/", "accounts/"):
        text_of(mia, f"/effects/{VISIT}/{part}", status=404)
    assert "30 treated, 30 held out" in text_of(mia, f"/effects/{CALL}/")
    answer = text_of(mia, f"/effects/{CALL}/effect/")
    assert "Only your own accounts are compared." in answer
    (arms,) = charts_of(mia, f"/effects/{CALL}/effect/")
    assert [one["values"] for one in arms["series"]] == [[pytest.approx(2 / 30), None], [None, pytest.approx(6 / 30)]]
    listed = {
        name
        for page in (1, 2)
        for name in re.findall(r"Customer (\d+)\.", text_of(mia, f"/effects/{CALL}/accounts/?page={page}"))
    }
    assert listed == {str(i) for i in range(1, 61)}


def test_the_metrics_on_offer_are_those_that_the_engine_compares(tried, executive):
    """Each of the catalogue, own ones too, is planned, as the engine does before it refuses one."""
    (tried.home / "metrics").mkdir()
    (tried.home / "metrics" / "own_tickets.toml").write_text(OWN)
    assert '<option value="own_tickets">Own tickets</option>' in text_of(executive, f"/effects/{CALL}/")
    settings = tried.settings()
    compared = set()
    for slug in tried.metrics():
        request = resolved(Asked(slug, window="period"), settings, Bench(tried.home).now)
        try:
            check_outcome(request, kept.plan(request.question, Ground(meaning_of(settings, foreign=False)), settings))
        except UsageError:
            continue
        compared.add(slug)
    assert set(outcomes(settings)) == compared
