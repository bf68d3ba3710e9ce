"""Which clinic ids there can be: each names a file, on every system staff use."""

import re

from server.errors import BadClinicId

PATTERN = "[a-z0-9][a-z0-9-]{0,62}"

_KEPT_BY_WINDOWS = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]")


def checked(clinic_id: str) -> str:
    """Return the id, which is then safe as a file name, or refuse it."""
    if not re.fullmatch(PATTERN, clinic_id) or _KEPT_BY_WINDOWS.fullmatch(clinic_id):
        raise BadClinicId(clinic_id)
    return clinic_id
