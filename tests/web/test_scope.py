"""Which accounts a person may see."""

from datetime import UTC, datetime

import pytest

from tenure.core.errors import UnavailableError
from tenure.engine import Scope
from tenure.web.access import sight
from tenure.web.access.roles import SEES_ALL, Role
from tenure.web.access.scope import Line, scope_of
from tenure.web.kit.lasting import FRESH, Lasting

NOW = datetime(2026, 7, 15, tzinfo=UTC)
#: vera leads mona and max; mona leads cora and carl; max leads dora, who came from mona; carl goes to max next year.
LINES = (
    Line("vera", None),
    Line("mona", "vera"),
    Line("max", "vera"),
    Line("cora", "mona"),
    Line("carl", "mona", datetime(2020, 1, 1, tzinfo=UTC)),
    Line("carl", "max", datetime(2027, 1, 1, tzinfo=UTC)),
    Line("dora", "mona"),
    Line("dora", "max", datetime(2026, 7, 15, tzinfo=UTC)),
)


def seen(*roles, csm_id="", lines=LINES, now=NOW):
    return scope_of(roles, csm_id, lines, now).owners


@pytest.mark.parametrize("role", sorted(SEES_ALL))
def test_these_see_everything(role):
    assert seen(role) is None
    assert seen(role, Role.CSM, csm_id="cora") is None


def test_a_csm_sees_the_own_book():
    assert seen(Role.CSM, csm_id="cora") == ("cora",)


def test_a_manager_sees_who_reports_to_her_now():
    assert seen(Role.MANAGER, csm_id="mona") == ("carl", "cora", "mona")
    assert seen(Role.MANAGER, csm_id="max") == ("dora", "max")
    assert seen(Role.MANAGER, Role.CSM, csm_id="vera") == ("carl", "cora", "dora", "max", "mona", "vera")


def test_reporting_lines_count_from_their_moment_on():
    before = datetime(2026, 7, 14, 23, 59, tzinfo=UTC)
    assert seen(Role.MANAGER, csm_id="mona", now=before) == ("carl", "cora", "dora", "mona")
    assert seen(Role.MANAGER, csm_id="max", now=datetime(2027, 1, 1, tzinfo=UTC)) == ("carl", "dora", "max")


def test_a_manager_nobody_reports_to_sees_her_own():
    assert seen(Role.MANAGER, csm_id="new") == ("new",)


def test_who_is_tied_to_nobody_sees_nothing():
    assert seen(Role.CSM) == seen(Role.MANAGER) == seen() == seen(csm_id="cora") == ()


def test_a_circle_in_the_data_is_walked_once():
    circle = (Line("a", "b"), Line("b", "a"), Line("c", "c"))
    assert seen(Role.MANAGER, csm_id="a", lines=circle) == ("a", "b")
    assert seen(Role.MANAGER, csm_id="c", lines=circle) == ("c",)


def test_lines_are_read_once_a_minute_and_hold_while_the_engine_is_busy():
    time, read = [0.0], []

    def engine():
        read.append(time[0])
        if len(read) == 2:
            raise UnavailableError("busy", code="locked")
        return (Line(f"read {len(read)}", None),)

    lines = Lasting(clock=lambda: time[0])
    assert lines.get(engine) == lines.get(engine) == (Line("read 1", None),)
    time[0] = FRESH
    assert lines.get(engine) == (Line("read 1", None),)
    time[0] = FRESH * 2
    assert lines.get(engine) == (Line("read 3", None),)
    assert len(read) == 3


def test_nobody_sees_anything_while_the_lines_were_never_read():
    def busy():
        raise UnavailableError("busy", code="locked")

    with pytest.raises(UnavailableError):
        Lasting().get(busy)


def test_a_request_asks_for_the_lines_only_when_they_matter(somebody, monkeypatch):
    asked = []
    monkeypatch.setattr(sight, "_lines", Lasting())
    monkeypatch.setattr(sight, "_read_lines", lambda: asked.append(1) or (Line("cora", "mona"),))
    csm, viewer = somebody(Role.CSM, csm_id="cora"), somebody(Role.VIEWER)
    assert sight.Looking(csm)().scope == Scope(("cora",))
    assert sight.Looking(viewer)().scope == Scope(None)
    assert not asked
    manager = sight.Looking(somebody(Role.MANAGER, csm_id="mona"))
    assert not asked
    assert manager() is manager()
    assert manager().scope == Scope(("cora", "mona"))
    assert asked == [1]
