"""The Invoices group: exams become invoices, and every row of the sheet takes its next step."""
