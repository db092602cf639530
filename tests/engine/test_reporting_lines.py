"""Who reports to whom, as it is known now."""

from datetime import datetime

from tenure.engine.verbs.load import Load
from tenure.engine.verbs.reporting_lines import ReportingLine, ReportingLines
from tenure.engine.workspace import Local, Workspace
from tests.workspaces import clock, copy_to


def lines(workspace):
    return workspace.call("reporting_lines", ReportingLines())


def test_lines_of_past_and_present_as_the_last_file_has_them(tmp_path):
    home = copy_to(tmp_path / "home")
    workspace = Workspace(home, Local(home, clock), clock=clock)
    assert lines(workspace) == ()
    file = tmp_path / "csm.csv"
    file.write_text("csm_id,name,manager_id,valid_from\nmona,Mona,,\ncora,Cora,mona,\ncora,Cora,max,2026-03-01\n")
    workspace.call("load", Load((str(file),), "csm"))
    assert lines(workspace) == (
        ReportingLine("cora", "mona", None),
        ReportingLine("cora", "max", datetime(2026, 3, 1)),
        ReportingLine("mona", None, None),
    )
    file.write_text("csm_id,name,manager_id,valid_from\ncora,Cora,vera,2026-03-01\n")  # a mistake, mended
    workspace.call("load", Load((str(file),), "csm"))
    assert lines(workspace)[1] == ReportingLine("cora", "vera", datetime(2026, 3, 1))
    workspace.close()
