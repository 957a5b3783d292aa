"""What must hold before a worker may start. Each failure is one sentence."""

import faust.streams

from streams.errors import NorthwireError
from streams.kafka.application import Application


def check_installation() -> None:
    """The stream iterator must be the compiled one: the other acknowledges events it never handled."""
    if getattr(faust.streams, "_CStreamIterator", None) is None:
        raise NorthwireError(
            "Faust's compiled stream iterator is missing, and without it messages can be lost: "
            "reinstall faust-streaming from its binary wheel and unset NO_CYTHON."
        )


def check_configuration(app: Application) -> None:
    """Nothing that loses messages quietly may be switched on."""
    if app.in_transaction or str(app.conf.processing_guarantee.value) != "at_least_once":
        raise NorthwireError("Faust's exactly_once loses commits silently: unset PROCESSING_GUARANTEE.")
    if app.conf.producer_threaded:
        raise NorthwireError("Faust's threaded producer loses messages at a crash: unset PRODUCER_THREADED.")
    if app.conf.stream_wait_empty or app.conf.stream_publish_on_commit:
        raise NorthwireError("Faust's stream_wait_empty hangs at a crash: unset it and stream_publish_on_commit.")
    crowded = [agent.name for agent in app.agents.values() if agent.concurrency != 1]
    if crowded:
        raise NorthwireError(f"The agents {', '.join(crowded)} run concurrently, which commits unfinished events.")
