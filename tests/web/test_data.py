"""The page Data: every row that came is on it, once, with what became of it."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tenure.engine.drops import looked
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.take_drop import TakeDrop
from tenure.web.access.roles import Role
from tests.web.company import charts_of, text_of

pytestmark = pytest.mark.django_db
ROWS = "account_id,name\nacme,Acme\nbirch,Birch\n,Nobody\n"


def test_an_empty_page_teaches_what_will_be_there(somebody, as_):
    text = text_of(as_(somebody(Role.OPERATIONS)), "/data/")
    assert "Nothing has come in yet" in text
    assert 'href="/guide/"' in text


def test_only_those_who_look_after_data_see_it(somebody, as_):
    for role in (Role.CSM, Role.MANAGER, Role.EXECUTIVE, Role.VIEWER):
        assert as_(somebody(role)).get("/data/").status_code in (403, 404)


def test_the_picture_and_its_counts_account_for_every_row(home, somebody, as_, tmp_path):
    from tenure import keeper

    for name, text in (("one.csv", ROWS), ("two.csv", ROWS.replace("Acme", "Acme Ltd"))):
        (tmp_path / name).write_text(text, encoding="utf-8")
        keeper.open(home).call("load", Load((str(tmp_path / name),), "account"))
    client = as_(somebody(Role.ADMINISTRATOR))
    # of the first file two accounts are new and a row has no key; of the second one has another name, one is known already,
    # and the row without a key is refused again
    text = text_of(client, "/data/?hours=168")
    counts = {name: f'<h2>{name}</h2><div class="figure-value"><strong>{count}</strong>' for name, count in (
        ("Received", 6), ("New", 2), ("Changed", 1), ("Known already", 1), ("Refused", 2),
    )}  # fmt: skip
    assert {name for name, told in counts.items() if told not in text} == set()
    (chart,) = charts_of(client, "/data/")
    into: dict[int, float] = defaultdict(float)
    out: dict[int, float] = defaultdict(float)
    for link in chart["links"]:
        out[link["source"]] += link["amount"]
        into[link["target"]] += link["amount"]
    by_layer = {layer: [at for at, node in enumerate(chart["nodes"]) if node["layer"] == layer] for layer in (0, 1, 2)}
    assert sum(out[at] for at in by_layer[0]) == 6
    assert all(into[at] == out[at] for at in by_layer[1])  # nothing is lost on the way
    assert {chart["nodes"][at]["name"]: into[at] for at in by_layer[2]} == {
        "New": 2, "Changed": 1, "Known already": 1, "Refused": 2,
    }  # fmt: skip


def test_what_was_dropped_stands_there_with_what_became_of_it(home, somebody, as_):
    from tenure import keeper

    def put(folder, name, text):
        (home / "drop" / folder).mkdir(parents=True, exist_ok=True)
        (home / "drop" / folder / name).write_text(text)

    put("account", "good.csv", ROWS)
    put("nosuch", "odd.csv", "a\n1\n")
    keeper.open(home).call("take_drop", TakeDrop(tuple(looked(home))))
    put("account", "next.csv", ROWS)
    text = text_of(as_(somebody(Role.OPERATIONS)), "/data/")
    places = [text.index(f">drop/{name}<") for name in ("account/next.csv", "nosuch/odd.csv", "account/good.csv")]
    states = [text[place:].partition("pill")[2].partition("</span>")[0].rpartition(">")[2] for place in places]
    assert (states, places[0] < min(places[1:])) == (["waits", "failed", "done"], True)
    assert "There is no table and no vendor called" in text
