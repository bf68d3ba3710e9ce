"""What is remembered of a clinic's setup: lists that are deactivated, rows that only grow."""
