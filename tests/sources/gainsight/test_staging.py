"""What moves from Gainsight: its objects through the front door, and what they come to by hand."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from tests.sources.vendor_files import counts, load_from, made, stored_in, written

NOW = datetime(2026, 7, 15, 12)
FOLDER: dict[str, str] = {
    # as a report shows it: labels, and people by their names; two are called Kim
    "Company.csv": (
        "Company Id,Company Name,SFDC Account Id,Industry,Lifecycle Stage,Status,ARR,CSM,Renewal Date,Current Score,"
        "Parent Company Id,Original Contract Date,Modified Date\n"
        "G1,Acme,001A,Retail,Adopt,Active,12000,Ann Ames,2027-02-01,82,,2025-01-01,2026-05-01\n"
        "G2,Acme North,,Retail,Adopt,Active,,Kim,,,G1,2025-03-01,2026-05-02\n"
    ),
    "User.csv": "GSID,Name,Email\nU1,Ann Ames,ann@us.example\nU2,Kim,kim@us.example\nU3,Kim,kim.b@us.example\n",
    "Company Person.csv": "Person Id,Company Id,Name,Email,Title,Created Date\nP1,G1,Rita,rita@acme.example,CFO,2025-02-01\n",
    "Activity Timeline.csv": (
        "Activity Id,Company Id,Activity Date,Type Name,Subject,Notes,Duration (in Mins),User Email\n"
        "T1,G1,2026-04-01,In-Person Meeting,Visit,<p>All well</p>,90,Ann@us.example\n"
        "T2,G1,2026-04-02,Update,Budget,<div>Cut to come</div>,,ann@us.example\nT3,G2,2026-04-03,Call,Hello,,15,\n"
    ),
    "Scorecard History.csv": "Company Id,Snapshot Date,Overall Score\nG1,2026-03-01,74\nG1,2026-04-01,\nG2,2026-03-01,Green\n",
    "NPS Survey Response.csv": (
        "Response Id,Company Id,Person Id,NPS Score,Comments,Responded Date\nS1,G1,P1,9,Good,2026-03-02\n"
    ),
}  # fmt: skip


def test_what_gainsight_knew_is_known_here(tmp_path: Path) -> None:
    folder = tmp_path / "gainsight"
    folder.mkdir()
    home = tmp_path / "desk"
    with closing(made(home, NOW)) as ws:
        found = load_from(ws, "gainsight", written(folder, FOLDER), history=False)
    assert {table: three for (_file, table), three in counts(found).items() if table != "judgement"} == {
        "account": (2, 2, 0), "csm": (3, 3, 0), "assignment": (2, 2, 0), "person": (1, 1, 0),
        "survey_answer": (1, 1, 0), "touchpoint": (2, 2, 0), "note": (1, 1, 0),
    }  # fmt: skip
    assert stored_in(home, "account", "account_id", "name", "parent_id", "lifecycle") == [
        ("001A", "Acme", None, "Adopt"), ("G2", "Acme North", "001A", "Adopt"),
    ]  # fmt: skip
    assert stored_in(home, "assignment", "account_id", "csm_id") == [("001A", "U1"), ("G2", "Kim")]
    assert stored_in(home, "touchpoint", "touchpoint_id", "account_id", "csm_id", "channel", "minutes", "text") == [
        ("T1", "001A", "U1", "visit", "90", "Visit\nAll well"), ("T3", "G2", None, "call", "15", "Hello"),
    ]  # fmt: skip
    assert stored_in(home, "note", "note_id", "by", "kind", "text") == [("T2", "U1", "Update", "Cut to come")]
    assert stored_in(home, "judgement", "account_id", "at", "score") == [
        ("001A", "2026-03-01 00:00", "74"), ("001A", "2026-05-01 00:00", "82"),
    ]  # fmt: skip
    assert sum(one.rejected for one in found.reports if one.table == "judgement") == 1  # a colour is no score
