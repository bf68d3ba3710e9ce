"""What is remembered of invoices: steps, transfers, cheques, parties, papers."""
