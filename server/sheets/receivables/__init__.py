"""The sheets about receivables."""
