"""What statements of several modules have in common."""

from server.ledger.engine import statement_texts

EVERY_ROW = 2**62
"""A limit beyond any table."""

insert = statement_texts.insert
"""For statements that are not yet made through a ``DatabaseSession``: those of pay runs."""
