"""What moves from Vitally: its objects through the front door, and what they come to by hand."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from tests.sources.vendor_files import counts, load_from, made, stored_in, written

NOW = datetime(2026, 7, 15, 12)
FOLDER: dict[str, str] = {
    "accounts.jsonl": (
        '{"id":"a1","externalId":"acme","name":"Acme","accountOwnerId":"m1","csmId":"m2","mrr":1000,"healthScore":7.5,'
        '"createdAt":"2025-01-01T00:00:00.000Z","updatedAt":"2026-05-01T00:00:00.000Z"}\n'
        '{"id":"a2","externalId":"birch","name":"Birch","accountOwnerId":"m1","churnedAt":"2026-03-31T00:00:00.000Z",'
        '"createdAt":"2025-01-01T00:00:00.000Z","updatedAt":"2026-05-02T00:00:00.000Z"}\n'
    ),
    "admins.csv": "id,name,email\nm1,Mo,mo@us.example\nm2,Nia,nia@us.example\n",
    # rita works for one account, sol for two
    "users.jsonl": (
        '{"id":"u1","externalId":"rita","name":"Rita","email":"rita@acme.example","accounts":[{"id":"a1","name":"Acme"}],'
        '"createdAt":"2025-02-01T00:00:00.000Z"}\n'
        '{"id":"u2","externalId":"sol","name":"Sol","accounts":[{"id":"a1"},{"id":"a2"}],"createdAt":"2025-02-01T00:00:00.000Z"}\n'
    ),
    "noteCategories.csv": "id,name\nk1,Customer call\nk2,Internal\n",
    "notes.csv": (
        "id,accountId,note,noteDate,subject,authorId,categoryId,archivedAt\n"
        "n1,a1,<p>Went <b>well</b></p>,2026-04-01T10:00:00.000Z,Call,m2,k1,\n"
        "n2,a1,Mind the budget,2026-04-02T10:00:00.000Z,Budget,m2,k2,\n"
        "n3,a1,Gone,2026-04-03T10:00:00.000Z,Gone,m2,k1,2026-04-04T10:00:00.000Z\n"
    ),
    "npsResponses.csv": "id,userId,score,feedback,respondedAt\nr1,u1,10,Great,2026-03-02T00:00:00.000Z\n",
    "health_history.csv": "accountId,date,healthScore\na2,2026-03-01,3.5\n",
}  # fmt: skip


def test_what_vitally_knew_is_known_here(tmp_path: Path) -> None:
    folder = tmp_path / "vitally"
    folder.mkdir()
    home = tmp_path / "desk"
    with closing(made(home, NOW)) as ws:
        found = load_from(ws, "vitally", written(folder, FOLDER), history=False)
    assert {table: three for (_file, table), three in counts(found).items() if table != "judgement"} == {
        "account": (2, 2, 0), "csm": (2, 2, 0), "assignment": (2, 2, 0), "person": (2, 2, 0), "churn": (1, 1, 0),
        "survey_answer": (1, 1, 0), "touchpoint": (1, 1, 0), "note": (1, 1, 0),
    }  # fmt: skip
    assert [remark.split(":")[0] for remark in found.remarks] == ["note", "user"]
    assert stored_in(home, "assignment", "account_id", "csm_id") == [("acme", "m2"), ("birch", "m1")]
    assert stored_in(home, "person", "person_id", "account_id") == [("rita", "acme"), ("sol", None)]
    assert stored_in(home, "churn", "account_id", "at") == [("birch", "2026-03-31 00:00")]
    assert stored_in(home, "touchpoint", "touchpoint_id", "account_id", "csm_id", "channel", "text") == [
        ("n1", "acme", "m2", "call", "Call\nWent  well")
    ]
    assert stored_in(home, "note", "note_id", "kind", "text") == [("n2", "Internal", "Mind the budget")]
    assert stored_in(home, "survey_answer", "account_id", "person_id", "score") == [("acme", "rita", "10")]
    assert stored_in(home, "judgement", "account_id", "at", "score") == [
        ("acme", "2026-05-01 00:00", "7.5"), ("birch", "2026-03-01 00:00", "3.5"),
    ]  # fmt: skip
