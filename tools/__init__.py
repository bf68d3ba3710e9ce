"""Builds the committed files that are made from code. Nothing here is shipped."""
