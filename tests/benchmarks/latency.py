"""How long from an article to its alert, through both workers on a real Apache Kafka, at a steady rate.

Run `python -m tests.benchmarks.latency`. The clock runs from the moment the article is handed to the
producer until a subscriber holds the alert; both are in this process.
"""

import argparse
import statistics
import threading
import time

from kafka import KafkaConsumer, KafkaProducer

from streams.kafka import admin
from streams.kafka.layout import kafka_layout
from streams.settings import Settings, read_settings
from streams.wire import decode_alert
from tests.benchmarks.articles import messages
from tests.clusters.apache import ApacheKafka
from tests.workers import Worker

PARTITIONS = 6
_WARM_UP = 5.0


def main() -> None:
    """Prints the distribution of the time from article to alert."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=500, help="articles per second")
    parser.add_argument("--seconds", type=int, default=40)
    options = parser.parse_args()
    with ApacheKafka(heap="768m", tiered_stop=False) as kafka:
        settings = read_settings(bootstrap_servers=kafka.bootstrap, partitions=PARTITIONS)
        admin.prepare(settings, kafka_layout(settings))
        workers = [Worker(stage, kafka.bootstrap, partitions=str(PARTITIONS)) for stage in ("tagging", "stories")]
        with workers[0], workers[1]:
            sent, latencies = measure(settings, options.rate, options.seconds)
    print(f"{sent} articles at {options.rate}/s, {len(latencies)} alerts, both workers, Apache Kafka")
    cuts = statistics.quantiles(latencies, n=100)
    for name, value in (("median", cuts[49]), ("95th percentile", cuts[94]), ("99th percentile", cuts[98])):
        print(f"{name:16} {value * 1000:6.0f} ms")
    print(f"{'worst':16} {max(latencies) * 1000:6.0f} ms")


def measure(settings: Settings, rate: int, seconds: int) -> tuple[int, list[float]]:
    """Articles sent, and the seconds from article to alert for every alert after a warm-up."""
    sent_at: dict[str, float] = {}
    arrived: dict[str, float] = {}
    finished = threading.Event()
    listener = threading.Thread(target=_listen, args=(settings, arrived, finished))
    listener.start()
    total = rate * seconds
    producer = KafkaProducer(bootstrap_servers=settings.bootstrap_servers, acks="all", linger_ms=0)
    pending = list(messages(0, total))
    began = time.perf_counter()
    for number, (key, value) in enumerate(pending):
        time.sleep(max(0.0, began + number / rate - time.perf_counter()))
        sent_at[key.decode()] = time.perf_counter()
        producer.send("articles", value, key=key)
    producer.flush()
    producer.close()
    time.sleep(3)
    finished.set()
    listener.join()
    return total, [at - sent_at[name] for name, at in arrived.items() if sent_at[name] - began > _WARM_UP]


def _listen(settings: Settings, arrived: dict[str, float], finished: threading.Event) -> None:
    names = [topic.name for topic in kafka_layout(settings) if topic.name.startswith("alerts.")]
    consumer = KafkaConsumer(
        *names, bootstrap_servers=settings.bootstrap_servers, auto_offset_reset="earliest", enable_auto_commit=False
    )
    while not finished.is_set():
        for records in consumer.poll(timeout_ms=200).values():
            now = time.perf_counter()
            for record in records:
                arrived.setdefault(decode_alert(record.value).article.id, now)
    consumer.close()


if __name__ == "__main__":
    main()
