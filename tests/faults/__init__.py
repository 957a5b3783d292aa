"""The promise, put to the test on a real Apache Kafka: faults under load, and an oracle that counts what is missing."""
