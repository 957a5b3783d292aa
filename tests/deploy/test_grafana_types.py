"""The dashboards by Grafana's own published types: @grafana/schema 11.6.0 and TypeScript, where npm is.

tests/deploy/grafana/checked.ts says what is checked. What is right by these types may still look wrong.
"""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy.grafana.__main__ import FOLDER
from tests.clusters.toolchain import not_run

MISTAKES = {
    "a_kind_of_graph": ('"graphMode": "area"', '"graphMode": "hills"'),
    "an_option_of_lines": ('"drawStyle": "line"', '"drawStyle": "line", "drawColour": "blue"'),
    "a_place_on_the_grid": ('"x": 4', '"x": "4"'),
    "a_field_of_a_panel": ('"transparent": false', '"transparent": false, "opaque": true'),
    "a_field_of_a_query": ('"legendFormat"', '"legend"'),
    "a_field_of_an_annotation": ('"titleFormat"', '"title"'),
    "when_to_refresh": ('"refresh": 2', '"refresh": 9'),
}


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the compiler says of each file: the dashboards, and the overview with one mistake each."""
    folder = tmp_path_factory.mktemp("types")
    for file in Path(__file__).with_name("grafana").iterdir():
        shutil.copy(file, folder)
    if shutil.which("npm") is None:
        pytest.skip("not run: npm not found on the PATH")
    installed = run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
    if installed.returncode != 0:
        not_run(f"npm installed nothing: {installed.stderr.strip()[-600:]}")
    texts = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    for name, (right, wrong) in MISTAKES.items():
        assert right in texts["overview"]
        texts[name] = texts["overview"].replace(right, wrong, 1)
    for name, text in texts.items():
        source = f'import type {{ Checked }} from "./checked";\nexport const it = {text.rstrip()} satisfies Checked;\n'
        (folder / f"{name}.ts").write_text(source, encoding="utf-8")
    done = run(["node_modules/.bin/tsc", "--project", "."], folder)
    lines = re.findall(r"(?m)^(\w+)\.ts\(.*$", done.stdout)
    assert bool(lines) == (done.returncode != 0), done.stdout
    return {name: re.findall(rf"(?m)^{name}\.ts\(.*$", done.stdout) for name in {*texts, *lines}}


def run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=240
    )


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_a_dashboard_is_one_by_grafanas_types(complaints: dict[str, list[str]], name: str) -> None:
    assert complaints[name] == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_by_grafanas_types(complaints: dict[str, list[str]], name: str) -> None:
    assert complaints[name]


def test_nothing_is_wrong_with_the_types_themselves(complaints: dict[str, list[str]]) -> None:
    assert "checked" not in complaints
