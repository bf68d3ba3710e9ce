"""The files of a ledger: made, opened, written to in turn, copied and taken back in."""
