"""Payments sheets: money that came in or went back for visits, one row for each payment."""
