"""`northwire kafka`: the Kafka topics."""

import typer

from streams.cli.options import BootstrapServers
from streams.kafka import admin
from streams.kafka.layout import kafka_layout
from streams.settings import read_settings

kafka = typer.Typer(name="kafka", no_args_is_help=True, add_completion=False)


@kafka.callback()
def look_after() -> None:
    """Look after the Kafka topics."""


@kafka.command()
def init(bootstrap_servers: BootstrapServers = None) -> None:
    """Create the Kafka topics that are missing, and report which are not as they should be.

    What exists is never changed, so it is safe to run at every start.
    """
    settings = read_settings(bootstrap_servers=bootstrap_servers)
    done = admin.prepare(settings, kafka_layout(settings))
    for name in done.created:
        print(f"created  {name}")
    for name in done.existing:
        print(f"exists   {name}")
    for difference in done.differences:
        print(f"differs  {difference}")
    if done.differences:
        print("What exists is left as it is: change it with Kafka's own tools, or adapt the NORTHWIRE_* settings.")
