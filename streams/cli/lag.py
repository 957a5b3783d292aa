"""`northwire lag`: how far the workers are behind, as the broker has it, and whether a canary comes through."""

import sys

import typer

from streams.app import run_lag
from streams.logs import configure_logs
from streams.settings import read_settings


def lag() -> None:
    """Watch lag and send canaries until SIGTERM or Ctrl-C.

    Asks the broker how far each consumer group is behind, and sends an article of its own every
    NORTHWIRE_CANARY_INTERVAL seconds, which must come out as an alert on `alerts.canary`. Run one beside the
    workers. Where no broker answers it waits for one.
    It logs to standard error and serves /metrics, /healthz and /readyz on NORTHWIRE_METRICS_PORT.
    """
    configure_logs(json=not sys.stderr.isatty())
    raise typer.Exit(run_lag(read_settings()))
