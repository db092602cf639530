"""The keeper beside the web process: started, watched, started again when it dies, stopped with it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tenure.core.errors import TenureError
from tenure.keeper.client import reach
from tenure.keeper.place import Place

#: Seconds: between a look and the next, for a keeper to stop by itself, and the longest wait before another try.
_LOOK = 0.2
_FAREWELL = 20.0
_LONGEST_PAUSE = 30.0
#: Who ran as long as this did not die of its start.
_SETTLED = 10.0
_MOST_WORDS = 500


class Keeping(threading.Thread):
    """Keeps a keeper running. One that somebody else has started will do, until it goes.

    ``tell`` is called with a sentence when one had to be started again.
    """

    def __init__(self, home: Path, tell: Callable[[str], None]) -> None:
        super().__init__(daemon=True, name="keeping")
        self._place = Place(home)
        self._tell = tell
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - read and written as long as this lasts

    def run(self) -> None:
        """Watch until stopped."""
        pause = _LOOK
        while not self._stopping.is_set():
            if self._somebody_serves():
                self._stopping.wait(1.0)
                continue
            began = time.monotonic()
            try:
                self._process = self._start()
            except OSError as error:  # no memory, or no processes left: another time there may be
                self._tell(f"The keeper cannot be started: {error.strerror}.")
                self._stopping.wait(_LONGEST_PAUSE)
                continue
            while self._process.poll() is None and not self._stopping.is_set():
                self._stopping.wait(_LOOK)
            if self._stopping.is_set():
                return
            pause = _LOOK if time.monotonic() - began > _SETTLED else min(pause * 2, _LONGEST_PAUSE)
            self._tell(f"The keeper ended, and is started again. {self._last_words()}".rstrip())
            self._stopping.wait(pause)

    def stop(self) -> None:
        """Stop the keeper, if it is ours, and wait for its end."""
        self._stopping.set()
        if self.is_alive():
            self.join()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _last_words(self) -> str:
        """What it said of its end."""
        self._said.seek(0)
        lines = [line for line in self._said.read().decode(errors="replace").splitlines() if line.strip()]
        return " ".join(line.strip() for line in lines if not line.startswith("Keeping"))[-_MOST_WORDS:]

    def _somebody_serves(self) -> bool:
        try:
            found = reach(self._place)
        except TenureError:  # one of another version, say: starting ours tells what is wrong
            return False
        if found is not None:
            found.close()
        return found is not None

    def _start(self) -> subprocess.Popen[bytes]:
        """A keeper in a session of its own, so that Ctrl C ends the web first. It ends when our end of the pipe does."""
        self._said.seek(0)
        self._said.truncate()
        command = [sys.executable, "-m", "tenure.keeper", str(self._place.home), "--while-read"]
        return subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._said, start_new_session=True
        )
