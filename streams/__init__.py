"""Northwire: a streaming news monitor for the Arctic, sanctions and arms control."""

__version__ = "0.1.0"
