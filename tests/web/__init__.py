"""Tests of the pages for a browser, with a real service and a real ledger."""
