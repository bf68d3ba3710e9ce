"""The engine on SQLite: a file for the firm and one for each clinic."""
