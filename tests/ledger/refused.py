"""What a database raises for a statement that breaks a rule of its tables."""

import sqlite3

import psycopg
import sqlcipher3

RULE_BROKEN = (sqlite3.IntegrityError, sqlcipher3.IntegrityError, psycopg.IntegrityError)
"""The errors of all engines."""
