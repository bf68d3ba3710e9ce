"""The rules. Pure: no files, no clock, no framework."""
