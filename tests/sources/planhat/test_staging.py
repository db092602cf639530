"""What moves from Planhat: its exports through the front door, and what they come to by hand."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from tests.sources.vendor_files import counts, load_from, made, stored_in, written

NOW = datetime(2026, 7, 15, 12)
FOLDER: dict[str, str] = {
    "companies.csv": (
        "_id,externalId,name,owner,phase,status,domains,h,arr,createDate,lastUpdated\n"
        'c1,acme,Acme,u1,Adoption,customer,"[""acme.example"",""acme.test""]",7,12000,2025-01-10T09:00:00.000Z,2026-05-04T10:00:00.000Z\n'
        "c2,,Birch,,Onboarding,customer,,,6000,2025-05-02T09:00:00.000Z,2026-05-01T10:00:00.000Z\n"
    ),
    "users.csv": "_id,email,firstName,lastName\nu1,ann@us.example,Ann,Ames\n",
    "endusers.csv": (
        "_id,externalId,companyId,email,firstName,lastName,position,createDate,lastActive\n"
        "e1,rita,c1,rita@acme.example,Rita,Roe,CFO,2025-02-01T00:00:00.000Z,2026-05-01T00:00:00.000Z\n"
    ),
    # l1 and l2 are terms, l3 runs until it is ended; the amount of l4 is none
    "licenses.csv": (
        "_id,companyId,product,_currency,fromDate,toDate,fixedPeriod,mrr\n"
        "l1,c1,Suite,EUR,2025-02-01,2026-02-01,true,900.10\nl2,c1,Suite,EUR,2026-02-01,2027-02-01,true,1000\n"
        "l3,c2,Suite,EUR,2025-06-01,,false,500\nl4,c2,Suite,EUR,2025-06-01,,false,much\n"
    ),
    "conversations.jsonl": (
        '{"_id":"v1","companyId":"c1","type":"QBR","subject":"Q2","description":"All well","date":"2026-04-01T10:00:00.000Z",'
        '"users":[{"id":"u1","name":"Ann"}]}\n'
        '{"_id":"v2","companyId":"c1","type":"note","subject":"Budget","snippet":"Cut to come","date":"2026-04-02T10:00:00.000Z",'
        '"users":[{"id":"u1","name":"Ann"}]}\n'
        '{"_id":"v3","companyId":"c1","type":"ticket","subject":"Broken","date":"2026-04-03T10:00:00.000Z"}\n'
        '{"_id":"v4","companyId":"c2","type":"email","subject":"Hello","date":"2026-04-04T10:00:00.000Z"}\n'
    ),
    "nps.csv": (
        "_id,cId,email,euId,score,comment,dateSent,dateAnswered\nn1,c1,rita@acme.example,e1,9,Good,2026-03-01,2026-03-02\n"
    ),
    "churns.csv": (
        "_id,companyId,isChurn,churnReason,createDate\nx1,c9,true,Price,2026-01-05\nx2,c2,false,Mistake,2026-01-06\n"
    ),
    "health_history.csv": "companyId,date,h\nc1,2026-03-01,5\nc2,2026-04-01,6\n",
    "tasks.csv": "_id\nt1\n",
}  # fmt: skip


def test_what_planhat_knew_is_known_here(tmp_path: Path) -> None:
    folder = tmp_path / "planhat"
    folder.mkdir()
    home = tmp_path / "desk"
    with closing(made(home, NOW)) as ws:
        found = load_from(ws, "planhat", written(folder, FOLDER), history=False)
        again = load_from(ws, "planhat", folder, history=False)
    assert counts(found) == {
        ("accounts from companies.csv", "account"): (2, 2, 0), ("team from users.csv", "csm"): (1, 1, 0),
        ("owners from companies.csv", "assignment"): (1, 1, 0), ("people from endusers.csv", "person"): (1, 1, 0),
        ("licences from licenses.csv", "subscription"): (4, 3, 1), ("terms from licenses.csv", "contract"): (2, 2, 0),
        ("losses from churns.csv", "churn"): (1, 1, 0), ("answers from nps.csv", "survey_answer"): (1, 1, 0),
        ("contacts from conversations.csv", "touchpoint"): (2, 2, 0), ("notes from conversations.csv", "note"): (1, 1, 0),
        ("scores from companies.csv", "judgement"): (1, 1, 0),
        ("score_history from health_history.csv", "judgement"): (2, 2, 0),
    }  # fmt: skip
    assert found.aside == ("tasks.csv",)
    assert [remark.split(":")[0] for remark in found.remarks] == ["company", "conversation"]
    assert stored_in(home, "account", "account_id", "name", "domain", "lifecycle") == [
        ("acme", "Acme", "acme.example", "Adoption"), ("c2", "Birch", None, "Onboarding"),
    ]  # fmt: skip
    assert stored_in(home, "person", "person_id", "account_id", "name", "title") == [
        ("rita", "acme", "Rita Roe", "CFO")
    ]
    assert stored_in(home, "assignment", "account_id", "csm_id", "valid_from") == [("acme", "u1", "2026-05-04 10:00")]
    # twelve times 900.10 and 1000 a year; a licence without a term is no contract
    assert stored_in(home, "contract", "contract_id", "account_id", "value", "ended_at") == [
        ("l1", "acme", "10801.2", "2026-02-01 00:00"), ("l2", "acme", "12000", "2027-02-01 00:00"),
    ]  # fmt: skip
    assert stored_in(home, "subscription", "subscription_id", "amount", "contract_id") == [
        ("l1", "900.1", "l1"), ("l2", "1000", "l2"), ("l3", "500", None),
    ]  # fmt: skip
    assert stored_in(home, "touchpoint", "touchpoint_id", "account_id", "csm_id", "channel") == [
        ("v1", "acme", "u1", "review"), ("v4", "c2", None, "email"),
    ]  # fmt: skip
    assert stored_in(home, "note", "note_id", "account_id", "by", "title", "text") == [
        ("v2", "acme", "u1", "Budget", "Cut to come")
    ]
    assert stored_in(home, "judgement", "account_id", "at", "score") == [
        ("acme", "2026-03-01 00:00", "5"), ("acme", "2026-05-04 10:00", "7"), ("c2", "2026-04-01 00:00", "6"),
    ]  # fmt: skip
    assert stored_in(home, "survey_answer", "account_id", "person_id", "score") == [("acme", "rita", "9")]
    assert stored_in(home, "churn", "account_id", "reason") == [("c9", "Price")]
    assert sum(report.loaded for report in again.reports) == 0
