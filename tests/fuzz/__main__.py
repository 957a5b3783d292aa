"""Feeds the core what nobody would write, led by coverage: `python -m tests.fuzz [--minutes N] [TARGET…]`.

Each target runs in a process of its own, for so long, or ten million inputs, or until it finds something; as many
at once as there are cores. An input that takes more than five seconds, or 2 GiB, is a finding. tests/fuzz/REPORT.md
is written anew when all targets were run.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

REPORT = Path(__file__).with_name("REPORT.md")
TARGETS = {
    "decoding": "bytes are a message, or refused",
    "cleaning": "text comes out clean, and cleaned again it stays the same",
    "queries": "text is a query, or refused with a position in it",
    "topics": "text is a topic file, or refused by name",
    "road": "bytes are forwarded, declined or rejected, none for a bug of ours",
}
_SECONDS, _MEGABYTES, _LONGEST, _INPUTS = 5, 2048, 8192, 10_000_000
_ARTICLE = {
    "title": "Arctic Council meets in Tromsø",
    "body": "<p>Ministers spoke of &quot;new sanctions&quot; on Russia and of nuclear arms control.</p>\n\nRead more",
    "url": "https://wire.example/1",
    "source": "Wire",
    "published_at": "2026-11-09T12:00:00Z",
}


class Outcome(NamedTuple):
    """What a target came to. Coverage is in edges, as libFuzzer counts them."""

    target: str
    inputs: int
    minutes: float
    coverage: int
    finding: str


def main() -> str | None:
    """Prints and reports what was found; a sentence if anything was, for `sys.exit`."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--minutes", type=float, default=60, help="for each target (default 60)")
    options = parser.parse_args()
    outcomes = []
    with ThreadPoolExecutor(os.cpu_count()) as side_by_side:
        for outcome in side_by_side.map(partial(_fuzz, options.minutes * 60), options.targets or TARGETS):
            outcomes.append(outcome)
            print(f"{outcome.target}: {outcome.inputs:,} inputs, {outcome.finding or 'nothing found'}", flush=True)
    if not options.targets:
        REPORT.write_text(_report(outcomes), encoding="utf-8")
    found = [outcome.target for outcome in outcomes if outcome.finding]
    return f"something was found: {', '.join(found)}" if found else None


def _fuzz(seconds: float, target: str) -> Outcome:
    began = datetime.now(UTC)
    findings = Path(tempfile.mkdtemp(prefix=f"northwire-fuzz-{target}-"))
    corpus = findings / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(_seeds(target)):
        (corpus / f"seed-{number}").write_bytes(seed)
    limits = [
        f"-max_total_time={seconds:.0f}",
        f"-runs={_INPUTS}",
        f"-timeout={_SECONDS}",
        f"-rss_limit_mb={_MEGABYTES}",
    ]
    options = [*limits, f"-max_len={_LONGEST}", "-print_final_stats=1", f"-artifact_prefix={findings}/"]
    command = [sys.executable, "-m", "tests.fuzz.target", target, *options, str(corpus)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    said = done.stderr
    (findings / "log").write_text(said, encoding="utf-8")
    return Outcome(
        target,
        inputs=_last(r"stat::number_of_executed_units:\s*(\d+)", said) or _last(r"(?m)^#(\d+)\s", said),
        minutes=(datetime.now(UTC) - began).total_seconds() / 60,
        coverage=_last(r"cov: (\d+)", said),
        finding=f"see {findings}" if done.returncode else "",
    )


def _seeds(target: str) -> Iterator[bytes]:
    """What the targets take well, from which the fuzzer sets out."""
    shipped = [file.read_text(encoding="utf-8") for file in (files("streams") / "topics").iterdir()]
    match target:
        case "topics":
            yield from (text.encode() for text in shipped)
        case "queries":
            yield from (
                query.encode() for text in shipped for query in re.findall(r"(?m)^ +- '?(\S.*?)'?$", text)[:200]
            )
        case _:
            yield json.dumps(_ARTICLE, ensure_ascii=False).encode()


def _last(pattern: str, text: str) -> int:
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def _report(outcomes: list[Outcome]) -> str:
    rows = "\n".join(
        f"| {one.target} | {TARGETS[one.target]} | {one.inputs:,} | {one.minutes:.0f} | {one.coverage:,} "
        f"| {one.finding or 'nothing'} |"
        for one in outcomes
    )
    return f"""# Fuzzing

`make fuzz`, {datetime.now(UTC):%Y-%m-%d}: atheris (libFuzzer), led by the lines that an input reaches. An input that
takes longer than {_SECONDS} s or more than {_MEGABYTES} MB is a finding, too. What was found earlier is a test by now.

| target | what must hold | inputs | minutes | coverage | found |
|---|---|---|---|---|---|
{rows}
"""


if __name__ == "__main__":
    sys.exit(main())
