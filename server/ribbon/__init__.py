"""The commands behind the ribbon: read, decide, record, reply."""
