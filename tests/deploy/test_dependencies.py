"""Every dependency is declared, bounded, locked, and has earned its place."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
RUN: list[str] = PROJECT["project"]["dependencies"]
BUILD: list[str] = PROJECT["dependency-groups"]["build"]
DIRECT = [*RUN, *EXTRAS["demo"], *EXTRAS["dev"], *EXTRAS["bench"], *EXTRAS["fuzz"], *BUILD]
PEERS = {
    "ahocorasick": ["pyahocorasick"],
    "atheris": ["atheris"],
    "datasketch": ["datasketch"],
    "flashtext": ["flashtext"],
    "simhash": ["simhash"],
    "sklearn": ["scikit-learn"],
    "spacy": ["spacy"],
}
"""Modules of what only `make bench` and `make fuzz` install, and the packages that hold them."""

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def name_of(requirement: str) -> str:
    return re.split(r"[<>=!~ \[;]", requirement, maxsplit=1)[0].lower()


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"(?m)^([a-z0-9.-]+)==([^ ]+)", lock.read_text(encoding="utf-8")))


def imported(folder: str) -> set[str]:
    """The top-level modules, not our own and not Python's, that code in a folder imports."""
    names: set[str] = set()
    for file in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"streams", "tests", "deploy"}


def test_docs_tell_of_every_direct_dependency_and_of_no_other() -> None:
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    told = re.findall(r"(?m)^\| `([a-z0-9-]+)` \|", page)
    assert sorted(told) == sorted({name_of(requirement) for requirement in DIRECT})


def test_docs_give_a_reason_and_a_licence_for_each() -> None:
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    for row in re.findall(r"(?m)^\| `.*$", page):
        _, _, reason, licence, _ = map(str.strip, row.split("|"))
        assert len(reason.split()) > 4, row
        assert licence, row


@pytest.mark.parametrize("requirement", DIRECT)
def test_a_dependency_has_a_bound(requirement: str) -> None:
    assert re.search(r"[>=]=\d", requirement)


@pytest.mark.parametrize("folder", ["streams", "tests", "deploy"])
def test_what_is_imported_is_declared(folder: str) -> None:
    providers = {**PEERS, **packages_distributions()}
    declared = {name_of(requirement) for requirement in (RUN if folder == "streams" else DIRECT)}
    for module in imported(folder):
        assert declared & {provider.lower().replace("_", "-") for provider in providers[module]}, module


def test_the_locks_agree_with_one_another() -> None:
    everything = pins(ROOT / "requirements/dev.txt")
    for lock in LOCKS:
        shared = {name: pin for name, pin in pins(lock).items() if name in everything}
        assert shared.items() <= everything.items(), lock.name
        assert lock.stem in ("bench", "fuzz") or len(shared) == len(pins(lock)), lock.name


def test_the_lock_of_the_image_holds_what_runs_and_nothing_for_development() -> None:
    locked = pins(ROOT / "requirements/run.txt").keys()
    assert locked >= {name_of(requirement) for requirement in RUN}
    assert not locked & {name_of(requirement) for requirement in DIRECT if requirement not in RUN}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_names_no_host_and_no_machine_and_hashes_every_pin(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert not re.search(r"https?:|index-url|find-links|file:|(^|\s)/\w", text)
    assert all(entry.endswith("\\") for entry in re.findall(r"(?m)^\S+==.*$", text))
