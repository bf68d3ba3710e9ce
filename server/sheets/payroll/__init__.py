"""The payroll workbook: a pay run as sheets to check, print and mail."""
