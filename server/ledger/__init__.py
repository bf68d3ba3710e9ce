"""The ledger: what the firm remembers. The only place that knows SQL and SQLite."""
