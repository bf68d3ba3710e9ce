"""Builds the committed files that are made from code. They are not part of the product."""
