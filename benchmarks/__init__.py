"""Measures quality and speed on generated corpora; see docs/benchmarks.md."""
