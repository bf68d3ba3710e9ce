"""The buttons about receivables."""
