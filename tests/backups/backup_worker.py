"""A program that makes backups one after the other, until it is killed: python backup_worker.py LEDGER BACKUPS."""

import sys
from pathlib import Path

from server.backups.backup_run import run_backup
from server.backups.kept_copies import KeptCounts
from server.ledger.store import Ledger

if __name__ == "__main__":
    ledger = Ledger(Path(sys.argv[1]))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        run_backup(ledger, Path(sys.argv[2]), KeptCounts(1, 0, 0))
        sys.stdout.write("made\n")
        sys.stdout.flush()
