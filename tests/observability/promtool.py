"""The rules of Prometheus, given to promtool with series that a Prometheus could have scraped."""

import os
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from tests.observability.rules import FILES, Labels
from tests.observability.weather import WATCHDOG, Case, Series, quiet

_FIRING = 'ALERTS{alertstate="firing"}'
_BY_NAME = f"count by (alertname, over) ({_FIRING}) > bool 0"
_OF_ALERTS = ("__name__", "alertstate")
_AT_ONCE = 8
"""Cases that one promtool is given."""


def judged(folder: Path, cases: Sequence[Case], files: Iterable[Path] = FILES) -> list[str]:
    """What promtool has against each case; nothing if exactly the right alerts fire."""
    numbered = sorted(enumerate(cases), key=lambda one: one[1].step)
    parts = [part for step in {case.step for case in cases} for part in _parts(numbered, step)]

    def judge(part: Sequence[tuple[int, Case]]) -> dict[str, str]:
        tests = [
            _test(
                case.change,
                case.after,
                case.step,
                promql_expr_test=[
                    {
                        "expr": f"# {number}\n{_BY_NAME}",
                        "eval_time": f"{case.after}s",
                        "exp_samples": [
                            {"labels": _selector(name), "value": 1} for name in sorted({*case.firing, WATCHDOG})
                        ],
                    }
                ],
            )
            for number, case in part
        ]
        return _complaints(_tested(folder / f"{part[0][0]}.yml", part[0][1].step, tests, files))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        said = {number: complaint for found in pool.map(judge, parts) for number, complaint in found.items()}
    return [said.get(str(number), "") for number in range(len(cases))]


def firing(folder: Path, change: Series, *moments: int, step: int = 10) -> list[list[Labels]]:
    """The alerts, with all of their labels, that fire so many seconds into a quiet day with a change."""
    asked = [{"expr": f"# {at}\n{_FIRING}", "eval_time": f"{at}s", "exp_samples": []} for at in moments]
    test = _test(change, max(moments), step, promql_expr_test=asked)
    complaints = _complaints(_tested(folder / "test.yml", step, [test], FILES))
    return [
        [
            {name: value for name, value in re.findall(r'(\w+)="([^"]*)"', labels) if name not in _OF_ALERTS}
            for labels in re.findall(r"{([^}]+)}", complaints[str(at)].partition("got:")[2])
        ]
        for at in moments
    ]


def annotated(folder: Path, case: Case) -> list[Labels]:
    """The annotations of the alert that a case is about, as a person reads them."""
    asked = {"eval_time": f"{case.after}s", "alertname": case.alert.partition(" ")[0], "exp_alerts": []}
    test = _test(case.change, case.after, case.step, alert_rule_test=[asked])
    said = _tested(folder / "test.yml", case.step, [test], FILES)
    return [dict(re.findall(r'(\w+)="(.*?)"', told)) for told in re.findall(r"(?m)^ +Annotations:{(.*)}$", said)]


def _parts(numbered: Sequence[tuple[int, Case]], step: int) -> list[Sequence[tuple[int, Case]]]:
    alike = [(number, case) for number, case in numbered if case.step == step]
    return [alike[first : first + _AT_ONCE] for first in range(0, len(alike), _AT_ONCE)]


def _test(change: Series, until: int, step: int, **asked: Any) -> dict[str, Any]:
    scrapes = str(until // step + 1)
    series = {**quiet(step), **change}
    return {
        "interval": f"{step}s",
        "external_labels": {"runbook": "docs/runbook.md"},
        "input_series": [{"series": name, "values": values.replace("{n}", scrapes)} for name, values in series.items()],
        **asked,
    }


def _tested(file: Path, step: int, tests: Sequence[Mapping[str, Any]], files: Iterable[Path]) -> str:
    """What promtool says; nothing if all is as expected."""
    document = {"rule_files": list(map(str, files)), "evaluation_interval": f"{step}s", "tests": list(tests)}
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    done = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert ("FAILED" in said) == (done.returncode != 0), said
    return said if done.returncode else ""


def _complaints(said: str) -> dict[str, str]:
    """What is said of each question, by the comment that it begins with."""
    complaints = {found[1]: found[0] for found in re.finditer(r'expr: "# (\d+)\\n.*\n +exp: .*\n +got: .*', said)}
    assert bool(complaints) == bool(said), said
    return complaints


def _selector(name: str) -> str:
    alert, _, over = name.partition(" ")
    return f'{{alertname="{alert}"' + (f',over="{over}"}}' if over else "}")
