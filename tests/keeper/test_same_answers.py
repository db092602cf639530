"""Whoever carries a verb out, the answer is the same."""

from __future__ import annotations

import hashlib
import pkgutil
from dataclasses import is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import msgspec
import pytest

from tenure import keeper
from tenure.core.acts import Act
from tenure.core.chain import By
from tenure.core.errors import DataError, TenureError, UsageError
from tenure.engine import Scope, verbs
from tenure.engine.beside import READS
from tenure.engine.desk import silent
from tenure.engine.events import map_of
from tenure.engine.in_force import version
from tenure.engine.lines.draft import Draft as Answering
from tenure.engine.objectives.draft import Draft
from tenure.engine.verbs.account_revenue import AccountRevenue
from tenure.engine.verbs.account_tickets import AccountTickets
from tenure.engine.verbs.account_use import AccountUse
from tenure.engine.verbs.agenda import AgendaOf
from tenure.engine.verbs.amend import Amend
from tenure.engine.verbs.assign_training import AssignTraining, Course
from tenure.engine.verbs.attainable import Attainable
from tenure.engine.verbs.audit import Audit
from tenure.engine.verbs.away import Away
from tenure.engine.verbs.backtest import Backtest
from tenure.engine.verbs.beside import Beside
from tenure.engine.verbs.billing import Billing
from tenure.engine.verbs.blocking import Blocking
from tenure.engine.verbs.bridge import Bridge
from tenure.engine.verbs.change_key import ChangeKey, KeyChanged
from tenure.engine.verbs.changes import ChangesOf
from tenure.engine.verbs.check import Check
from tenure.engine.verbs.check_in import CheckInOf
from tenure.engine.verbs.check_rows import CheckRows
from tenure.engine.verbs.close import Close
from tenure.engine.verbs.comparisons import Comparisons
from tenure.engine.verbs.demo import Demo
from tenure.engine.verbs.disagreements import Disagreements
from tenure.engine.verbs.discard import Discard
from tenure.engine.verbs.doctor import Doctor
from tenure.engine.verbs.dossier import DossierOf
from tenure.engine.verbs.effect import EffectOf
from tenure.engine.verbs.erase_person import ErasePerson
from tenure.engine.verbs.estimate import Estimate
from tenure.engine.verbs.explain import Explain
from tenure.engine.verbs.export_person import ExportPerson
from tenure.engine.verbs.failed import FailedRows
from tenure.engine.verbs.fairness import Fairness
from tenure.engine.verbs.flow import Flow
from tenure.engine.verbs.growth_pipeline import GrowthPipeline
from tenure.engine.verbs.handovers import Handovers
from tenure.engine.verbs.health import Health
from tenure.engine.verbs.kept_risk import KeptRisk
from tenure.engine.verbs.lines import Lines
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.measured import Measured
from tenure.engine.verbs.mend import Mend
from tenure.engine.verbs.next_steps import NextSteps
from tenure.engine.verbs.note_source import NoteSource
from tenure.engine.verbs.objectives import Objectives
from tenure.engine.verbs.optimism import Optimism
from tenure.engine.verbs.place_tiers import PlaceTiers
from tenure.engine.verbs.plays import Plays
from tenure.engine.verbs.preview import Preview
from tenure.engine.verbs.preview_events import PreviewEvents
from tenure.engine.verbs.propose_map import ProposeMap
from tenure.engine.verbs.purge_content import PurgeContent
from tenure.engine.verbs.rated import Rated
from tenure.engine.verbs.ready import Ready
from tenure.engine.verbs.rebuild import Rebuild
from tenure.engine.verbs.reconcile import Reconcile
from tenure.engine.verbs.record import Record
from tenure.engine.verbs.reload import Reload
from tenure.engine.verbs.renewal_accuracy import RenewalAccuracy
from tenure.engine.verbs.renewal_forecast import RenewalForecast
from tenure.engine.verbs.restatements import Restatements
from tenure.engine.verbs.retract import Retract
from tenure.engine.verbs.review import Review
from tenure.engine.verbs.risk import Risk
from tenure.engine.verbs.risk_fit import RiskFit
from tenure.engine.verbs.rolled_up import RolledUp
from tenure.engine.verbs.rows import Query, Rows
from tenure.engine.verbs.run import Run
from tenure.engine.verbs.save_events import SaveEvents
from tenure.engine.verbs.save_model import Saved, SaveModel
from tenure.engine.verbs.save_portfolio import SavePortfolio
from tenure.engine.verbs.save_scorecard import SaveScorecard
from tenure.engine.verbs.save_settings import SaveSettings
from tenure.engine.verbs.score import Score
from tenure.engine.verbs.score_before import ScoreBefore
from tenure.engine.verbs.scorecard import ScorecardOf
from tenure.engine.verbs.scorecard_rows import ScorecardRows
from tenure.engine.verbs.scorecard_rules import RulesFound, ScorecardRules
from tenure.engine.verbs.settle_objective import SettleObjective
from tenure.engine.verbs.settle_training import SettleTraining
from tenure.engine.verbs.show import Show
from tenure.engine.verbs.sign_audit import SignAudit
from tenure.engine.verbs.snapshot import Snapshot
from tenure.engine.verbs.staffing import Staffing
from tenure.engine.verbs.take_back import TakeBack
from tenure.engine.verbs.take_drop import TakeDrop
from tenure.engine.verbs.take_in import TakeIn
from tenure.engine.verbs.take_pulled import TakePulled
from tenure.engine.verbs.take_rows import TakeRows
from tenure.engine.verbs.take_touchpoints import TakeTouchpoints
from tenure.engine.verbs.tally import Tally
from tenure.engine.verbs.tell_absence import TellAbsence
from tenure.engine.verbs.tell_accountability import TellAccountability
from tenure.engine.verbs.tell_objective import TellObjective
from tenure.engine.verbs.timeline import Timeline
from tenure.engine.verbs.trainings import Trainings
from tenure.engine.verbs.verify import Verified, Verify
from tenure.engine.verbs.verify_close import VerifyClose
from tenure.engine.verbs.weigh_objectives import WeighObjectives
from tenure.engine.workspace import Local
from tenure.figures.request import Asked
from tenure.scores.health.model import shipped
from tenure.sources.mail.message import Raw, reduced
from tenure.warehouse.inbox import state_of
from tests.keeper.conftest import serving
from tests.workspaces import clock, copy_to

OWN_EVENTS = '[[load]]\nfile = "people"\ntable = "person"\nignore = ["*"]\n[load.columns]\nperson_id = "person_id"\n'
OTHER_SETTINGS = 'currency = "EUR"\ntimezone = "UTC"\n[figures]\nsmall_n = 5\n'
LEVELS = '[tiers.Gold]\nwhere = [["arr", "at_least", 1000]]\n'
ADA = By("user:1")
OTHER = shipped().text.replace("good = 70", "good = 60")


@pytest.fixture
def requests(tmp_path):
    """A request for every verb, in an order in which they make sense."""
    more = tmp_path / "more.csv"
    more.write_text("subscription_id,account_id,amount,started_at\ns3,acme,25,2026-03-01\ns4,acme,x,2026-03-01\n")
    mails = tmp_path / "mails.jsonl"
    mails.write_bytes(msgspec.json.encode(reduced(Raw(b"From: a@b.example\r\n\r\n"))) + b"\n")
    cohort = tmp_path / "cohort.csv"
    cohort.write_text("period,survivors\n0,1000\n1,631\n2,468\n3,382\n")
    table = tmp_path / "table.csv"
    table.write_text("use,left\n" + "".join(f"{row * 7 % 31},{int(row * row % 7 < 3)}\n" for row in range(90)))
    fetched = tmp_path / "fetched"
    fetched.mkdir()
    (fetched / "desk account.csv").write_text("account_id,name\ndesk,Desk\n")
    (fetched / "desk csm.csv").write_text("csm_id,name\nada,Ada\n")
    desk = "".join(f'[[load]]\nfile = "desk {table}.csv"\ntable = "{table}"\n' for table in ("account", "csm"))
    aim = Draft("company", "ada", "Grow", "2026-Q3", metric="mrr", target=Decimal(120))
    course = (
        f"tr-{hashlib.sha256(b'|'.join((b't1', b'ada', b'Listening')).replace(b'|', bytes([10]))).hexdigest()[:16]}"
    )
    objective = f"o-{hashlib.sha256(b'o1').hexdigest()[:16]}"
    return {
        "risk_fit": RiskFit(str(table), "left"),
        "estimate": Estimate("sbg", str(cohort)),
        "show": Show(Asked("mrr", end="2026-05", as_of="2026-07-10")),
        "load": Load((str(more),), "subscription"),
        "failed": FailedRows(),
        "mend": Mend("ada", "typo", where=(("state", "equals", "open"),)),
        "discard": Discard("ada", "test", where=(("state", "equals", "open"),)),
        "reconcile": Reconcile(),
        "reload": Reload(4, '[[load]]\n[load.columns]\namount = { value = "5" }\n', "ada", "map", dry_run=True),
        "run": Run(),
        "record": Record(
            "reported_figure",
            ({"tool": "old", "metric": "mrr", "period_start": "2026-05-01", "period_end": "2026-06-01", "value": 200},),
            "ada",
            "m1",
        ),
        "amend": Amend("segment", (("acme", "Gold"), ("birch", "Enterprise")), "ada", "m2"),
        "tally": Tally("segment", sums=("arr",)),
        "take_back": TakeBack("m2", "ada", "a slip"),
        "measured": Measured(("mrr", "net_revenue_retention"), ("acme",)),
        "next_steps": NextSteps(("acme",)),
        "timeline": Timeline("acme"),
        "changes": ChangesOf("acme", datetime(2026, 7, 1, tzinfo=UTC)),
        "account_revenue": AccountRevenue("acme", 3),
        "account_use": AccountUse("acme", 3),
        "account_tickets": AccountTickets("acme"),
        "retract": Retract("note", "nothing", "wrong", "ada"),
        "flow": Flow(),
        "take_in": TakeIn(),
        "take_touchpoints": TakeTouchpoints("mail", str(mails), "anns"),
        "preview_events": PreviewEvents(OWN_EVENTS),
        "propose_map": ProposeMap(str(more), "subscription"),
        "save_events": SaveEvents(OWN_EVENTS, version(map_of(tmp_path))),
        "take_rows": TakeRows(),
        "take_drop": TakeDrop(()),
        "rows": Rows("subscription", Query(where=(("amount", "greater", 20),), order=("-amount",))),
        "dossier": DossierOf("acme", (("subscription", Query()),)),
        "explain": Explain(Asked("net_revenue_retention", end="2026-06")),
        "fairness": Fairness(end="2026-06"),
        "bridge": Bridge(Asked("net_revenue_retention", end="2026-06"), ("movement_sum", "window=3m")),
        "beside": Beside(Asked("mrr", grain=""), "old"),
        "plays": Plays(),
        "effect": EffectOf("Call"),
        "health": Health(since="2026-05-01"),
        "score": Score(),
        "score_before": ScoreBefore("health", (("acme", datetime(2026, 7, 20, tzinfo=UTC)),)),
        "comparisons": Comparisons(("customer_retention_rate",)),
        "disagreements": Disagreements(since="2026-05-01"),
        "optimism": Optimism(),
        "review": Review(since="2026-05-01"),
        "preview": Preview(OTHER),
        "save_model": SaveModel(OTHER, "ada"),
        "rated": Rated("segment"),
        "staffing": Staffing(),
        "place_tiers": PlaceTiers(LEVELS),
        "save_portfolio": SavePortfolio(LEVELS, "ada"),
        "save_settings": SaveSettings(OTHER_SETTINGS, "ada"),
        "handovers": Handovers(),
        "agenda": AgendaOf(),
        "renewal_forecast": RenewalForecast("2026-01", "2026-12", "owner"),
        "renewal_accuracy": RenewalAccuracy(2),
        "growth_pipeline": GrowthPipeline(),
        "risk": Risk(),
        "kept_risk": KeptRisk(),
        "backtest": Backtest(),
        "check": Check(keep=True),
        "ready": Ready(),
        "check_rows": CheckRows("refused_row"),
        "billing": Billing(everything=True),
        "audit": Audit("2026-06"),
        "away": Away(),
        "blocking": Blocking("2026-06"),
        "close": Close("2026-06"),
        "restatements": Restatements(Asked("mrr", "2026-06", "2026-06")),
        "verify_close": VerifyClose("2026-06"),
        "rebuild": Rebuild(),
        "doctor": Doctor(),
        "purge_content": PurgeContent("ada"),
        "export_person": ExportPerson("ghost"),
        "erase_person": ErasePerson(("ghost",), "ada", "asked for"),
        "snapshot": Snapshot(str(tmp_path / "copies")),
        "verify": Verify(),
        "change_key": ChangeKey(),
        "take_pulled": TakePulled(str(fetched), desk),
        "save_scorecard": SaveScorecard("[blend]\nindividual = 0.5\n", "ada"),
        "scorecard": ScorecardOf("ada", end="2026-06", parts=("book", "moved", "blend", "advocacy")),
        "scorecard_rows": ScorecardRows("advocacy_rate", "ada", end="2026-06"),
        "scorecard_rules": ScorecardRules(),
        "attainable": Attainable(aim),
        "tell_objective": TellObjective(aim, "ada", "o1"),
        "check_in": CheckInOf(objective, Decimal("0.7"), "It goes well.", "ada", "o2"),
        "weigh_objectives": WeighObjectives(((objective, Decimal(1)),), "ada", "o3"),
        "settle_objective": SettleObjective(objective, "dropped", "ada", "o4", reason="It is another's."),
        "objectives": Objectives("all", (objective,)),
        "assign_training": AssignTraining((Course("ada", "Listening", None),), "ada", "t1"),
        "settle_training": SettleTraining(course, "done", "ada", "t2"),
        "trainings": Trainings(),
        "tell_absence": TellAbsence("ada", date(2026, 8, 3), date(2026, 8, 7), "ada", "w1"),
        "tell_accountability": TellAccountability(Answering(("mrr",), ("",), "ada", date(2026, 7, 1)), "ada", "a1"),
        "lines": Lines("2026-07-01"),
        "rolled_up": RolledUp("mrr"),
        "note_source": NoteSource(Act.SOURCE_ADDED, "desk", {"vendor": "stripe"}),
        "sign_audit": SignAudit("2026-06", "ada", "All well."),
        "demo": Demo(str(tmp_path / "exports"), 20),
    }


def _comparable(answer):
    """Without what the machine says of itself, and what nobody could say beforehand: keys, and hashes made with them."""
    if isinstance(answer, KeyChanged):
        return answer.before == answer.after
    if isinstance(answer, Verified):
        return [(part.part, part.counts | {"bytes": 0}, part.damage, part.upto) for part in answer.parts]
    if is_dataclass(answer) and hasattr(answer, "free_space"):
        return replace(answer, free_space=0, warehouse_size=0)
    if isinstance(answer, RulesFound):
        return replace(answer, rules=replace(answer.rules, written=replace(answer.rules.written, path="")))
    return replace(answer, path="") if isinstance(answer, Saved) else answer


#: Of these the answer is a complaint here.
_COMPLAINS = {"plays", "effect", "risk", "backtest", "optimism", "export_person", "erase_person", "retract"}


def _called(workspace, verb, request):
    """The answer; of plays the complaint that none was tried here, of risk that too few left, of optimism that nobody judged,
    of a person that nobody is known by that id, of a note to be taken back that there is none.
    """
    if verb not in _COMPLAINS:
        return workspace.call(verb, request)
    with pytest.raises((DataError, UsageError)) as told:
        workspace.call(verb, request)
    return told.value.as_dict()


def test_every_verb_answers_the_same_with_and_without_a_keeper(tmp_path, requests) -> None:
    assert set(requests) == {module.name for module in pkgutil.iter_modules(verbs.__path__)}
    alone = keeper.open(copy_to(tmp_path / "alone"), clock=clock)
    kept = copy_to(tmp_path / "kept")
    with serving(kept):
        workspace = keeper.open(kept, clock=clock)
        for verb, request in requests.items():
            if verb == "snapshot":
                for end in ("", "-kept"):
                    Path(request.folder + end).mkdir()
            here = _called(alone, verb, request)
            if verb in ("demo", "snapshot"):
                request = replace(request, folder=request.folder + "-kept")  # noqa: PLW2901 - a second folder
                there = workspace.call(verb, request)
                assert len(there.files) == len(here.files) > 0
                continue
            assert _comparable(_called(workspace, verb, request)) == _comparable(here), verb


#: What there is to be read comes of these.
_TELL = ("load", "record", "amend", "score", "take_pulled", "save_scorecard", "tell_objective", "check_in", "assign_training", "tell_accountability")  # fmt: skip


def test_what_only_reads_answers_the_same_beside_who_writes(tmp_path, requests) -> None:
    home = copy_to(tmp_path / "home")
    local = Local(home, clock, shared=True)

    def said(call) -> object:
        try:
            return _comparable(call())
        except TenureError as error:
            return error.as_dict()

    for verb in (*_TELL, "run", "ready"):
        local.call(verb, requests[verb], silent, ADA)
    state, rows = state_of(home), local._desk.store.rows("SELECT count(*), max(batch) FROM main.batch")
    complained = set()
    for verb in sorted(READS):
        there = said(partial(local.beside, verb, requests[verb], silent, ADA, lambda _stop: None))
        assert said(partial(local.call, verb, requests[verb], silent, ADA)) == there, verb
        complained |= {verb} if isinstance(there, dict) else set()
    assert complained == {"plays", "effect", "optimism"}, "the others answer"
    assert (state_of(home), local._desk.store.rows("SELECT count(*), max(batch) FROM main.batch")) == (state, rows)
    local.close()


def test_a_scope_passes_through_the_keeper(home) -> None:
    with serving(home):
        workspace = keeper.open(home, clock=clock)
        owned = {"account_id": "acme", "csm_id": "ada", "valid_from": "2025-01-01"}
        workspace.record("assignment", [owned], by="boss", message_id="a1")
        mine, theirs = (workspace.seen_by(Scope((name,))) for name in ("ada", "ben"))
        call = {"touchpoint_id": "t", "account_id": "acme", "channel": "call", "occurred_at": "2026-07-01"}
        with pytest.raises(UsageError, match="no account 'acme'"):
            theirs.record("touchpoint", [call], by="ben", message_id="t1")
        assert mine.record("touchpoint", [call], by="ada", message_id="t1").loaded == 1
        for name in ("accounts", "touchpoint"):
            assert [sight.rows(name).total for sight in (mine, theirs)] == [1, 0]
        assert [sight.show("mrr", end="2026-06")[-1].value for sight in (mine, theirs)] == [100, 0]
        assert [sight.explain("mrr", at="2026-05").count for sight in (mine, theirs)] == [1, 0]


@pytest.mark.parametrize(
    ("verb", "request_", "kind", "code"),
    [
        ("show", Show(Asked("mrrr")), UsageError, "unknown_metric"),
        ("explain", Explain(Asked("mrr", by=("segmnt",))), UsageError, "unknown_dimension"),
        ("close", Close("2999-01"), UsageError, "not_over"),
        ("load", Load(("/nowhere/x.csv",), "account"), TenureError, ""),
        ("estimate", Estimate("sgb", "/nowhere/x.csv"), UsageError, "unknown_method"),
        ("nothing", None, TenureError, "internal"),
    ],
)
def test_errors_arrive_as_they_were_raised(home, verb, request_, kind, code) -> None:
    workspace = keeper.open(home, clock=clock)
    with pytest.raises(kind) as here:
        workspace.call(verb, request_)
    with serving(home), pytest.raises(kind) as there:
        workspace.call(verb, request_)
    assert type(there.value) is type(here.value)
    assert there.value.exit_code == here.value.exit_code
    assert not code or there.value.code == code
    if code != "internal":  # that has a reference of its own
        assert there.value.as_dict() == here.value.as_dict()


def test_a_damaged_archive_is_a_data_error_through_the_keeper(home) -> None:
    for path in (home / "archive").rglob("*.csv"):
        path.chmod(0o600)
        path.write_text("account_id\nother\n")
    with serving(home), pytest.raises(DataError):
        keeper.open(home, clock=clock).call("rebuild", Rebuild())
    workspace = keeper.open(home, clock=clock)
    assert workspace.call("show", Show(Asked("mrr", end="2026-05"))), "the old warehouse stayed"
