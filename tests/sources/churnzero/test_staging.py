"""What moves from ChurnZero: its entities through the front door, and what they come to by hand."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from tests.sources.vendor_files import counts, load_from, made, stored_in, written

NOW = datetime(2026, 7, 15, 12)
FOLDER: dict[str, str] = {
    "Account.csv": (
        "Id,AccountExternalId,Name,IsActive,StartDate,EndDate,UserAccountId,TotalContractAmount,ChurnScore,ObjectModifiedDate\n"
        "11,acme,Acme,true,2025-01-01T00:00:00Z,,7,12000,81,2026-05-01T00:00:00Z\n"
        "12,birch,Birch,false,2025-01-01T00:00:00Z,2026-03-31T00:00:00Z,9,,,2026-05-02T00:00:00Z\n"
    ),
    "UserAccount.csv": "Id,UserName,Email,FirstName,LastName\n7,ann,ann@us.example,Ann,Ames\n",
    "Contact.csv": (
        "Id,ContactExternalId,AccountId,FirstName,LastName,Email,ObjectCreatedDate\n"
        "21,rita,11,Rita,Roe,rita@acme.example,2025-02-01T00:00:00Z\n"
    ),
    "ChurnScore.csv": "Id,Name,IsPrimary\n1,Main,true\n2,Trial,false\n",
    "ChurnScoreCalculation.csv": (
        "Id,AccountId,ChurnScoreId,Score,ObjectCreatedDate\n1,11,1,75,2026-03-01T00:00:00Z\n2,11,2,10,2026-03-01T00:00:00Z\n"
    ),
    "SurveyResponse.csv": (
        "Id,AccountId,ContactId,SurveyType,NpsScore,Comment,ResponseDate\n31,11,21,NPS,9,Good,2026-03-02T00:00:00Z\n"
        "32,11,21,CSAT,4,,2026-03-03T00:00:00Z\n"
    ),
    "Timeline.csv": (
        "Id,AccountId,Type,Subject,Body,Date,UserAccountId\n41,11,Phone Call,Spoke,Well,2026-04-01T10:00:00Z,7\n"
        "42,11,Note,Budget,Cut,2026-04-02T10:00:00Z,7\n43,12,Email,Bye,,2026-04-03T10:00:00Z,8\n"
    ),
}  # fmt: skip


def test_what_churnzero_knew_is_known_here(tmp_path: Path) -> None:
    folder = tmp_path / "churnzero"
    folder.mkdir()
    home = tmp_path / "desk"
    with closing(made(home, NOW)) as ws:
        found = load_from(ws, "churnzero", written(folder, FOLDER), history=False)
    assert {table: three for (_file, table), three in counts(found).items() if table != "judgement"} == {
        "account": (2, 2, 0), "csm": (1, 1, 0), "assignment": (2, 2, 0), "person": (1, 1, 0), "churn": (1, 1, 0),
        "survey_answer": (1, 1, 0), "touchpoint": (2, 2, 0), "note": (1, 1, 0),
    }  # fmt: skip
    assert [remark.split(":")[0] for remark in found.remarks] == ["churnscorecalculation", "surveyresponse"]
    assert stored_in(home, "assignment", "account_id", "csm_id") == [("acme", "ann"), ("birch", "9")]
    assert stored_in(home, "person", "person_id", "account_id", "name") == [("rita", "acme", "Rita Roe")]
    assert stored_in(home, "churn", "account_id", "at") == [("birch", "2026-03-31 00:00")]
    assert stored_in(home, "touchpoint", "touchpoint_id", "account_id", "csm_id", "channel") == [
        ("41", "acme", "ann", "call"), ("43", "birch", "8", "email"),
    ]  # fmt: skip
    assert stored_in(home, "note", "note_id", "by", "text") == [("42", "ann", "Cut")]
    assert stored_in(home, "survey_answer", "account_id", "person_id", "score") == [("acme", "rita", "9")]
    assert stored_in(home, "judgement", "account_id", "at", "score") == [
        ("acme", "2026-03-01 00:00", "75"), ("acme", "2026-05-01 00:00", "81"),
    ]  # fmt: skip


def test_the_file_that_churnzero_itself_imports_is_enough(tmp_path: Path) -> None:
    folder = tmp_path / "churnzero"
    folder.mkdir()
    text = "accountExternalId,name,isActive,startDate,OwnerUserAccount,ParentAccountExternalId\nacme,Acme,true,2025-01-01,ann,group\n"
    home = tmp_path / "desk"
    with closing(made(home, NOW)) as ws:
        load_from(ws, "churnzero", written(folder, {"accounts.csv": text}), history=False)
    assert stored_in(home, "account", "account_id", "parent_id") == [("acme", "group")]
    assert stored_in(home, "assignment", "account_id", "csm_id") == [("acme", "ann")]
