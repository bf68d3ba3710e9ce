"""The ledger: what the firm keeps on record. No other package knows SQL or SQLite."""
