"""Benchmarks: the service against the floor under it and the script it replaces."""
