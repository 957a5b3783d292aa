"""Lucene Monitor: Peer.java, the jars it needs, and how to speak with it."""
