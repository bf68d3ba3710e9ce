"""Writes our workbooks: designed cells through openpyxl, long tables as our own XML."""
