"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

BootstrapServers = Annotated[
    str | None,
    typer.Option(
        "--bootstrap-servers",
        "-b",
        metavar="HOST:PORT[,…]",
        help="Kafka brokers; else NORTHWIRE_BOOTSTRAP_SERVERS, else 127.0.0.1:9092.",
        show_default=False,
    ),
]

Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH", help="Files, folders, or - for standard input.", show_default=False),
]

Json = Annotated[bool, typer.Option("--json", help="One line of JSON per alert, on a terminal too.")]

TopicsDir = Annotated[
    Path | None,
    typer.Option(
        "--topics",
        metavar="DIR",
        help="A folder of topic files, or one of them; else NORTHWIRE_TOPICS_DIR, else the shipped ones.",
        show_default=False,
    ),
]

TopicsPath = Annotated[
    Path | None,
    typer.Argument(
        metavar="DIR",
        help="A folder of topic files, or one of them; else NORTHWIRE_TOPICS_DIR, else the shipped ones.",
        show_default=False,
    ),
]
