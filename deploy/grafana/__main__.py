"""Writes the dashboards, or with `--check` says whether what is written is current."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana.frame import RUNBOOK, Board, draw
from deploy.grafana.newsroom import NEWSROOM
from deploy.grafana.overview import OVERVIEW
from deploy.grafana.pipeline import PIPELINE

BOARDS = (OVERVIEW, PIPELINE, NEWSROOM)
FOLDER = Path(__file__).with_name("dashboards")


def main(arguments: Sequence[str]) -> str | None:
    """Writes the dashboards, or checks them; a sentence where they are stale, for `sys.exit`."""
    parser = ArgumentParser(prog="python -m deploy.grafana", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, and end with 1 where they are not current")
    parser.add_argument("--runbook", default=RUNBOOK, metavar="URL", help="where the runbook is (default: %(default)s)")
    options = parser.parse_args(arguments)
    written = documents(options.runbook)
    if options.check:
        if names := stale(FOLDER, options.runbook):
            return f"{' and '.join(names)} must be written anew: run `python -m deploy.grafana` and commit them."
        return None
    FOLDER.mkdir(exist_ok=True)
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return None


def stale(folder: Path, runbook: str = RUNBOOK) -> list[str]:
    """The dashboards in a folder that are missing or not what the code says."""
    return [name for name, text in documents(runbook).items() if not _holds(folder / name, text)]


def documents(runbook: str = RUNBOOK) -> dict[str, str]:
    """The text of every dashboard by the name of its file."""
    return {f"{board.name}.json": _pretty(board, runbook) for board in BOARDS}


def _pretty(board: Board, runbook: str) -> str:
    drawn = draw(board, BOARDS, runbook)
    return json.dumps(drawn, cls=JSONEncoder, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
