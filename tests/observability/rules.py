"""The rules of Prometheus as they are deployed, and what an alert is about."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from tests.clusters.watchers import DEPLOY

FILES = sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))

Labels = Mapping[str, str]

_APART = re.compile(r'(\{[^{}]*\}|"[^"]*")')
_COMPARISON = re.compile(r"(==|!=|>=|<=|>|<)(?!\s*bool\b)")


def rules() -> list[dict[str, Any]]:
    """Every rule, as it is written."""
    groups = (group for file in FILES for group in yaml.safe_load(file.read_text("utf-8"))["groups"])
    return [rule for group in groups for rule in group["rules"]]


def rule(alert: str) -> dict[str, Any]:
    """The rule of an alert."""
    return next(rule for rule in rules() if rule.get("alert") == alert)


def called(alert: Labels) -> str:
    """The name of an alert, with the time that it looks at where several differ in that."""
    return f"{alert['alertname']} {alert.get('over', '')}".strip()


def compared(expression: str) -> str:
    """What the expression of an alert compares, whatever comes of it: there on a quiet day, too.

    A comparison becomes one that says 0 or 1 instead of dropping series, and what must be absent is asked for.
    """
    pieces = _APART.split(expression.replace("absent(", "("))
    return "".join(piece if _APART.fullmatch(piece) else _COMPARISON.sub(r"\1 bool", piece) for piece in pieces)
