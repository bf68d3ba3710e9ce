"""What is remembered of pay runs: drafts, closed runs and their lines."""
