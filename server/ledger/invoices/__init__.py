"""Invoices on record: steps, transfers, cheques, parties, documents."""
