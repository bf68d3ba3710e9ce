"""Papers to send: invoices, case statements and statements of pay, as accessible PDF files."""
