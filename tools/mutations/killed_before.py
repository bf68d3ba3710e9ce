"""Mutants that an earlier run killed, kept in a file: a run of an hour can be interrupted, and survivors are tried again at once."""

import json
from hashlib import sha256
from pathlib import Path

from tools.mutations.mutants import Mutant


class KilledBefore:
    """The mutants killed so far. One counts as long as the text of its module is the same; delete the file to try all anew."""

    def __init__(self, root: Path, file: Path | None) -> None:
        self._root = root
        self._file = file
        self._keys: set[str] = set(json.loads(file.read_bytes())) if file and file.exists() else set()

    def __contains__(self, mutant: Mutant) -> bool:
        return self._key_of(mutant) in self._keys

    def add(self, mutant: Mutant) -> None:
        """Keep a mutant that was killed."""
        self._keys.add(self._key_of(mutant))
        if self._file:
            self._file.write_text(json.dumps(sorted(self._keys)), "utf-8")

    def _key_of(self, mutant: Mutant) -> str:
        source = (self._root / Path(*mutant.module.split("."))).with_suffix(".py").read_bytes()
        return sha256(source + f"\n{mutant.number}\n{mutant.change}".encode()).hexdigest()
