"""What deploy/ sets, Northwire knows."""

import re
from pathlib import Path

import pytest

from streams.settings import Settings

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "docker-compose.yml", ROOT / "docs/operations.md", *filter(Path.is_file, (ROOT / "deploy").rglob("*"))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_variable_that_is_named_is_a_setting(file: Path) -> None:
    named = set(re.findall(r"\bNORTHWIRE_([A-Z_]+)", file.read_text(encoding="utf-8")))
    assert {name.lower() for name in named} <= Settings.model_fields.keys()


def test_each_way_to_deploy_sets_something() -> None:
    ways = {file.relative_to(ROOT).parts[:2] for file in FILES if "NORTHWIRE_" in file.read_text(encoding="utf-8")}
    assert ways >= {("docker-compose.yml",), ("deploy", "docker"), ("deploy", "systemd"), ("deploy", "kubernetes")}
