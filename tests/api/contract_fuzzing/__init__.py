"""What schemathesis needs to fuzz the contract: its settings, and hooks."""
