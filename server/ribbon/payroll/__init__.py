"""The Payroll group: check a log, generate a run, approve it, void it, list them."""
