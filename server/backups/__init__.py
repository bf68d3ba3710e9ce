"""Backups that are made every night: which are kept, how one is made and verified, when one is late, and the rehearsal."""
