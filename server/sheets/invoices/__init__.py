"""The sheets of invoices: exams typed in, invoices worked on row by row, their history."""
