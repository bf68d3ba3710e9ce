"""What a save changed in the rows of one sheet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows were changed in which way. ``deactivated`` rows left the sheet and stay in the books."""

    added: int = 0
    changed: int = 0
    reactivated: int = 0
    deactivated: int = 0
    unchanged: int = 0

    def __bool__(self) -> bool:
        """Return whether anything changed."""
        return bool(self.added or self.changed or self.reactivated or self.deactivated)
