"""The round of web hooks in the web's own process: after new data came, who entered and left is looked at; what is due is sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import connection
from django.utils import timezone

from tenure.keeper import faults
from tenure.keeper.place import Place
from tenure.web.access import following
from tenure.web.book import hooks
from tenure.web.book.models import Delivery, Hook

#: Seconds between two rounds, and for how long a hook that was looked at is left alone however much comes in.
_PAUSE, _GAP = 5.0, timedelta(seconds=30)
#: Messages that are over are remembered so long.
_REMEMBERED = timedelta(days=90)


class Round(threading.Thread):
    """Makes rounds until the process ends."""

    def __init__(self) -> None:
        super().__init__(daemon=True, name="hooks")

    def run(self) -> None:
        """One round after the other. What goes wrong is tried again in the next."""
        while True:
            time.sleep(_PAUSE)
            _safely(once)


def _safely(does: Callable[[], object]) -> None:
    """Do something, whatever happens: a fault is logged, and neither the next round nor another hook waits for ever."""
    try:
        does()
    except Exception as error:  # noqa: BLE001 - as said
        faults.logged(error, Place(settings.HOME))
    finally:
        connection.close()


def once(send: hooks.Send | None = None) -> None:
    """One round: looks where the state of the figures is another one, or another day; sends what is due; forgets what is long over."""
    now = timezone.now()
    waiting = list(Hook.objects.select_related("view", "made_by"))
    word = following.word() if waiting else ""
    for hook in waiting:
        if hook.word != word and (hook.looked_at is None or now - hook.looked_at >= _GAP):
            hook.word = word  # of before it was looked at: what comes in meanwhile is looked at the next time
            _safely(partial(hooks.look, hook, now))
    hooks.send_due(now, send)
    Delivery.objects.filter(due_at__isnull=True, at__lt=now - _REMEMBERED).delete()
