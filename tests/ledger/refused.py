"""What a database raises for a statement that breaks a rule of its tables."""

import sqlite3

import psycopg

RULE_BROKEN = (sqlite3.IntegrityError, psycopg.IntegrityError)
"""The error of either engine."""
