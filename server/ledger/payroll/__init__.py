"""Pay runs on record: drafts, closed runs and their lines."""
