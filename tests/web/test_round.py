"""The daily round made now: who may have it made, that one runs at a time, and that it takes in what came since the night."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tenure import keeper
from tenure.engine import audit
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.score import Score
from tenure.web.access.roles import Role
from tenure.web.post import queue, worker
from tenure.web.post import round as rounds
from tenure.web.post.models import Job, State
from tests.web.company import text_of

pytestmark = pytest.mark.django_db
MODEL = """
definition = "Pulse."

[bands]
good = 70
fair = 40

[components.pulse]
judgement = "csm_pulse"
days = 60
curve = [[1, 0], [5, 100]]
weight = 1
"""


@pytest.fixture
def operator(somebody):
    return somebody(Role.OPERATIONS, name="Otto")


def work() -> None:
    for lane in queue.LANES:
        worker.turn(lane)


def pulse(home, score: int, ago: int) -> None:
    at = timezone.now() - timedelta(days=ago)
    file = home / f"judgement-{score}.csv"
    file.write_text(f"account_id,model,at,score,by\nacme,csm_pulse,{at.isoformat()},{score},cora\n")
    report = keeper.open(home).call("load", Load((str(file),), "judgement")).reports[0]
    assert report.rejected == 0, report


def test_scores_are_made_now_of_what_came_since_the_night(small_company, home, operator, as_, somebody):
    client, ada = as_(operator), somebody(Role.ADMINISTRATOR, name="Ada")
    assert "Score now" in text_of(client, "/data/")
    assert "No scores were made yet" in text_of(client, "/data/")
    (home / "models").mkdir(exist_ok=True)
    (home / "models" / "health.toml").write_text(MODEL)
    pulse(home, 2, ago=4)
    keeper.open(home).call("score", Score())  # as the night does
    pulse(home, 5, ago=2)
    # a day has one score of each model, kept at its first moment: 2 of 1 to 5 is worth 25, and 5 is worth 100
    scores = lambda: [row["score"] for row in small_company.rows(  # noqa: E731
        "score", columns=("score",), where=[("account_id", "equals", "acme")], order=("-at",), limit=1).rows]  # fmt: skip
    assert scores() == [25]
    assert client.post("/jobs/score-now/").status_code == 302
    assert "Scores are being made" in text_of(client, "/data/")
    assert "for Otto" in text_of(as_(ada), "/data/")
    assert rounds.begin(ada) is None
    assert "already" in as_(ada).post("/jobs/score-now/", follow=True).content.decode()
    assert Job.objects.count() == 1
    work()
    job = Job.objects.get()
    assert (job.state, job.error) == (State.DONE, None)
    assert scores() == [100]
    noted, _count = audit.entries(home, audit.Asked(act="scored"), 9)
    assert [(one.who, one.via) for one in noted] == [(f"user:{operator.pk}", f"job:{job.pk}")]
    assert "Scores were last made on" in text_of(client, "/data/")
    assert "Score now" in text_of(client, "/health/")
    assert rounds.begin(ada) is not None, "the one before is over"


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.CSM])
def test_whoever_does_not_operate_is_told_whom_to_ask(role, operator, somebody, as_):
    client = as_(somebody(role, csm_id="c1"))
    assert client.post("/jobs/score-now/").status_code in (403, 404)
    text = text_of(client, "/health/")
    assert "Score now" not in text
    assert f"ask {operator.name} to have them made" in text
