"""The Setup workbook: the setup of a clinic, written and read back."""
