"""The embedded broker of the demo, as one of the clusters to test on."""

from streams.kafka.embedded import EmbeddedBroker


class EmbeddedKafka(EmbeddedBroker):
    """Keeps nothing over a stop; not made for fault tests."""

    name = "embedded"
