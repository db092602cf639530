"""A process that works the queue of a workspace off, for a test that kills it: ``HOME [start]``. It ends when the job is done."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import django
from django.core.management import call_command

home = Path(sys.argv[1])
os.environ["TENURE_HOME"], os.environ["DJANGO_SETTINGS_MODULE"] = str(home), "tenure.web.settings"
django.setup()
if "start" in sys.argv:
    call_command("migrate", verbosity=0)

from tenure.web.access import people  # noqa: E402 - Django is ready only now
from tenure.web.access.roles import Role  # noqa: E402 - likewise
from tenure.web.post import jobs  # noqa: E402 - likewise
from tenure.web.post.doing import Doing  # noqa: E402 - likewise
from tenure.web.post.models import Job, State  # noqa: E402 - likewise
from tenure.web.post.worker import Worker  # noqa: E402 - likewise

lines = home / "lines"


@jobs.job("write_lines", title="Lines")
def write_lines(doing: Doing) -> None:
    """Write twenty lines, slowly, anew each time."""
    lines.unlink(missing_ok=True)
    for number in doing.each(range(20)):
        with lines.open("a") as file:
            file.write(f"{number}\n")
        time.sleep(0.05)


if "start" in sys.argv:
    ada = people.create(email="ada@example.com", name="Ada", roles=(Role.VIEWER,))
    jobs.start(ada, "write_lines")
Worker(home).start()
while (job := Job.objects.get()).state != State.DONE:
    time.sleep(0.05)
sys.stdout.write(f"{job.state} {job.attempts} {len(lines.read_text().split())}\n")
