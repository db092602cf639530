"""What the other commands print, and how all of them fail."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tenure.cli import main as command_line
from tenure.cli.main import main, names
from tests.metrics.own.files import URGENT_SHARE
from tests.workspaces import NOW

PROGRAM = [sys.executable, "-m", "tenure"]


def test_help_lists_every_command_with_what_it_does(tenure) -> None:
    text = tenure("--help").out
    for name in names():
        assert f"\n  {name} " in text


@pytest.mark.parametrize("name", names())
def test_every_command_has_help_with_an_example(tenure, name) -> None:
    said = tenure(f"{name} --help")
    assert said.code == 0
    assert f"example:\n  tenure {name}" in said.out


def test_without_a_command_the_help_is_shown_and_it_is_a_mistake(tenure) -> None:
    assert tenure("").code == 2


@pytest.mark.parametrize(
    ("words", "code", "near"),
    [
        ("shwo mrr", "unknown_command", "show"),
        ("show mrrr", "unknown_metric", "mrr"),
        ("show mrr --by segmnt", "unknown_dimension", "segment"),
        ("show mrr --grain mont", "unknown_grain", "month"),
        ("show customer_churn_rate --variant avrage_base", "unknown_variant", "average_base"),
        ("show mrr --wher a=b", "unknown_option", "--where"),
        ("show mrr --format jsn", "unknown_format", "json"),
        ("load subscripton x.csv", "unknown_table", "subscription"),
        ("tables subscripton", "unknown_table", "subscription"),
        ("estimate bgnd x.csv", "unknown_method", "bgnbd"),
        ("metrics mrrr", "unknown_metric", "mrr"),
    ],
)
def test_what_does_not_exist_exits_2_with_the_nearest_names(tenure, words, code, near) -> None:
    said = tenure(words)
    assert said.code == 2
    assert said.out == ""
    assert f"Did you mean {near}" in said.err
    if "--format" not in words and not words.startswith("shwo"):
        error = json.loads(tenure(f"{words} --format json").err)
        assert list(error) == ["code", "message", "where", "fix"]
        assert error["code"] == code


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("show", "It needs METRIC"),
        ("show mrr nrr", "'nrr' is one word too many"),
        ("show mrr --where segment", "is no condition"),
        ("demo --accounts many", "Argument --accounts"),
        ("show mrr --port 8000", "There is no option called '--port'"),
        ("serv", "There is no command called 'serv'"),
        ("close 2999", "is not over"),
        ("load account", "No file to load"),
        ("estimate km x.csv --discount 0.1", "km knows no discount"),
        ("estimate sbg x.csv --discount much", "Argument --discount"),
        ("estimate sbg /nowhere/x.csv", "There is no such file"),
        ("load account /nowhere/x.csv", "There is no such file"),
    ],
)
def test_what_is_used_wrongly_exits_2_with_a_sentence(tenure, words, told) -> None:
    said = tenure(words)
    assert said.code == 2
    assert told in said.err
    assert "Traceback" not in said.err


def test_home_may_stand_before_and_after_and_in_the_environment(home, capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["show", "mrr", "--home", str(home)]) == 0
    assert main([f"--home={home}", "show", "mrr"]) == 0
    assert main(["show", "mrr"]) == 2
    monkeypatch.setenv("TENURE_HOME", str(home))
    assert main(["show", "mrr"]) == 0
    monkeypatch.delenv("TENURE_HOME")
    monkeypatch.chdir(home)
    assert main(["show", "mrr"]) == 0


def test_load_ends_with_a_line_a_file_and_tells_each_bad_row(tenure, tmp_path) -> None:
    path = tmp_path / "more.csv"
    path.write_text("subscription_id,account_id,amount,started_at\ns3,acme,25,2026-03-01\ns4,acme,x,2026-03-01\n")
    said = tenure(f"load subscription {path}", columns=120)
    lines = said.out.splitlines()
    assert said.code == 0
    assert f"{path}:3: amount 'x':" in said.out
    assert lines[-1].split()[1:] == ["subscription", "2", "1", "0", "0", "1"]
    assert lines[-1].split()[0].endswith("/more.csv")
    assert "150.00" not in tenure("show mrr --to 2026-06 --from 2026-06").out
    assert "125.00" in tenure("show mrr --to 2026-06 --from 2026-06").out
    again = tenure(f"load subscription {path} --format json")
    (report,) = json.loads(again.out)["data"]
    assert (report["read"], report["unchanged"], report["rejected"]) == (2, 1, 1)
    assert again.code == 0, "what is known already is no failure"


def test_load_exits_1_if_all_is_refused_or_any_with_strict(tenure, tmp_path) -> None:
    bad, mixed = tmp_path / "bad.csv", tmp_path / "mixed.csv"
    bad.write_text("account_id,name,created_at\nx,X,yesterday\n")
    mixed.write_text("account_id,name,created_at\nx,X,yesterday\ny,Y,2026-01-01\n")
    assert tenure(f"load account {bad}").code == 1
    strict = tenure(f"load account {mixed} --strict")
    assert strict.code == 1
    assert "Nothing was loaded" in strict.out
    dry = tenure(f"load account {mixed} --dry-run")
    assert dry.code == 0
    assert "nothing was changed" in dry.out


def test_init_makes_a_workspace_and_no_second_one(tmp_path, capsys) -> None:
    folder = tmp_path / "new"
    assert main(["init", str(folder), "--currency", "USD"]) == 0
    assert f"tenure --home {folder} tables" in capsys.readouterr().out
    assert sorted(path.name for path in folder.iterdir()) == ["audit", "inbox.db", "tenure.toml", "warehouse.duckdb"]
    assert main(["init", str(folder)]) == 2
    assert "workspace already" in capsys.readouterr().err


def test_init_takes_an_empty_folder_and_refuses_another(tmp_path, capsys) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    assert main(["init", str(tmp_path / "full")]) == 2
    assert "is not empty" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["init", "--home", str(tmp_path / "empty")]) == 0


def test_init_with_a_bad_setting_leaves_nothing(tmp_path, capsys) -> None:
    assert main(["init", str(tmp_path / "new"), "--currency", "Euro"]) == 2
    assert "ISO 4217" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_catalogues_need_no_workspace(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["tables", "churn", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("churn_id,account_id,")
    assert main(["tables", "--format", "json"]) == 0
    tables = {table["table"]: table for table in json.loads(capsys.readouterr().out)["data"]}
    assert tables["payment"]["kind"] == "events"
    assert main(["metrics", "--format", "json"]) == 0
    metrics = {metric["metric"]: metric for metric in json.loads(capsys.readouterr().out)["data"]}
    assert metrics["net_revenue_retention"]["variants"]["formula"] == ["point_to_point", "movement_sum"]
    assert main(["metrics", "net_revenue_retention"]) == 0
    assert "movement_sum" in capsys.readouterr().out


def test_check_exits_1_when_figures_are_held(tenure, tmp_path) -> None:
    assert tenure("check").code == 0
    path = tmp_path / "twice.csv"
    path.write_text("account_id,name\ncedar,Cedar\ncedar,Cedar Ltd\n")
    tenure(f"load account {path}")
    said = tenure("check", columns=120)
    assert said.code == 1
    assert "contradictory_key  holds figures, 1 row of account" in said.out
    data = {found["check"]: found for found in json.loads(tenure("check --format json").out)["data"]}
    assert data["contradictory_key"]["holds"] is True
    assert data["contradictory_key"]["count"] == 1


def test_doctor_says_what_to_do(tenure, home) -> None:
    said = tenure("doctor")
    assert "ok  warehouse" in said.out
    (home / "published" / "current.json").unlink()
    said = tenure("doctor")
    assert said.code == 1
    assert "!!  figures" in said.out
    assert "→ Run: tenure run" in said.out
    (home / "warehouse.duckdb").write_bytes(b"damaged")
    said = tenure("doctor")
    assert said.code == 1
    assert "tenure rebuild" in said.out


def test_run_says_what_was_made(tenure) -> None:
    assert "Up to date already." in tenure("run").out
    assert "Made the months that are over" in tenure("run --full").out


def test_rebuild_says_from_what(tenure) -> None:
    before = tenure("show mrr --format csv").out
    assert "Made anew from 3 files, 5 rows" in tenure("rebuild").out
    assert tenure("show mrr --format csv").out == before


def test_demo_files_come_with_the_commands_that_load_them(tmp_path, capsys) -> None:
    folder = tmp_path / "exports"
    assert main(["demo", "--files", str(folder), "--accounts", "20"]) == 0
    said = capsys.readouterr().out
    assert f"tenure --home cs load --map {folder / 'map.toml'} {folder} --history" in said
    assert (folder / "README.txt").exists()
    assert main(["demo", "--files", str(folder)]) == 2


def test_a_fault_of_our_own_is_a_sentence_with_a_reference(tenure, home, monkeypatch) -> None:
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(command_line, "_command", fail)
    said = tenure("show mrr")
    assert said.code == 1
    assert "Something in Tenure itself failed (ZeroDivisionError, reference" in said.err


def test_text_of_customers_moves_no_cursor(tenure, tmp_path) -> None:
    path = tmp_path / "sly.csv"
    path.write_text("account_id,name\nacme,\x1b[31mRed\x07\n")
    tenure(f"load account {path}")
    said = tenure("explain mrr --at 2026-06")
    assert "\x1b" not in said.out
    assert "[31mRed" in said.out


# as processes of their own


def test_show_imports_neither_ibis_nor_scipy_nor_numpy(home) -> None:
    code = (
        "import sys; from datetime import datetime; from tenure import keeper; original = keeper.open\n"
        f"keeper.open = lambda home, **more: original(home, **{{**more, 'clock': lambda: {NOW!r}}})\n".replace(
            "datetime.datetime", "datetime"
        )
        + "from tenure.cli.main import main\n"
        f"code = main(['show', 'mrr', '--home', {str(home)!r}])\n"
        "slow = 'ibis sqlglot scipy numpy pandas polars pyarrow tomlkit multiprocessing logging tqdm'.split()\n"
        "print([name for name in slow if name in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    # the compiled question is kept on disk by the first run
    first, done = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False) for _ in range(2)
    )
    assert first.returncode == 0
    assert (done.returncode, done.stderr.strip()) == (0, "[]")
    assert "150.00" in done.stdout


def test_a_reader_that_leaves_early_is_no_error(home) -> None:
    done = subprocess.run(
        f"{sys.executable} -m tenure tables | head -1", shell=True, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.startswith("absence")


def test_colour_is_for_terminals_only(home) -> None:
    words = f"{sys.executable} -m tenure metrics mrr"
    script = ["script", "-qc", words, "/dev/null"]
    environment = {**os.environ, "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    seen = subprocess.run(script, capture_output=True, text=True, check=False, env=environment).stdout
    plain = subprocess.run(script, capture_output=True, text=True, check=False, env={**environment, "NO_COLOR": "1"})
    piped = subprocess.run(words.split(), capture_output=True, text=True, check=False, env=environment)
    assert "\x1b[1m" in seen
    assert "\x1b[" not in plain.stdout
    assert "\x1b[" not in piped.stdout


def test_ctrl_c_stops_quietly(home) -> None:
    code = (
        "import sys, tenure.engine.workspace as w\n"
        "endless = 'SELECT count(*) FROM range(200000000000)'\n"
        "w.carry_out = lambda desk, *_: (desk.store, print('begun', flush=True), desk.store.rows(endless))\n"
        "from tenure.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "check", "--home", str(home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - what runs in the background ignores it
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == b"begun\n"
    time.sleep(1)  # until the statement runs
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=60)
    assert (process.returncode, complaint) == (130, b"")
    assert Path(home / ".keeper" / "lock").exists()


def test_a_metric_of_the_workspaces_own_is_listed_defined_and_asked(tenure, home) -> None:
    folder = home / "metrics"
    folder.mkdir()
    (folder / "urgent_share.toml").write_text(URGENT_SHARE)
    (folder / "wrong.toml").write_text(URGENT_SHARE.replace("priority ==", "prio =="))
    listed = tenure("metrics").out
    assert "This workspace's own\n  urgent_share " in listed
    assert "Not understood\n!!  " in listed
    assert "wrong.toml:7:counts: The expression" in " ".join(listed.split())
    data = json.loads(tenure("metrics --format json").out)
    assert [(row["metric"], row["dimensions"]) for row in data["data"] if row["family"] == "own"] == [
        ("urgent_share", ["priority"])
    ]
    assert "wrong.toml:7:counts" in data["notes"][0]
    assert "Share of the period's tickets" in tenure("metrics urgent_share").out
    assert tenure("show urgent_share --by priority").code == 0
    wrong = tenure("show wrong --format json")
    assert (wrong.code, json.loads(wrong.err)["code"]) == (2, "bad_expression")
    assert tenure("show urgent_shar").err.count("Did you mean urgent_share") == 1
    doctor = tenure("doctor")
    assert doctor.code == 1
    assert "wrong.toml:7:counts" in " ".join(doctor.out.split())
    (folder / "wrong.toml").unlink()
    assert "ok  metrics    1 metric of this workspace's own." in tenure("doctor").out
