"""`northwire`: one command for the service and for the people around it."""

import logging
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from streams import __version__
from streams.errors import NorthwireError

_MODULES = {
    "demo": "demo",
    "worker": "worker",
    "lag": "lag",
    "ingest": "ingest",
    "subscribe": "subscribe",
    "stories": "stories",
    "rejected": "rejected",
    "tag": "offline",
    "replay": "offline",
    "kafka": "kafka",
    "topics": "topics",
}


class _Commands(TyperGroup):
    """Imports a command when it is called: the clients of Kafka take a second that `tag` need not wait."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the interface has it
        return list(_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the interface has it
        if cmd_name not in _MODULES:
            return None
        command = getattr(import_module(f"streams.cli.{_MODULES[cmd_name]}"), cmd_name)
        if not isinstance(command, typer.Typer):
            alone = typer.Typer(add_completion=False, rich_markup_mode="markdown")
            alone.command(cmd_name)(command)
            command = alone
        return get_command(command)


app = typer.Typer(
    name="northwire",
    cls=_Commands,
    epilog="Settings are environment variables, NORTHWIRE_*. Begin with: northwire demo",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"northwire {__version__}")
        raise typer.Exit


@app.callback()
def northwire(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Watch the news for developments in the Arctic, sanctions and arms control."""


def main() -> None:
    """Runs the command. Exit code 0: done; 1: it could not be, or not wholly; 2: wrong usage; 130: Ctrl-C."""
    logging.getLogger("kafka.net.selector").setLevel(logging.ERROR)  # else it warns of a machine that is busy
    try:
        app()
    except NorthwireError as error:
        print(f"northwire: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
