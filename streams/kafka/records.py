"""What lies on a Kafka topic now, from its first record to its last."""

from collections.abc import Generator
from contextlib import closing
from time import monotonic

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from streams.kafka.admin import require
from streams.kafka.admission import knock
from streams.kafka.connection import client_options, unavailable
from streams.kafka.layout import LARGEST_MESSAGE
from streams.settings import Settings

_SILENCE = 15.0


def records(settings: Settings, name: str) -> Generator[ConsumerRecord, None, None]:
    """All records up to the end as it is at the start, and a few more that came since; those of a partition in order.

    The embedded broker takes the first record of the last batch for the end, hence those few.
    Nothing is committed. Raises `BrokerUnavailable`, also if no broker answers any more on the way, and
    `ClusterMismatch` if there is no such Kafka topic.
    """
    places = [TopicPartition(name, number) for number in range(require(settings, [name])[name])]
    options = {"enable_auto_commit": False, "max_partition_fetch_bytes": LARGEST_MESSAGE}
    try:
        with closing(KafkaConsumer(**client_options(settings), **options)) as consumer:
            consumer.assign(places)
            ends = consumer.end_offsets(places)
            consumer.seek_to_beginning(*places)
            heard = monotonic()
            while any(consumer.position(place) < ends[place] for place in places):
                for fetched in consumer.poll(timeout_ms=200).values():
                    heard = monotonic()
                    yield from fetched
                if monotonic() - heard > _SILENCE:
                    knock(settings)
                    heard = monotonic()
    except KafkaError as error:
        raise unavailable(settings, error) from error
