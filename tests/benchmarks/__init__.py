"""Benchmarks: `make bench` runs them all. Figures are ratios, or stand beside a baseline of the same run."""
