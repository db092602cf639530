"""Whatever a program asks or sends, the answer is one that the document tells of: tried with what the document allows, and does not."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tenure.web import urls  # noqa: F401 - declares the endpoints
from tenure.web.access import keys
from tenure.web.access.rights import Right
from tenure.web.access.roles import Role
from tenure.web.api.document import document

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
#: Rows of all tables are taken by one endpoint: these stand for all.
OF_ROWS = {"account", "touchpoint", "usage"}
#: Learned or worked out for seconds at each question: test_api asks these once.
COSTLY = {
    "api_backtest", "api_balance", "api_coverage", "api_effect", "api_handovers", "api_headcount", "api_optimism", "api_renewal_accuracy",
    "api_team", "api_workload",
}  # fmt: skip
EXAMPLES = 8


def operations():
    for path, methods in document()["paths"].items():
        for method, told in methods.items():
            table = path.removeprefix("/api/rows/")
            if told["operationId"] not in COSTLY and (table == path or table in OF_ROWS):
                yield path, method


@pytest.fixture
def asked(company, somebody):
    """The endpoints, and what a program with all rights sends with each question."""
    secret = keys.make(somebody(Role.ADMINISTRATOR, Role.OPERATIONS), "a program", 30, tuple(Right)).secret
    headers = {"Authorization": f"Bearer {secret}"}
    return schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application(), headers=headers), headers


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "method"), list(operations()))
def test_answers_are_those_that_the_document_tells_of(asked, path: str, method: str) -> None:
    schema, headers = asked
    operation = schema[path][method]

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(data=st.data(), mode=st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
    def ask(data, mode) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()
