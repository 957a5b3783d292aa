"""What plain Faust does that would break the promise, shown on Apache Kafka, so that a mend upstream is noticed."""
