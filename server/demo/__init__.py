"""Invented clinics, their months and their untidy exports, for the demo, ``try`` and the benchmarks."""
