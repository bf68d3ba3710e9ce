"""A clinic's setup on record: lists whose rows are deactivated, and append-only tables."""
