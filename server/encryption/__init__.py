"""Encryption at rest: the key of a ledger, where it is kept, and the form of sealed objects (docs/adr/0077-encryption-at-rest.md)."""
