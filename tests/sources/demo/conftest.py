"""A small company and a large one, simulated once for all tests of the folder."""

from __future__ import annotations

import duckdb
import pytest

from tenure.sources.demo import Company, simulate
from tests.sources.demo.told import TODAY, opened


@pytest.fixture(scope="session")
def company() -> Company:
    return simulate(300, today=TODAY)


@pytest.fixture(scope="session")
def db(company) -> duckdb.DuckDBPyConnection:
    return opened(company)


@pytest.fixture(scope="session")
def large() -> Company:
    return simulate(6000, today=TODAY)


@pytest.fixture(scope="session")
def large_db(large) -> duckdb.DuckDBPyConnection:
    return opened(large)
