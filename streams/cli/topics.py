"""`northwire topics`: the topics that are watched."""

from pathlib import Path
from typing import Annotated

import typer

from streams.cli.backtest import backtest
from streams.cli.checks import check, try_examples
from streams.cli.explanation import explain, schema, show
from streams.cli.options import BootstrapServers
from streams.settings import read_settings

topics = typer.Typer(name="topics", no_args_is_help=True, add_completion=False, rich_markup_mode="markdown")


@topics.callback()
def look_after() -> None:
    """Write topics, try them, and put them in force."""


topics.command()(check)
topics.command("test")(try_examples)
for command in (explain, backtest, show, schema):
    topics.command()(command)


@topics.command()
def push(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="A folder of topic files.", show_default=False)
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar="ID", help="A topic to watch no more; its alerts stay. Repeatable."),
    ] = None,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Put the topic files of a folder in force on every tagging worker that has NORTHWIRE_TOPICS_FROM=kafka.

    All files and their examples are checked first, and nothing is sent if one is wrong. A file that has changed
    under the version that is in force is refused: raise its version, so that what an alert names can be found again.
    A topic that is not in the folder stays as it is, unless it is removed.
    """
    from streams.kafka.topics import push as push_topics  # the clients of Kafka take a second

    if folder is None and not remove:
        raise typer.BadParameter("name a folder of topic files, or a topic to --remove")

    for step in push_topics(read_settings(bootstrap_servers=bootstrap_servers), folder, remove or ()):
        before = f" (was {step.before})" if step.before else ""
        print(f"{step.act:9} {step.topic} {step.version or ''}".rstrip() + before)
