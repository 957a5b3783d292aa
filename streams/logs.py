"""How log lines look: for people on a terminal, JSON lines otherwise."""

import logging
import sys

import structlog


def configure_logs(*, json: bool, level: int = logging.INFO) -> None:
    """Sends every log line of this process, ours and the libraries', to standard error in one form."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    form: list[structlog.types.Processor] = [structlog.processors.JSONRenderer()] if json else [_escape, _console()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *form],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for library in ("aiokafka", "kafka", "faust", "mode", "streams.kafka"):
        logging.getLogger(library).setLevel(logging.WARNING)
    logging.getLogger("kafka.admin._groups").setLevel(logging.ERROR)  # it cannot read what Faust says of a member


def _console() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


def _escape(_: object, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Keeps a line one line, and text from an article from commanding the terminal."""
    return {name: _escaped(value, "\n" if name == "exception" else "") for name, value in event.items()}


def _escaped(value: object, kept: str) -> object:
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(
        character if character.isprintable() or character in kept else character.encode("unicode_escape").decode()
        for character in value
    )
