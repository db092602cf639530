"""A new metric is two files, and a name is taken once."""

import ast

import pytest

from tools import new


@pytest.fixture
def project(tmp_path):
    for family in ("retention", "voice"):
        (tmp_path / "src/tenure/metrics" / family).mkdir(parents=True)
        (tmp_path / "src/tenure/metrics" / family / "__init__.py").touch()
    return tmp_path


def test_a_metric_is_one_file_and_its_test(project, capsys):
    assert new.main(["metric", "customer_regret", "voice"], project) == 0
    metric = project / "src/tenure/metrics/voice/customer_regret.py"
    test = project / "tests/metrics/voice/test_customer_regret.py"
    assert capsys.readouterr().out.splitlines()[:2] == [str(path.relative_to(project)) for path in (metric, test)]
    assert [node.name for node in ast.parse(metric.read_text()).body if isinstance(node, ast.FunctionDef)] == [
        "customer_regret"
    ]
    assert "def test_customer_regret(" in test.read_text()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ([], "Usage"),
        (["page", "x", "voice"], "Usage"),
        (["metric", "CustomerRegret", "voice"], "lower case"),
        (["metric", "../x", "voice"], "lower case"),
        (["metric", "customer_regret"], "Families: retention, voice."),
        (["metric", "customer_regret", "moods"], "no family 'moods'. Families: retention, voice."),
    ],
)
def test_what_makes_no_sense_is_refused(project, capsys, words, answer):
    assert new.main(words, project) == 2
    assert answer in capsys.readouterr().err
    assert not (project / "tests").exists()


def test_a_name_is_taken_in_any_family(project, capsys):
    (project / "src/tenure/metrics/retention/customer_regret.py").touch()
    assert new.main(["metric", "customer_regret", "voice"], project) == 2
    assert "taken: src/tenure/metrics/retention/customer_regret.py" in capsys.readouterr().err
