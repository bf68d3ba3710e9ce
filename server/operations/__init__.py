"""The operations: one function for each thing that a person can do, for buttons and programs alike."""
