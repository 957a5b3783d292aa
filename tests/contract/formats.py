"""Validators for the committed schemas, which check `date-time` too."""

import json
import re
from datetime import datetime
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from streams.contracts import ROOT

FORMATS = FormatChecker(())
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


@FORMATS.checks("date-time", raises=ValueError)
def is_instant(value: object) -> bool:
    """RFC 3339, section 5.6; jsonschema checks it with a package of its own or not at all."""
    return not isinstance(value, str) or bool(_RFC_3339.fullmatch(value) and datetime.fromisoformat(value))


def committed(name: str) -> dict[str, Any]:
    """The schema of a message as it is in the repository."""
    schema: dict[str, Any] = json.loads((ROOT / "streams" / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    return schema


@cache
def validator(name: str) -> Draft202012Validator:
    """A validator of the committed schema of `article`, `tagged` or `alert`."""
    return Draft202012Validator(committed(name), format_checker=FORMATS)
