"""SQL of the rows that were refused: what each is called, what is wrong with it, and what became of it."""

from __future__ import annotations

#: A failed row's id: of the file's content, the table and its place, so that it is the same when the warehouse is made anew.
ID = "left(sha256(concat_ws('/', b.sha256, f.table_name, f.line, coalesce(f.row, -1))), 12)"
#: One row for each problem of a row that was refused by a load that stands. Of an event that could not be read the problem is
#: what the reader of events said of it.
PROBLEMS = f"""
    SELECT {ID} AS id, f.batch, b.message_id, f.table_name, b.source, f.file, f.line, f.row, b.known_at AS refused_at,
           if(u, 'event', f.column_name) AS column_name, if(u, NULL, f.value) AS value, if(u, f.value, f.reason) AS reason,
           if(u, 'unreadable', f.code) AS code, f.raw
    FROM (SELECT *, regexp_full_match(file, 'events-[0-9]+-unreadable-[0-9]+[.]jsonl') AS u FROM main.failed_row) f JOIN main.batch b ON b.batch = f.batch
    WHERE f.code <> 'contradicted' AND b.retracted_by IS NULL"""
#: What was done last about each id, as far as the batch that it brought stands.
_HANDLED = """
    SELECT failed_id AS id, max_by(h, (handled_at, inbox_seq)) AS h FROM main.handled_row h
    WHERE h.batch IS NULL OR h.batch NOT IN (SELECT batch FROM main.batch WHERE retracted_by IS NOT NULL) GROUP BY ALL"""
LISTED = f"""
    SELECT p.id, p.table_name, p.source, p.file, p.line, p.row, p.batch, p.message_id, p.refused_at, p.code, p.column_name,
           p.reason, p.value, p.problems, p.raw,
           CASE WHEN h.h.what IN ('replayed', 'discarded') THEN h.h.what ELSE 'open' END AS state,
           h.h.by_whom AS handled_by, h.h.reason AS handled_because, h.h.handled_at, h.h.batch AS mended_by
    FROM (
        SELECT id, batch, any_value(message_id) AS message_id, any_value(table_name) AS table_name,
               any_value(source) AS source, any_value(file) AS file, any_value(line) AS line, any_value(row) AS row,
               any_value(refused_at) AS refused_at, min_by(code, n) AS code, min_by(column_name, n) AS column_name,
               min_by(reason, n) AS reason, min_by(value, n) AS value, any_value(raw) AS raw,
               to_json(list(struct_pack(column_name, value, reason, code) ORDER BY n))::VARCHAR AS problems
        FROM (SELECT *, row_number() OVER (PARTITION BY id, batch ORDER BY column_name, code) AS n,
                     max(batch) OVER (PARTITION BY id) AS last FROM ({PROBLEMS}))
        WHERE batch = last GROUP BY id, batch
    ) p LEFT JOIN ({_HANDLED}) h ON h.id = p.id"""
