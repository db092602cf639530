"""What goes wrong unexpectedly: a sentence and a reference for the person, the place in the code for the log."""

from __future__ import annotations

import secrets
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from tenure.core.errors import TenureError, UnavailableError
from tenure.keeper.place import Place

_LARGEST_LOG = 1_000_000


def told(error: Exception, place: Place) -> TenureError:
    """The error to tell of: itself where it is one of ours, a sentence about the disk, or a reference into the log."""
    if isinstance(error, TenureError):
        return error
    if isinstance(error, MemoryError):
        fix = "Close other programs, or ask for less at once."
        return UnavailableError("There is not enough memory for this.", code="no_memory", fix=fix)
    known = _of_the_disk(error, place)
    if known:
        return known
    reference = logged(error, place)
    message = f"Something in Tenure itself failed ({type(error).__name__}, reference {reference})."
    fix = "Please report it"
    if place.log.exists():
        fix += f", with the lines of that reference in {place.log}"
    return TenureError(message, code="internal", fix=f"{fix}.")


def logged(error: BaseException, place: Place) -> str:
    """Log where in the code an error came from, without data; the reference under which it stands there."""
    reference = secrets.token_hex(4)
    log(place, f"{reference} {_without_data(error)}")
    return reference


def log(place: Place, text: str) -> None:
    """Append to the log of a workspace. Where that cannot be, nothing more can be done."""
    try:
        if place.log.exists() and place.log.stat().st_size > _LARGEST_LOG:
            place.log.replace(place.log.with_suffix(".old"))
        with place.log.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {text}\n")
    except OSError:
        return


def _of_the_disk(error: Exception, place: Place) -> TenureError | None:
    """What DuckDB or the system said of the disk, as a sentence."""
    duckdb = sys.modules.get("duckdb")
    if not isinstance(error, OSError) and not (duckdb and isinstance(error, duckdb.Error)):
        return None
    if isinstance(error, FileNotFoundError | ConnectionError):
        return None
    from tenure.warehouse.store import explained

    path = Path(error.filename) if isinstance(error, OSError) and isinstance(error.filename, str) else place.home
    found = explained(error, path)
    return found if isinstance(found, TenureError) else None


def _without_data(error: BaseException) -> str:
    """The kinds of the errors and the lines of code they came through. Their messages may hold customers' data."""
    lines: list[str] = []
    passed: list[BaseException] = []
    seen: BaseException | None = error
    while seen is not None and seen not in passed:  # an error can be its own cause
        passed.append(seen)
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__}")
        lines += [f"  {f.filename}:{f.lineno} {f.name}: {f.line}" for f in traceback.extract_tb(seen.__traceback__)]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(lines)
