"""Receivables: what is owed, how old it is, and what to do about it today (docs/rules/receivables.md)."""
