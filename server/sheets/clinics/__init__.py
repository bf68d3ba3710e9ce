"""The Setup workbook: what a clinic tells us, written and read back."""
