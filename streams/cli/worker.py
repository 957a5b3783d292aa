"""`northwire worker`: a stage of the road, as a background service."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from streams.app import run_worker
from streams.logs import configure_logs
from streams.metrics import STORIES, TAGGING
from streams.settings import read_settings


class Stage(StrEnum):
    """What a worker does."""

    TAGGING = TAGGING
    STORIES = STORIES


def worker(
    stage: Annotated[
        Stage,
        typer.Argument(help="tagging: articles to matches; stories: matches to alerts.", show_default=False),
    ],
) -> None:
    """Run a worker until SIGTERM or Ctrl-C.

    Start as many of a stage as Kafka has partitions, on as many machines as you like. A worker that
    cannot keep the promise ends with a non-zero code and expects to be started again.
    It logs to standard error and serves /metrics, /healthz and /readyz on NORTHWIRE_METRICS_PORT.
    """
    configure_logs(json=not sys.stderr.isatty())
    raise typer.Exit(run_worker(stage.value, read_settings()))
