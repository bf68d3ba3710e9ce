"""When a backup is due: once a night at a set hour, or as soon as the computer is on again; after a failure an hour later."""

from datetime import datetime, timedelta

from server.backups.backup_state import BackupState

TRY_AGAIN_AFTER = timedelta(hours=1)


def is_due(state: BackupState, now: datetime, hour: int) -> bool:
    """Return whether a backup is to be made now. ``hour`` is of the time zone that ``now`` has.

    It is due if there is no good one since the last time that it was this hour, unless one was tried less than an hour ago. A try
    dated ahead does not count: the clock was set back since.
    """
    last_time = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    if last_time > now:
        last_time -= timedelta(days=1)
    if state.last_good and state.last_good >= last_time:
        return False
    return state.tried_at is None or not timedelta() <= now - state.tried_at < TRY_AGAIN_AFTER
