"""Invented clinics, their appointments and their untidy exports, for the demo, ``try`` and the benchmarks."""
