"""Invoices: their states and prices. Pure rules, from values to values."""
