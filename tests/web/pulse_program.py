"""Two people answer a round in a workspace's own database, and its files are looked at: ``HOME``. Prints what a test asks for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command

home = Path(sys.argv[1])
os.environ["TENURE_HOME"], os.environ["DJANGO_SETTINGS_MODULE"] = str(home), "tenure.web.settings"
django.setup()
call_command("migrate", verbosity=0)

from dataclasses import asdict  # noqa: E402 - Django is ready only now
from datetime import date, timedelta  # noqa: E402 - likewise

from tenure.engine.growing_rules import rules  # noqa: E402 - likewise
from tenure.web.access import people  # noqa: E402 - likewise
from tenure.web.access.roles import Role  # noqa: E402 - likewise
from tenure.web.growing import pulse  # noqa: E402 - likewise
from tenure.web.growing.models import PulseBox, PulseRound, PulseSeat  # noqa: E402 - likewise

log, day = home / "app.db-wal", date(2026, 11, 21)


def kept() -> str:
    """How much the log holds, and whether any file of the database has the words."""
    words = any(b"quarrelsome" in path.read_bytes() for path in home.glob("app.db*"))
    return f"{log.stat().st_size if log.exists() else 0}:{words}"


mona, cora, carl = (
    people.create(email=f"{name}@example.com", name=name, roles=(role,))
    for name, role in (("mona", Role.MANAGER), ("cora", Role.CSM), ("carl", Role.CSM))
)
asked = [asdict(one) for one in rules(home).questions]
one = PulseRound.objects.create(leader=mona, questions=asked, opened_on=day, closes_on=day)
PulseBox.objects.create(round=one)
PulseSeat.objects.bulk_create(PulseSeat(round=one, user=user) for user in (cora, carl))
assert log.stat().st_size, "there is a log, and it holds what was done"
found = []
for user, text in ((cora, "Fewer quarrelsome meetings"), (carl, "")):
    assert pulse.answer(user, one.pk, {"workload": 1, "change": text}, day)
    found.append(kept())
PulseBox.objects.update(answers={})
pulse.settle(day + timedelta(days=1))
found.append(kept())
sys.stdout.write(" ".join(found))
