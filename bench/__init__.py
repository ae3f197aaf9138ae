"""Benchmarks of the product against the least that could answer the same: `make bench`."""
