"""Receivables: reminders that are due."""
