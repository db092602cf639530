"""Dashboards are one of the views that are sent: what was scheduled and declined of them stays so."""

import hashlib
from typing import Any

from django.db import migrations


def _purpose(address: str) -> str:
    return f"dashboard:{hashlib.sha256(address.encode()).hexdigest()[:16]}"


def forwards(apps: Any, _schema: Any) -> None:
    """Rename what was scheduled, declined and muted."""
    for each in apps.get_model("post", "Schedule").objects.filter(kind="dashboard_mail"):
        address = f"dashboard={each.arguments.pop('dashboard')}"
        each.kind, each.name = "view_mail", _purpose(address)
        each.arguments |= {"view": "dashboard", "address": address}
        each.save(update_fields=["kind", "name", "arguments"])
    for each in apps.get_model("post", "Declined").objects.filter(purpose__startswith="dashboard:"):
        each.purpose = _purpose(f"dashboard={each.purpose.partition(':')[2]}")
        each.save(update_fields=["purpose"])
    for table in ("Muted", "Notice"):
        apps.get_model("post", table).objects.filter(kind="dashboards").update(kind="views")


class Migration(migrations.Migration):
    dependencies = [("post", "0003_no_link")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
