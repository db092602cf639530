"""Every rule of the house is broken here once, and kept once by code that is nearly the same."""

import textwrap

import pytest

from tools import lint_house

METRIC = "src/tenure/metrics/retention/planted.py"
FIGURE = "src/tenure/figures/planted.py"


@pytest.fixture
def rules_broken(tmp_path):
    """Write a file at a place of the project, and give the rules that it breaks, each with its line."""

    def broken(place, code):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(code))
        return [(fault.rule, fault.line) for fault in lint_house.check(path, tmp_path)]

    return broken


PLANTED = [
    ("feature", "src/tenure/web/board/planted.py", "\nfrom tenure.web.accounts.pages.accounts import accounts"),
    ("feature", "src/tenure/web/board/planted.py", "\nfrom tenure.web import accounts"),
    ("feature", "src/tenure/web/access/pages/planted.py", "\nimport tenure.web.board"),
    ("feature", "src/tenure/web/kit/planted.py", "\nfrom tenure.web.access.page import page"),
    ("clock", FIGURE, "from datetime import datetime\nx = datetime.now()"),
    ("clock", FIGURE, "import datetime as dt\nx = dt.datetime.now(dt.UTC)"),
    ("clock", METRIC, "import datetime\nx = datetime.datetime.utcnow()"),
    ("clock", METRIC, "from datetime import date\nx = date.today()"),
    ("clock", "src/tenure/scores/planted.py", "import time\nx = time.time()"),
    ("clock", "src/tenure/pay/planted.py", "from time import time as now\nx = now()"),
    ("clock", METRIC, "import ibis\nx = ibis.now()"),
    ("clock", FIGURE, "x = 'SELECT 1'\ny = f'WHERE at < current_timestamp AND {x}'"),
    ("clock", FIGURE, "\nx = 'SELECT * FROM t WHERE at < now()'"),
    ("network", FIGURE, "\nimport socket"),
    ("network", METRIC, "\nfrom urllib.request import urlopen"),
    ("network", FIGURE, "def f():\n    import http.client"),
    ("network", FIGURE, "\nimport requests"),
    ("chance", FIGURE, "import random\nx = random.random()"),
    ("chance", FIGURE, "import random\nx = random.Random()"),
    ("chance", FIGURE, "import numpy as np\nx = np.random.default_rng()"),
    ("chance", FIGURE, "import numpy as np\nx = np.random.default_rng(None)"),
    ("chance", FIGURE, "import numpy as np\nx = np.random.normal(size=3)"),
    ("chance", FIGURE, "import uuid\nx = uuid.uuid4()"),
    ("chance", METRIC, "import ibis\nx = ibis.random()"),
    ("zone-cast", METRIC, "\nx = t.at.cast(\"timestamp('Europe/Berlin')\")"),
    ("zone-cast", METRIC, "import ibis.expr.datatypes as dt\nx = t.at.cast(dt.Timestamp(timezone='UTC'))"),
    ("boolean-cast", METRIC, "\nx = (t.a > 0).cast('int64')"),
    ("boolean-cast", METRIC, "\nx = (t.lost & t.known).cast('int64') + t.ended.isnull().cast('int64')"),
    ("truncation", METRIC, "\nx = (t.a / 12).cast('int64')"),
    ("float-division", METRIC, "\nx = t.seconds / 3600.0"),
    ("bare-division", METRIC, "\nx = t.a / t.b"),
    ("bare-division", METRIC, "\nx = t.a.sum() / t['b'].sum()"),
    ("floor-division", METRIC, "\nx = t.month // 3"),
    ("shift", METRIC, "\nx = t.bits >> 2"),
    ("rounding", METRIC, "\nx = t.amount.round(2)"),
    ("delta", METRIC, "\nx = t.closed.delta(t.opened, 'hour')"),
    ("delta", METRIC, "\nx = t.closed.delta(t.opened, unit='minute')"),
    ("sampled", METRIC, "\nx = t.minutes.median()"),
    ("sampled", METRIC, "\nx = t.minutes.quantile(0.9)"),
    ("range", METRIC, "import ibis\nx = ibis.range(start, stop, step)"),
    ("django", "src/tenure/engine.py", "\nfrom django.conf import settings"),
]


@pytest.mark.parametrize(("rule", "place", "code"), PLANTED)
def test_a_planted_fault_is_found_in_its_line(rules_broken, rule, place, code):
    found = rules_broken(place, code)
    assert found == [(rule, 2)]


KEPT = [
    (FIGURE, "from datetime import datetime\n\ndef f(now: datetime): return now.date()"),
    (FIGURE, '"""What was known now() and at current_timestamp."""'),
    (FIGURE, "import numpy as np\nx = np.random.default_rng(seed=7)\n\ndef f(draws: np.random.Generator): ..."),
    (FIGURE, "import random\nx = random.Random(7)"),
    (FIGURE, "x = value.round(2)\ny = a // b\nz = values.median()"),
    (METRIC, "x = t.at.cast('timestamp(6)')"),
    (METRIC, "x = (t.a > 0).ifelse(1, 0)"),
    (METRIC, "x = t.text.cast('int64')"),
    (METRIC, "x = t.a / t.b.nullif(0)\ny = t.a / 12"),
    (METRIC, "x = t.closed_day.delta(t.opened_day, 'day')"),
    (METRIC, "for month in range(12): pass"),
    ("src/tenure/keeper/planted.py", "import socket, time\nx = time.time()"),
    ("src/tenure/web/planted.py", "import django"),
    ("src/tenure/web/planted.py", "import tenure.web.board"),
    (
        "src/tenure/web/board/planted.py",
        "from tenure.web.board import drawings\nfrom tenure.web.access.page import page\nfrom tenure.web.kit import formats",
    ),
    ("src/tenure/web/access/pages/planted.py", "from tenure.web.kit.shell import Nav"),
    ("tests/planted.py", "x = 1\n" * 401),
]


@pytest.mark.parametrize(("place", "code"), KEPT)
def test_its_honest_neighbour_is_not(rules_broken, place, code):
    assert rules_broken(place, code) == []


@pytest.mark.parametrize("name", ["utils.py", "helpers/load.py", "common/__init__.py", "misc.py", "_utils.py"])
def test_no_module_is_a_drawer(rules_broken, name):
    assert rules_broken(f"src/tenure/core/{name}", "") == [("drawer", 1)]


def test_files_end_at_400_lines(rules_broken):
    assert rules_broken("src/tenure/core/planted.py", "x = 1\n" * 400) == []
    assert rules_broken("src/tenure/core/planted.py", "x = 1\n" * 401) == [("long-file", 1)]


def test_functions_end_at_40_lines_without_the_docstring(rules_broken):
    docstring = '    """One.\n\n    More.\n    """\n'
    assert rules_broken("tools/planted.py", "def f():\n" + docstring + "    x = 1\n" * 39) == []
    assert rules_broken("tools/planted.py", "def f():\n" + docstring + "    x = 1\n" * 40) == [("long-function", 1)]


def test_what_is_no_python_is_one_fault(rules_broken):
    assert rules_broken("src/tenure/core/planted.py", "x = 1\ndef f(:\n") == [("syntax", 2)]


def test_a_line_may_give_its_reason(rules_broken):
    assert rules_broken(METRIC, "x = 7 // 2  # house: floor-division because both are positive constants") == []
    assert rules_broken(METRIC, "x = 7 // 2  # house: floor-division") == [("floor-division", 1)]
    assert rules_broken(METRIC, "x = 7 // 2  # house: rounding because I say so") == [("floor-division", 1)]


def test_it_says_where_what_and_why(tmp_path, capsys):
    planted = lint_house.Fault(tmp_path / "a.py", 3, "clock", "take the time as an argument")
    assert str(planted) == f"{tmp_path}/a.py:3: clock: take the time as an argument"
    assert lint_house.main([lint_house.__file__]) == 0
    assert capsys.readouterr().out == ""
