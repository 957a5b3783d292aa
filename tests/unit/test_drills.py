"""Drills say what came of them, above all where it is not what must come."""

from tests.observability.drills import FAULTS, Course, Drill, drills, report
from tests.observability.faults import stopped_worker
from tests.observability.rules import rules

DRILL = Drill("stop the worker", stopped_worker, frozenset({"NorthwireStalled"}))
PROMISED = {"NorthwireStalled": 90.0}


def test_a_drill_is_as_promised_when_just_its_alerts_came_and_ended() -> None:
    assert Course(DRILL, PROMISED, PROMISED).as_promised


def test_an_alert_that_is_missing_or_one_too_many_or_does_not_end_breaks_the_promise() -> None:
    more = {**PROMISED, "NorthwireOther": 1.0}
    for course in (Course(DRILL, {}, {}), Course(DRILL, more, more), Course(DRILL, PROMISED, {})):
        assert not course.as_promised
        assert "**Not as promised.**" in report(900, set(), [course])


def test_a_report_tells_when_each_alert_came_and_ended() -> None:
    page = report(
        900,
        set(),
        [Course(DRILL, {"NorthwireStalled": 88.4}, {"NorthwireStalled": 41.6}, frozenset({"NorthwireBehind"}))],
    )
    assert "| stop the worker | NorthwireStalled | 88 s | 42 s | NorthwireBehind |" in page
    assert "Each at rest for 15 minutes: no alert but the watchdog." in page


def test_a_report_points_at_what_is_unexpected() -> None:
    course = Course(DRILL, {"NorthwireOther": 5.0}, {})
    page = report(900, {"NorthwireNoise"}, [course])
    assert "| stop the worker | NorthwireStalled | **never** | **never** |" in page
    assert "| stop the worker | **NorthwireOther, unexpected** | 5 s | **never** |" in page
    assert "Each at rest for 15 minutes: **NorthwireNoise**. **Not as promised.**" in page


def test_the_runbook_says_what_must_come_of_each_fault() -> None:
    alerts = {rule["alert"] for rule in rules() if "alert" in rule}
    assert {drill.name for drill in drills()} == FAULTS.keys()
    assert all(drill.alerts and drill.alerts <= alerts for drill in drills())
