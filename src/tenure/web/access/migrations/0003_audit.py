"""The record of access becomes a chain: what was recorded before is chained as it is found."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models, transaction

from tenure.core import chainfiles
from tenure.core.chain import BEGINNING, By, Head, Note, link

_CHAIN, _TABLE = "app", "access_auditentry"
_REFUSAL = "entries of the audit log are only ever added"


def refuse_changes(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - as Django calls it
    """Have the database itself refuse to change or remove an entry. A later change of this table must make these anew."""
    if schema_editor.connection.vendor == "sqlite":
        for act in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON {_TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
    elif schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER audit_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {_TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )


def chain_what_was(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - as Django calls it
    """Each event of before as an entry, with its own time, under the key of now."""
    head = Head(0, BEGINNING)
    for event in apps.get_model("access", "AccessEvent").objects.order_by("pk"):
        subject = ("user", str(event.subject_id)) if event.subject_id else ("", "")
        by = By(f"user:{event.actor_id}" if event.actor_id else "")
        note = Note(event.kind, *subject, {**event.detail, "found": event.pk})
        entry = link(_CHAIN, chainfiles.keys(settings.HOME), head, note, by, event.at)
        told = {("object_id" if name == "id" else name): value for name, value in vars(entry).items()}
        apps.get_model("access", "AuditEntry").objects.create(**told)
        head = Head(entry.seq, entry.hash)
    if head.count:
        transaction.on_commit(lambda: _note_end(head))


def _note_end(head: Head) -> None:
    """Note where the chain ends, outside the database, when all this is in it."""
    beginning = Head(0, BEGINNING)
    chainfiles.note_head(settings.HOME, _CHAIN, chainfiles.keys(settings.HOME), beginning, head, lambda _number: "")


class Migration(migrations.Migration):
    dependencies = [("access", "0002_api_key")]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=32)),
                ("who", models.CharField(db_index=True, max_length=200)),
                ("via", models.CharField(max_length=100)),
                ("request", models.CharField(max_length=32)),
                ("act", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=40)),
                ("object_id", models.TextField(db_column="id")),
                ("detail", models.TextField()),
                ("key", models.CharField(max_length=32)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
        migrations.RunPython(chain_what_was, migrations.RunPython.noop),
        migrations.DeleteModel(name="AccessEvent"),
        migrations.RunPython(refuse_changes, migrations.RunPython.noop),
    ]
