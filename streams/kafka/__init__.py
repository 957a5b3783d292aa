"""The shell around the road: the only folder that says Kafka or Faust."""
