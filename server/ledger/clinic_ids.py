"""Which clinic ids are allowed: each is a file name on every system that staff use."""

import re

from server.errors import BadClinicId

PATTERN = "[a-z0-9][a-z0-9-]{0,62}"

_RESERVED_BY_WINDOWS = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]")


def check_clinic_id(clinic_id: str) -> str:
    """Return the id if it is safe as a file name; raises BadClinicId if not."""
    if not re.fullmatch(PATTERN, clinic_id) or _RESERVED_BY_WINDOWS.fullmatch(clinic_id):
        raise BadClinicId(clinic_id)
    return clinic_id
