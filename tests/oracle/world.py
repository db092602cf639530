"""The simulated company as a world of tests."""

from __future__ import annotations

import json
from typing import Any

from tenure.sources.demo import Company
from tenure.warehouse.schema import quoted_list, widen
from tenure.warehouse.tables import all_tables
from tests.workspaces import MEASURED
from tests.world import World


def standing(company: Company, ground: dict[str, Any]) -> World:
    """The tables that metrics stand on, in a world that looks at them on its last day."""
    world = World(now=company.today.isoformat(), **{**ground, "zone": company.zone})
    for batch, name in enumerate(MEASURED, start=1):
        rows = company.tables[name]
        columns = {column.name: column.type.value for column in all_tables()[name].columns}
        names = [column for column in rows.schema.names if column in columns]
        dates = [n for n in names if columns[n] == "time" and "date" in str(rows.schema.field(n).type)]
        zone = company.zone
        local = ", ".join(f"(\"{n}\"::TIMESTAMP AT TIME ZONE '{zone}') AT TIME ZONE 'UTC' AS \"{n}\"" for n in dates)
        world.con.register("told", rows)
        world.con.execute(
            "INSERT INTO batch (batch, table_name, columns, known_at) VALUES (?, ?, ?, TIMESTAMP '1900-01-01')",
            [batch, name, json.dumps(names)],
        )
        world.con.execute(
            f"INSERT INTO {widen(world.con, all_tables()[name], names)} ({quoted_list(names)}, batch, line, known_at) "
            f"SELECT {quoted_list(names)}, {batch}, row_number() OVER (), TIMESTAMP '1900-01-01' FROM "
            f"(SELECT * {f'REPLACE ({local})' if local else ''} FROM told)"
        )
        world.con.unregister("told")
        world._told.add(name)
    world._batch = len(MEASURED)
    return world
